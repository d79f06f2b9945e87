/*
 * meta - what a file is besides its bytes: owner, mode, attributes, times.
 *
 * Taken from an open file, kept as JSON, and given to another file so that a
 * comparison of the two finds nothing.  The times of status changes (ctime) are
 * the kernel's and cannot be put back.
 */
#ifndef META_H
#define META_H

#include <sys/stat.h>

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "node.h"

#define META_XATTRS 64
#define META_BYTES  ((size_t)16 * 1024) /* most bytes of all attributes together */

struct xattr {
	struct str name, value; /* in the arena; the name has a NUL behind it */
};

struct meta {
	uid_t uid;
	gid_t gid;
	mode_t mode; /* the permission bits, with set-id and sticky */
	struct timespec atime, mtime;
	unsigned flags; /* of chattr(1): META_IMMUTABLE, META_APPEND */
	struct xattr x[META_XATTRS];
	size_t n;
};

#define META_IMMUTABLE 1U
#define META_APPEND    2U

/* Of an open file.  False (ERR_SYS): it cannot be read, or has more than is kept. */
bool meta_get(struct arena *, int fd, struct meta *, struct err *);

/* Make an open file so.  False (ERR_SYS): something could not be set. */
bool meta_set(int fd, const struct meta *, struct err *);

/* Set only the flags; file systems without them have none and take none. */
bool meta_set_flags(int fd, unsigned flags, struct err *);

/* As a JSON map, and back.  False (ERR_DATA): it was not written by meta_write(). */
void meta_write(const struct meta *, struct buf *);
bool meta_read(struct arena *, const struct node *, struct meta *, struct err *);

#endif
