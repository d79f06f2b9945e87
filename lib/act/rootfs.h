/*
 * rootfs - the files of the system that is acted on: this machine's, or those of
 * an image under a directory (--root).
 *
 * Paths are resolved by the kernel below that directory and through no link of
 * any kind, so nobody who owns a part of the path leads us elsewhere.  A file is
 * replaced whole, by one beside it; its directory keeps its times, because
 * the names in it stay what they were and when an intruder changed them is evidence.
 */
#ifndef ROOTFS_H
#define ROOTFS_H

#include <limits.h>
#include <sys/stat.h>

#include "arena.h"
#include "err.h"
#include "str.h"

struct rootfs {
	int fd;
	bool machine;    /* it is the running system itself */
	const char *dir; /* borrowed */
};

/* `dir` NULL or "/": the machine.  False: ERR_CONFIG. */
bool rootfs_open(struct rootfs *, const char *dir, struct err *);
void rootfs_close(struct rootfs *);

/* May it be a path that we act on?  Absolute, in its shortest form, no control bytes. */
bool rootfs_path(struct str);

/* openat2() below the root; -1 with errno (ELOOP: there is a link in the path). */
int rootfs_fd(const struct rootfs *, const char *path, int flags);

/* A name, and the directory that it stands in. */
struct place {
	int dir;
	struct timespec times[2]; /* of the directory */
	char name[NAME_MAX + 1];
};

/* False: ERR_SYS.  Close with place_close(). */
bool rootfs_place(const struct rootfs *, const char *path, struct place *, struct err *);

/* Put the directory on the disk and give it the times it had. */
bool place_sync(const struct place *, struct err *);
void place_close(struct place *);

/*
 * The bytes of a regular file of at most `max`, in the arena with a NUL behind
 * them; `st` may be NULL.  Absent: `e` says why; its kind is ERR_NONE if there is no
 * such file.
 */
struct str rootfs_read(const struct rootfs *, struct arena *, const char *path,
    size_t max, struct stat *, struct err *);

/*
 * Replace a regular file: written beside it with the old one's owner, mode and
 * attributes, fsync, rename.  `mtime` NULL: now.  A new file belongs to us and has
 * `mode`.
 */
bool rootfs_replace(const struct rootfs *, const char *path, struct str, mode_t mode,
    const struct timespec *mtime, struct err *);

/* Remove a file or link; one that is not there is no error. */
bool rootfs_remove(const struct rootfs *, const char *path, struct err *);

/* Make a symbolic link; replaces nothing. */
bool rootfs_link(const struct rootfs *, const char *path, const char *to, struct err *);

/* Where a symbolic link points, in the arena; absent: it is none. */
struct str rootfs_readlink(const struct rootfs *, struct arena *, const char *path);

/* May a rename lead from one open file to the other?  What is mounted twice is two. */
bool mount_same(int, int);

/* SHA-256 of all that an open file holds, and its length. */
bool rootfs_hash(int fd, uint8_t out[32], uint64_t *size, struct err *);

#endif
