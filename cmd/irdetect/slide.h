/*
 * slide - the members of one group within the last span of time.
 *
 * The window ends at the newest member and slides with it.  What is counted is
 * exact up to SLIDE_MAX members; then the oldest are forgotten before their time.
 */
#ifndef SLIDE_H
#define SLIDE_H

#include "str.h"

#define SLIDE_MAX  16384
#define SLIDE_REFS 16
#define SLIDE_ID   46

struct member {
	int64_t t;      /* ns */
	uint64_t value; /* hash of what is counted, or the bits of a double */
	uint16_t ref;   /* which of the correlation's rules */
	char id[SLIDE_ID];
};

enum slide_keep { SLIDE_HASHES, SLIDE_SUM, SLIDE_SORTED };

struct slide {
	enum slide_keep keep; /* what the values are for; set before the first member */
	double sum;           /* of values, of SLIDE_SUM */
	unsigned dropped;     /* since the sum was last made anew */
	double *sorted;       /* the values in order, of SLIDE_SORTED */
	size_t sorted_cap;
	struct member *v; /* a ring, in order of time */
	size_t first, n, cap;
	struct count *counts; /* of values; open addressing */
	size_t distinct, counts_used, counts_cap;
	uint32_t refs[SLIDE_REFS]; /* members of each rule */
	int64_t chain[SLIDE_REFS]; /* when the latest chain of rules 0..i began */
	int64_t next[SLIDE_REFS];  /* what the event in hand makes of that */
	uint64_t by;               /* that event */
	uint64_t chains;           /* chains completed since the window was empty */
	uint64_t fired;            /* the count at the last firing; 0: none */
};

void slide_free(struct slide *);

/* The i-th member, oldest first. */
const struct member *slide_at(const struct slide *, size_t i);

/*
 * Add a member; what is older than `span` before the newest goes first.  False:
 * it is itself too old and was not taken.  `fresh`: the window was empty.
 */
bool slide_add(struct slide *, const struct member *, int64_t span, bool *fresh);

/* How many members have this value? */
size_t slide_count(const struct slide *, uint64_t value);

/* The value below which `percent` of the values lie, between two in proportion. */
double slide_percentile(const struct slide *, double percent);

/* A double as a member's value, and back. */
uint64_t slide_bits(double);
double slide_number(uint64_t);

/*
 * A member for rule `ref` came at `t` by event `by`: is the chain of rules 0..last
 * complete now?  One event is never two steps, in whatever order its matches come.
 */
bool slide_chain(
    struct slide *, size_t ref, size_t last, int64_t t, int64_t span, uint64_t by);

/*
 * The same for a member, already added, that is older than others: does it complete a
 * chain as any of its steps?  Looks at the whole window.
 */
bool slide_chain_late(struct slide *, const struct member *, size_t last);

#endif
