/*
 * habit - what is known of a site: counts for each lens, and the scores there were.
 *
 * Surprise = -ln P(value | context), P = (n(context, value) + 0.1) / (n(context) + 1),
 * for the one host and for all, mixed by n / (n + 10): a host that is known well speaks
 * for itself.  The p-value of a surprise is the share of past events that surprised at
 * least as much.
 */
#ifndef HABIT_H
#define HABIT_H

#include "buf.h"
#include "counts.h"
#include "lens.h"

#define HABIT_BINS 1024

struct habit;

struct habit *habit_new(const struct lenses *, size_t max);
void habit_free(struct habit *);

/* What one lens says of an event. */
struct surprise {
	const struct lens *lens;
	struct seen seen;
	bool known; /* enough of its context, to be surprised at all */
	double nats;
	uint64_t n, of;         /* on its host: the value, its context */
	uint64_t n_all, of_all; /* everywhere */
};

/* Look at an event.  False: no lens sees anything. */
bool habit_look(struct habit *, struct rec *);

/* Of the event looked at last: the lens that is surprised most; `*p` is the share of past events like that. */
struct surprise habit_judge(struct habit *, double *p);

/*
 * The keys of the event looked at last, to be learned now or later: four lines a
 * lens.  What is learned is judged once more, by what is known then.
 */
void habit_keys(struct habit *, struct buf *);
void habit_learn(struct habit *, struct str keys, int64_t n, uint32_t day);

uint64_t habit_events(const struct habit *);
uint64_t habit_spilled(const struct habit *);

/* As JSON lines, a header first; and added to what is there.  False: ERR_CONFIG. */
void habit_save(const struct habit *, struct buf *);
bool habit_load(struct habit *, struct str text, const char *name, struct err *);

#endif
