/*
 * counts - how often something was seen: exact for a bounded number of keys, and an
 * upper bound, by a count-min sketch, for what came after them.
 *
 * A key is text.  Each has a count and the day it was last seen on.
 */
#ifndef COUNTS_H
#define COUNTS_H

#include <stdint.h>

#include "str.h"

struct counts;

struct counts *counts_new(size_t max);
void counts_free(struct counts *);

/* `n` more (or fewer: a count does not go below 0). */
void counts_add(struct counts *, struct str key, int64_t n, uint32_t day);

uint64_t counts_of(const struct counts *, struct str key);

/* Keys that did not fit and are only counted by the sketch. */
uint64_t counts_spilled(const struct counts *);

struct counted {
	struct str key;
	uint64_t n;
	uint32_t day;
};

/* All exact ones with a count, in byte order of the keys; free with mem_free(). */
struct counted *counts_sorted(const struct counts *, size_t *n);

#endif
