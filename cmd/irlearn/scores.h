/*
 * scores - which scores there were, so that a new one has a p-value: the share of past
 * ones that were at least as high.
 */
#ifndef SCORES_H
#define SCORES_H

#include <stdint.h>

#define SCORES_BINS 1024

struct scores {
	uint64_t bins[SCORES_BINS], n;
	uint64_t tail[SCORES_BINS]; /* at least that bin, a while ago */
	uint64_t of_tail;           /* all of them */
	unsigned changed;           /* since then */
};

unsigned scores_bin(double nats);

/* More or fewer (never below 0) in a bin. */
void scores_add(struct scores *, uint64_t bin, int64_t n);

/* The tails as of now; else they are looked at anew when enough has changed. */
void scores_settle(struct scores *);

double scores_p(struct scores *, double nats);

#endif
