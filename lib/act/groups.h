/*
 * groups - what belongs together is not all touched at once (`groups` of the site file).
 *
 * Counted are the hosts and users that were acted on within an hour, by this run or by
 * the ledger: the same one again is no further one.
 */
#ifndef GROUPS_H
#define GROUPS_H

#include "batch.h"

/* Is there room in each group of what the job acts on?  False: the job waits, code `cap`. */
bool groups_room(struct batch *, struct job *);

#endif
