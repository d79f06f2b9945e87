/*
 * pids - processes of this machine: what /proc says of one, and the hold of one.
 *
 * A number alone may be another process by now: together with its start, in ticks
 * after boot, it is one and the same.
 */
#ifndef PIDS_H
#define PIDS_H

#include "arena.h"
#include "err.h"
#include "str.h"

struct pid {
	int64_t pid, ppid, session;
	uint64_t ticks; /* start, in clock ticks after boot */
	char state;
	char sha256[65];      /* of what it runs; empty: not to be read */
	struct str name, exe; /* exe absent until pid_exe() */
};

/* False: there is no such process. */
bool pid_look(struct arena *, int64_t pid, struct pid *);

/* Read exe and sha256.  False: not to be known (a thread of the kernel). */
bool pid_exe(struct arena *, struct pid *);

/* A file of its directory below /proc, at most 1 MiB; empty if it cannot be read. */
struct str pid_file(struct arena *, int64_t pid, const char *name);

/* Its command line with blanks between the words. */
struct str pid_line(struct arena *, int64_t pid);

/* Its user, -1: not to be known. */
int64_t pid_user(struct arena *, int64_t pid);

/* When it started, in ns since 1970, to a second or so. */
int64_t pid_started(struct arena *, const struct pid *);

/* Why no verb may touch it, in the arena; absent: it may. */
struct str pid_spared(struct arena *, const struct pid *);

/* Is it that process, and does it live? */
bool pid_lives(struct arena *, const struct pid *);

/*
 * Send a signal to exactly that process, and `wait` until it is gone.  One that is
 * gone already is no error.
 */
bool pid_send(struct arena *, const struct pid *, int sig, bool wait, struct err *);

/* All numbers in /proc: call `each(ctx, pid)`. */
void pids_all(void (*each)(void *ctx, int64_t pid), void *ctx);

#endif
