/*
 * trial - conditions of rules, worked out in the order that decides soonest.
 *
 * A rule that is called up hardly ever matches; which of its parts says no first is
 * learned while it is asked.  What is asked stays the same, and so does the answer.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include "atom.h"

struct trials;

/* For `rules` rules; the atoms are borrowed. */
struct trials *trials_new(struct atoms *, size_t rules);
void trials_free(struct trials *);

/* Does the condition of this rule, always the same, hold for the record in hand? */
bool trial_holds(struct trials *, size_t rule, const struct expr *cond);

#endif
