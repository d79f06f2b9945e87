/*
 * habit - what is known of a site, and what its lenses think of an event.
 *
 * Surprise of a pair = -ln P(value | context), P = (n(context, value) + 0.1) / (n(context) + 1),
 * for the one host and for all, mixed by n / (n + 10): a host that is known well speaks
 * for itself.  The p-value of a surprise is the share of past events that surprised at
 * least as much.  Rates and distinct counts have theirs from the negative binomial
 * distribution, weeks and shapes from past scores as the pairs.
 *
 * Teaching is bounded: one host (or what else a lens is over) teaches one pair at most
 * `teach` times an hour, and at most as many new pairs.
 */
#ifndef HABIT_H
#define HABIT_H

#include "counts.h"
#include "glance.h"
#include "lru.h"
#include "scores.h"
#include "series.h"
#include "shape.h"
#include "weekly.h"

struct habit_set {
	size_t max;   /* pairs counted one by one */
	size_t teach; /* an hour */
	double alpha; /* what is told once is not told for each event */
};

/* What a model says of itself. */
struct habit_about {
	uint64_t events;     /* learned */
	uint64_t stuck;      /* what could not be taken out again */
	uint64_t capped;     /* pairs and events of them that were too much of one */
	int64_t first, last; /* ns; events 0: none */
	struct hll hosts;
};

struct habit {
	const struct lenses *lenses;
	struct habit_set set;
	struct vocab *vocab;
	struct glance *glance;
	struct counts *counts;
	struct lru *series, *weeks;
	struct scores pairs, hours, shapes;
	struct shape *shape[LENSES]; /* of those that are shapes */
	struct habit_about about;
	struct glimpse seen[LENSES + 1]; /* of the event in hand */
	size_t n_seen;
};

struct habit *habit_new(const struct lenses *, const struct habit_set *);
void habit_free(struct habit *);

/* What one lens says of an event. */
struct opinion {
	const struct lens *lens;
	double p, nats;
	uint64_t n, of; /* pair: on its host, the value and its context; else: how many */
	uint64_t n_all, of_all; /* pair: everywhere */
	struct usual usual;     /* rate, distinct */
	bool of_others; /* `usual` is that of all keys: too little is known of its own */
	unsigned hour;  /* week */
};

struct judgement {
	struct opinion
	    v[LENSES]; /* those that know enough; of the pairs the one surprised most */
	size_t n;
	struct opinion best; /* the one of the lowest p; no lens: nobody knows anything */
	double p;            /* all together */
	double nats;         /* of the pair */
};

/* Look at an event.  False: no lens sees anything. */
bool habit_look(struct habit *, struct rec *);

/* Of the event looked at last, of `ns`.  Spans go on, but nothing is learned. */
void habit_judge(struct habit *, struct rec *, int64_t ns, struct judgement *);

/* What was seen, now or later: it is judged once more, by what is known then.
 * `n` is 1, or -1: it should not have been learned. */
void habit_learn(
    struct habit *, const struct glimpse *, size_t n_seen, int64_t ns, int n);

uint64_t habit_evicted(const struct habit *);

/* --- for tome.c: the keys, and what is kept under them --- */

#define HABIT_ABOUT UINT64_C(0x61626f7574) /* in the place of a lens */

uint64_t habit_key(uint64_t lens, const uint64_t id[3]);
struct series *habit_series(struct habit *, const struct glimpse *, bool make);
struct weekly *habit_weekly(struct habit *, const struct glimpse *, bool make);

#endif
