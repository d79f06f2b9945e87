/*
 * recall - what was worked out for a list of numbers, remembered.
 *
 * For lists that come over and over: a new one takes the place of an old one.
 */
#ifndef RECALL_H
#define RECALL_H

#include <stddef.h>
#include <stdint.h>

struct recall;

struct recall *recall_new(void);
void recall_free(struct recall *);

/* What was kept for this list; NULL: nothing.  Borrowed until the next recall_put(). */
const uint32_t *recall_get(
    const struct recall *, const uint32_t *list, size_t n, size_t *n_out);

/* Both are copied. */
void recall_put(
    struct recall *, const uint32_t *list, size_t n, const uint32_t *out, size_t n_out);

#endif
