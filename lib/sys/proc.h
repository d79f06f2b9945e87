/*
 * proc - run a program: absolute path, argument vector, no shell, bounded.
 */
#ifndef PROC_H
#define PROC_H

#include "arena.h"
#include "err.h"
#include "str.h"

struct proc {
	const char *const *argv; /* argv[0] is an absolute path */
	struct str in;           /* given on standard input */
	const char *const *env;  /* "NAME=value" on top; NULL: none */
	int dir;                 /* it starts in this open directory; 0: where we are */
	size_t max;              /* most bytes kept of each output stream */
	int64_t timeout_ms;      /* then the process group gets SIGKILL; 0: none */
};

struct proc_got {
	int status; /* exit status, or 128 + signal */
	bool timed_out;
	struct str out, err; /* in the arena */
};

/*
 * Runs with an empty environment but PATH=/usr/sbin:/usr/bin:/sbin:/bin and
 * LC_ALL=C, umask 077, all other descriptors closed.  False (ERR_SYS) if it
 * could not be started; its exit status is not judged.
 */
bool proc_run(struct arena *, const struct proc *, struct proc_got *, struct err *);

/*
 * The same for programs that are to act: it has to be root's or ours and no one
 * else's to write, and any end but status 0 is an error (ERR_SYS) with the last
 * line that it wrote to standard error.
 */
bool proc_ok(struct arena *, const struct proc *, struct proc_got *, struct err *);

/* Is there such a program? */
bool proc_there(const char *path);

#endif
