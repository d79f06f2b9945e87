/*
 * outcomes - how often an action against a technique was right in the past.
 *
 * Read from records: actions, the incidents that they were for, and verdicts.  Right is
 * what was applied and verified, and not taken back; what failed, did not hold, was undone by
 * hand or was done in an incident that turned out to be none was wrong.  One count per
 * technique and verb, with a prior of one of each.
 */
#ifndef OUTCOMES_H
#define OUTCOMES_H

#include "action.h"
#include "err.h"

struct outcomes;

struct outcomes *outcomes_new(void);
void outcomes_free(struct outcomes *);

/* Add the records of a file.  False: it cannot be read; bad lines are passed over. */
bool outcomes_load(struct outcomes *, const char *path, struct err *);

/* Count them up; after the last outcomes_load(). */
void outcomes_settle(struct outcomes *);

struct beta {
	unsigned good, bad;
};

/* Of an action against a technique; sub-techniques count for their parents, too. */
struct beta outcomes_of(const struct outcomes *, struct str technique, enum action_do);

/* Expected share of right ones, and what it is at least with 19 in 20; in hundredths. */
unsigned beta_mean(struct beta);
unsigned beta_least(struct beta);

#endif
