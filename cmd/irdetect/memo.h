/*
 * memo - which rules a value called up when it was last seen.
 *
 * The values of logs repeat; what was found in one need not be looked for again.
 * Holds a fixed number of short values; a new one takes the place of an old one.
 */
#ifndef MEMO_H
#define MEMO_H

#include "str.h"

struct memo;

struct memo *memo_new(void);
void memo_free(struct memo *);

/* What was kept for the value as `who` sees it, NULL if it is not known; `n` may be 0. */
const uint32_t *memo_get(const struct memo *, uint32_t who, struct str raw, size_t *n);

/* Both are copied; long ones are not kept. */
void memo_put(
    struct memo *, uint32_t who, struct str raw, const uint32_t *rules, size_t n);

#endif
