/*
 * moment - what surrounds an alert when it arrives: how new, how rare, how many.
 *
 * Everything is counted before the alert itself and in event time, so the same
 * stream gives the same answers whenever it is read.  Alerts of one rule on one
 * host that follow each other within a minute are one burst, for at most an hour.
 * Numbers become readable tokens ("size>=5", "novel=host"): what a model weighs
 * and an analyst reads are the same words.  Memory is bounded by `max` pairs.
 */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "str.h"

#define MOMENT_TOKENS 128
#define MOMENT_BYTES  4096

struct sighted {
	struct str rule, host, sensor, family; /* absent ones count as "-" */
	int64_t first, last;                   /* ns */
	uint64_t n;                            /* alerts that the record stands for */
	bool fold;                             /* its first alert was counted already */
};

/* How new the alert's rule is. */
enum novelty {
	NOVEL_NOT,  /* seen on this host before */
	NOVEL_HOST, /* seen, but not on this host */
	NOVEL_RULE, /* never seen */
};

struct moment {
	struct str token[MOMENT_TOKENS];
	size_t tokens;
	char bytes[MOMENT_BYTES];
	size_t used;

	enum novelty novel;
	uint64_t burst; /* alerts of its burst so far */
	uint64_t seen;  /* bursts of this rule on this host before */
	int64_t age_s;  /* of the oldest alert that was seen */
	bool opened;    /* it is the first of its burst */
	size_t *tag; /* the burst's, for whoever keeps something about it; 0 at first */
};

struct moments;

struct moments *moments_new(size_t max);
void moments_free(struct moments *);

/* Take an alert up and say what surrounds it. */
void moments_take(struct moments *, const struct sighted *, struct moment *);

/* Pairs of rule and host that were forgotten to make room. */
uint64_t moments_forgotten(const struct moments *);

/* All of it as text, and back into one that is empty.  False: ERR_CONFIG. */
void moments_save(const struct moments *, struct buf *);
bool moments_load(struct moments *, struct str, struct err *);

#endif
