/*
 * arena - memory that is given back all at once.
 *
 * Whatever is made for one record lives here and nobody frees it.  Under
 * AddressSanitizer what was reset is poisoned, so a pointer kept too long is
 * caught.
 */
#ifndef ARENA_H
#define ARENA_H

#include "err.h"
#include "str.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *);

/* Forget everything; keeps one block for the next round. */
void arena_reset(struct arena *);

/* `n` bytes, aligned for anything, not zeroed (arena_zero: zeroed). */
void *arena_alloc(struct arena *, size_t n);
void *arena_zero(struct arena *, size_t n);

/* A copy with a NUL behind it; absent stays absent. */
struct str arena_copy(struct arena *, struct str);

/* A number in decimal digits. */
struct str arena_u64(struct arena *, uint64_t);

struct str arena_fmt(struct arena *, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* `n` strings one after the other; use it through CAT. */
struct str arena_cat(struct arena *, size_t n, const struct str *);

#define CAT(a, ...)                                                              \
	arena_cat((a), sizeof((struct str[]){__VA_ARGS__}) / sizeof(struct str), \
	    (struct str[]){__VA_ARGS__})

#endif
