/*
 * tar - a writer of archives (POSIX ustar; pax headers where a name is too long).
 *
 * The same members give the same bytes: owner root, mode 0400, times as given.
 */
#ifndef TAR_H
#define TAR_H

#include "err.h"
#include "sha256.h"
#include "str.h"

struct tar {
	int fd;
	uint64_t bytes; /* written so far */
	uint64_t left;  /* of the member that is open */
	uint64_t size;
	struct sha256 all, member;
};

void tar_start(struct tar *, int fd);

/* Open a member of exactly `size` bytes, give them, close it.  False: ERR_SYS. */
bool tar_member(
    struct tar *, struct str name, uint64_t size, int64_t mtime_s, struct err *);
bool tar_add(struct tar *, struct str, struct err *);

/* What was not given is made of zeros; `hash` is that of the member. */
bool tar_close(struct tar *, uint8_t hash[SHA256_SIZE], struct err *);

/* The end of the archive, and the hash of all its bytes. */
bool tar_end(struct tar *, uint8_t hash[SHA256_SIZE], struct err *);

#endif
