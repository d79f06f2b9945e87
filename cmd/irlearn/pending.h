/*
 * pending - what was seen and is not learned yet: an alert may still speak against it.
 *
 * A baseline that has eaten the attack is blind to it.  Events wait, and those that an
 * alert or a case names are dropped.
 */
#ifndef PENDING_H
#define PENDING_H

#include "habit.h"

struct pending;

/* Held for `span` ns of event time, at most `max` of them. */
struct pending *pending_new(int64_t span, size_t max);
void pending_free(struct pending *);

/* What `habit` looked at last. */
void pending_add(struct pending *, struct habit *, struct str id, int64_t ns);

/* Do not learn that event.  False: it is not waiting (any more). */
bool pending_drop(struct pending *, struct str id);

/* Learn what has waited long enough at `now`; INT64_MAX: everything. */
void pending_flush(struct pending *, struct habit *, int64_t now);

#endif
