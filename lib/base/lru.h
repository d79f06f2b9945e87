/*
 * lru - a bounded table that forgets what was used longest ago.
 *
 * Values are blocks of one size that live inside the table and never move.
 * When it is full, the entry touched longest ago is handed to `drop` and goes.
 */
#ifndef LRU_H
#define LRU_H

#include "str.h"

struct lru;

/* `drop` may be NULL; it gets the key and value of an entry that is about to go. */
struct lru *lru_new(size_t max, size_t size,
    void (*drop)(void *ctx, struct str key, void *value), void *ctx);

/* Calls `drop` for what is left; it may not look into the table any more. */
void lru_free(struct lru *);

size_t lru_count(const struct lru *);

/* The value, or NULL; lru_get() also marks it as used just now. */
void *lru_peek(const struct lru *, struct str key);
void *lru_get(struct lru *, struct str key);

/* The value; a new one is zeroed.  `fresh` (may be NULL): was it new?  The key is copied. */
void *lru_put(struct lru *, struct str key, bool *fresh);

/* The key of a value; borrowed until the entry goes. */
struct str lru_key(const void *value);

/* Forget an entry; `drop` is called.  False: it was not there. */
bool lru_del(struct lru *, struct str key);

/* How many entries went because the table was full. */
uint64_t lru_evicted(const struct lru *);

/* Walk from the one used longest ago: start with NULL, ends with NULL.  No changes meanwhile. */
void *lru_next(const struct lru *, const void *value);

#endif
