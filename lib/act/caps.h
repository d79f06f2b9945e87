/*
 * caps - how much may be done, and for how long: caps, loops, growth of TTLs.
 *
 * All of it is counted in the ledger, which runs share under its lock, so a replay
 * of the ledger gives the same answers.
 */
#ifndef CAPS_H
#define CAPS_H

#include "batch.h"

/* What the ledger says was done lately; before the first job of a batch. */
void caps_begin(struct batch *);

/* Most actions at once. */
size_t caps_burst(const struct batch *);

/* Is there room?  False: the job waits, with code `cap` or `loop`. */
bool caps_room(struct batch *, struct job *);

/* Count a job that was accepted. */
void caps_count(struct batch *, const struct job *);

/*
 * How long a step lasts that does not say: the default, twice that for each earlier
 * time within 30 days, a week at most; then up to 10 % more or less, by its key.
 */
int64_t caps_ttl_s(struct batch *, const struct action *);

/* Is every `verb=count` of --max-class well-formed? */
bool caps_valid(const struct opt_list *, struct err *);

#endif
