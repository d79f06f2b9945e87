/*
 * series - how much there is in a span of time: events of a key, or different values.
 *
 * What closed spans held is kept as sums over epochs of 168 spans; the newest epoch
 * counts whole, each one before it half as much as the next, so that habits may change
 * and still models of two hosts add up to the bit.  Time is the key's own.
 *
 * A span cannot teach more than a bound that follows from what was usual, so that a
 * flood does not make floods usual.
 */
#ifndef SERIES_H
#define SERIES_H

#include "hll.h"
#include "recent.h"
#include "vocab.h"

#define SERIES_COUNT  4                  /* epochs that count */
#define SERIES_EPOCHS (SERIES_COUNT + 1) /* if the newest one is taken out again */
#define SERIES_RECENT 64                 /* closed spans that can be taken out again */

struct epoch {
	int64_t at; /* spans since 1970 / 168 */
	uint64_t n, sum, squares;
};

/* The span that is going on. */
struct span_open {
	int64_t at; /* spans since 1970 */
	uint64_t n;
	uint64_t said;   /* so many were reported */
	struct hll seen; /* of a distinct */
};

struct series {
	uint64_t key;
	uint32_t lens, over, context; /* the texts in the vocabulary */
	bool distinct, started;       /* started: `learned` holds a span */
	struct span_open live, learned;
	struct recent recent; /* of a rate: closed spans that held anything */
	struct epoch epochs[SERIES_EPOCHS]; /* newest first; n = 0: none */
};

/* What the counts of a span are compared with. */
struct usual {
	double spans, mean,
	    variance; /* spans: how many are behind it, the old ones for less */
};

struct usual series_usual(const struct series *);

/* One more in span `at`; 0: that span is over.  Returns how much the span holds now. */
uint64_t series_live(struct series *, int64_t at, uint64_t value);

/* The same for what is kept.  Returns how much a span that it closed held; 0: none. */
uint64_t series_learn(struct series *, int64_t at, uint64_t value);

/* One span more of many keys, with that event: what `closed` held, the newest span that
 * `of` closed. */
void series_pool(struct series *, struct series *of, uint64_t closed);

/*
 * One event fewer in span `at`, and in `pool` (or NULL), as if it had never been.  False:
 * nothing is known of the span any more, and nothing of what is different in one.
 */
bool series_unlearn(struct series *, struct series *pool, int64_t at);

void series_add_epoch(struct series *, const struct epoch *);
void series_add_open(struct series *, const struct span_open *);
void series_reset(struct series *);

#endif
