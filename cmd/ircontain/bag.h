/*
 * bag - what is collected as evidence, on its way into an archive.
 *
 * Each thing gets a member and an entry of the manifest with its SHA-256; what
 * cannot be read, is too long or comes too late gets an entry that says so.
 */
#ifndef BAG_H
#define BAG_H

#include "arena.h"
#include "buf.h"
#include "rootfs.h"
#include "tar.h"

#define BAG_FILE  ((uint64_t)64 << 20)  /* longest file that is copied */
#define BAG_BYTES ((uint64_t)512 << 20) /* most bytes of an archive */
#define BAG_TEXT  ((size_t)64 << 20)    /* longest list */

/* What the case names. */
#define BAG_NAMED 64

struct bag {
	const struct rootfs *root;
	struct arena *arena; /* for the run */
	struct tar tar;
	struct buf entries, faults; /* of the manifest */
	size_t n, n_faults;
	int64_t now_ns, until_ms; /* the time of the run; when it has to end */
	const char *paths[BAG_NAMED];
	int64_t pids[BAG_NAMED];
	size_t n_paths, n_pids;
	struct err e; /* the archive cannot be written: nothing more is added */
};

/* Say that something is not in it, and why. */
void bag_fault(struct bag *, struct str what, struct str why);

/* Is there time left?  Else notes it, once. */
bool bag_time(struct bag *);

/* A text that was made here. */
void bag_text(struct bag *, const char *name, struct str text);

/* A file of the root, by its path, or an open one; goes to `name`. */
void bag_file(struct bag *, struct str path, struct str name);
void bag_fd(struct bag *, int fd, struct str name, struct str source);

/* What is in the machine's memory, and what is on its disk. */
void live_processes(struct bag *, bool sockets);
void live_copy(struct bag *, const char *const *paths, const char *dir);
void live_named(struct bag *);
void disk_logins(struct bag *);
void disk_jobs(struct bag *);
void disk_timeline(struct bag *);
void disk_named(struct bag *);

#endif
