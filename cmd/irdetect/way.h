/*
 * way - which fields of a record call up rules, by the buckets it belongs to.
 *
 * Records of one kind belong to the same buckets, so what is to be looked at is
 * worked out once for each set of buckets and kept.
 */
#ifndef WAY_H
#define WAY_H

#include "sift.h"
#include "views.h"

struct way {
	uint32_t *buckets;
	size_t n_buckets;
	int *
	    slots; /* each once; fields[first[i] .. first[i + 1]) may stand in slots[i] */
	uint32_t *first;
	int *fields;
	size_t n_slots;
	int *all; /* every field once */
	size_t n_all;
	struct sift *keywords; /* what rules look for in the whole record, or NULL */
	uint32_t *always;      /* rules that nothing calls up */
	size_t n_always;
};

struct ways;

struct ways *ways_new(const struct views *, size_t buckets);
void ways_free(struct ways *);

/* A rule of this bucket is called up by this field, or by nothing. */
void ways_field(struct ways *, size_t bucket, int field);
/* It is called up by this folded literal anywhere; absent: by whatever there is.  Borrowed. */
void ways_keyword(struct ways *, size_t bucket, struct str literal);
void ways_always(struct ways *, size_t bucket, uint32_t rule);

/* The way of records that belong to these buckets; borrowed until the next call. */
const struct way *ways_find(struct ways *, const uint32_t *buckets, size_t n);

#endif
