/*
 * way - what calls up rules in a record, by the buckets that it belongs to.
 *
 * Records of one kind belong to the same buckets, so what is to be looked at, and the
 * literals that are to be found there, are worked out once for each set of buckets:
 * no literal is looked for whose rule could not match.  Whoever makes records of ever
 * new sets gets them the tables of all rules, which cost more to search and nothing
 * to make.
 */
#ifndef WAY_H
#define WAY_H

#include "literal.h"
#include "ruleset.h"
#include "sift.h"

#define WAY_DONE 8 /* values of one name that are remembered as searched */

/* The literals that rules look for in fields of one name. */
struct crew {
	struct str name;
	struct literals *literals;
	uint32_t number; /* no other has had it */
	/* for whoever searches: the record in hand, and which of its values are done */
	uint64_t of;
	const char *done[WAY_DONE];
	size_t n_done;
};

/* A field that calls up rules. */
struct lookout {
	int field;
	struct crew *crew; /* NULL: no text is looked for in it */
	uint32_t *present; /* rules that are tried when it is there at all */
	size_t n_present, cap;
	uint64_t of; /* for whoever searches: the record that it was looked at for */
};

/* What is looked for in the whole record. */
struct words {
	struct sift *sift;
	struct literals *literals; /* NULL: none */
	uint32_t *present;         /* rules that are tried in any case */
	size_t n_present, cap;
};

struct way {
	struct lookout *lookouts;
	size_t n;
	/* Those that are concerned when a slot holds something:
	 * lookouts[by_slot[first[g] .. first[g + 1])], g being group[slot] - 1. */
	uint16_t *group;
	uint32_t *first;
	uint16_t *by_slot;
	size_t slots;        /* of `group` */
	struct words *words; /* or NULL */
	uint32_t *always;    /* rules that nothing calls up */
	size_t n_always;
};

struct ways;

/* All are borrowed; the rules are linked. */
struct ways *ways_new(
    struct views *, struct atoms *, const struct ruleset *, size_t buckets);
void ways_free(struct ways *);

/*
 * The way of a record that belongs to these buckets; borrowed until the next call.  The
 * record's line is an example of those to come.
 */
struct way *ways_find(struct ways *, const uint32_t *buckets, size_t n, struct str line);

#endif
