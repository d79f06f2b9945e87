/*
 * memo - which rules a value called up when it was last seen.
 *
 * The values of logs repeat; what was found in one need not be looked for again.
 * Holds a fixed number of values; a new one takes the place of an old one.  Of a value
 * only a hash of 64 bits is kept, with a key that nobody can know: two values of one
 * hash come once in many millions of years, and cannot be made.
 */
#ifndef MEMO_H
#define MEMO_H

#include "str.h"

struct memo;

struct memo *memo_new(void);
void memo_free(struct memo *);

/* What the other two want to know of the value as `who` sees it. */
uint64_t memo_hash(const struct memo *, uint32_t who, struct str raw);

/* It is about to be asked for. */
void memo_ready(const struct memo *, uint64_t hash);

/* What was kept for the value of that hash, NULL if it is not known; `n` may be 0. */
const uint32_t *memo_get(const struct memo *, uint64_t hash, size_t *n);

/* The rules are copied; very many are not kept. */
void memo_put(struct memo *, uint64_t hash, const uint32_t *rules, size_t n);

#endif
