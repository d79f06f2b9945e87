/*
 * counts - how often something was seen: exact for a bounded number of keys, and an
 * upper bound, by a count-min sketch, for what came after them.
 *
 * A key is four words: a lens, whose it is, a context and a value (none: all values).
 * Each has a count and the hour it was last taught in.
 */
#ifndef COUNTS_H
#define COUNTS_H

#include "vocab.h"

struct counted {
	uint32_t lens;
	uint32_t over, context,
	    value; /* texts in the vocabulary; value VOCAB_NONE: all */
	uint64_t n;
	uint32_t hour, taught; /* the last one, and how often in it */
};

struct counts;

struct counts *counts_new(size_t max);
void counts_free(struct counts *);

uint64_t counts_of(const struct counts *, uint64_t key);

/* The exact entry of a key, NULL if there is none. */
struct counted *counts_at(const struct counts *, uint64_t key);

/*
 * `n` more (or fewer: a count does not go below 0).  Of a new key the words are taken
 * from `name`; with `exact` false it goes to the sketch.
 */
void counts_add(
    struct counts *, uint64_t key, int64_t n, const struct counted *name, bool exact);

/* Keys that did not fit and are only counted by the sketch. */
uint64_t counts_spilled(const struct counts *);

/* All exact ones that have a count, in the order in which they came. */
const struct counted *counts_all(const struct counts *, size_t *n);

/* Forget those for which `is` says so.  How many did. */
size_t counts_forget(
    struct counts *, bool (*is)(void *ctx, const struct counted *), void *ctx);

#define COUNTS_ROWS  4
#define COUNTS_WIDTH ((size_t)1 << 16)

/* The sketch: its rows one after the other; NULL if nothing spilled. */
const uint32_t *counts_sketch(const struct counts *);

/* Add a cell of another sketch.  `mixed`: what is exact here may stand in it, too. */
void counts_sketch_add(struct counts *, size_t cell, uint32_t n, bool mixed);
bool counts_mixed(const struct counts *);
void counts_spilled_add(struct counts *, uint64_t n);

#endif
