/*
 * trie - names of fields as a tree of their parts, and what was found for them.
 *
 * "source.ip" is the part "ip" below the part "source", so that a member's name
 * can be followed from wherever its object stands.
 */
#ifndef TRIE_H
#define TRIE_H

#include "str.h"

/* What was found for a slot. */
struct found {
	struct str raw; /* the value's slice, without blanks; absent if not there */
	bool
	    spread; /* there, but (also) as dotted members elsewhere: build it by rec_nest() */
	bool twice; /* an earlier value of the same field was overruled */
};

struct trie {
	struct str part;
	struct trie *up;
	struct trie **kids; /* in order of their parts */
	size_t n, cap;
	int slot;   /* -1: only leads to others */
	int *below; /* the slots of all names that start with this one */
	size_t n_below, cap_below;
};

struct trie *trie_new(void);
void trie_free(struct trie *);

/* The place of `name`, which keeps the slot it has, else gets `slot`.  Copied. */
const struct trie *trie_add(struct trie *root, struct str name, int slot);

/*
 * A member named `raw` (checked, without its quotes) starts in the object at
 * `at`.  Returns the place of its value, or NULL if nobody asks for it.  What it
 * overrules is forgotten, `*twice` set if that was something; objects that its
 * dots lead through are marked as spread.  `at` may be NULL.
 */
const struct trie *trie_enter(
    const struct trie *at, struct str raw, struct found *found, bool *twice);

/* A value was found for the slot of this place, if it has one. */
static inline void
trie_found(const struct trie *at, struct found *found, const char *from, const char *to)
{
	if (at && at->slot >= 0)
		found[at->slot].raw = (struct str){from, (size_t)(to - from)};
}

#endif
