/*
 * zin - bytes of a descriptor, unpacked if they are gzip, zstd or xz, and as lines of
 * XML if they are a binary event log of Windows.
 *
 * The magic bytes at the start decide, on files and pipes alike; concatenated
 * members are read on.  The only file that includes the three libraries.
 */
#ifndef ZIN_H
#define ZIN_H

#include "err.h"
#include "str.h"

struct zin;

struct zin *zin_new(int fd); /* the descriptor stays the caller's */
void zin_free(struct zin *);

/* Call `wait(ctx)` before each read(2). */
void zin_before_read(struct zin *, void (*wait)(void *ctx), void *ctx);

/*
 * Read up to `n` bytes: what is there, at least 1.  Returns 0 at the end, -1
 * with `e` filled in on failure (ERR_SYS; a truncated member gives what was
 * readable first, then fails).
 */
ptrdiff_t zin_read(struct zin *, char *p, size_t n, struct err *);

#endif
