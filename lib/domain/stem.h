/*
 * stem - lines that have as many words and begin alike, found by these.
 *
 * A tree of fixed depth.  Where more than 100 words lead on from a place, further
 * ones lead to the same stem.  Words are hashes; whoever uses it gives them.
 */
#ifndef STEM_H
#define STEM_H

#include "str.h"

#define STEM_WORDS 2  /* words that choose, beside their number */
#define STEM_MAX   48 /* members */
#define STEM_ANY   UINT64_C(1)

struct stem {
	void *v[STEM_MAX];
	size_t n;
	uint64_t path[STEM_WORDS + 1]; /* its place in the tree */
};

struct stems;

struct stems *stems_new(void);
void stems_free(struct stems *); /* those that are left are the caller's to drop first */

/* The stem of lines of `n` words that begin so, or NULL. */
struct stem *stems_at(const struct stems *, size_t n, const uint64_t word[STEM_WORDS]);

/* The same, made if there is none; a word may become STEM_ANY. */
struct stem *stems_make(struct stems *, size_t n, uint64_t word[STEM_WORDS]);

/* An empty stem goes, and the ways that led to it alone. */
void stems_drop(struct stems *, struct stem *);

uint64_t stem_mix(uint64_t, uint64_t);

#endif
