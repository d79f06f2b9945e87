/*
 * upkeep - what was done, later: undo, expire, recover, audit, restore, list.
 */
#ifndef UPKEEP_H
#define UPKEEP_H

#include "batch.h"

/* Does the program's command line ask for any of it? */
bool upkeep_asked(const struct act_set *);

/* Plan all that it asks for; batch_act() does it. */
void upkeep_orders(struct batch *);

/*
 * Settle what a crash left open in the ledger, and what has ended by itself, by
 * asking the system.  `tell`: with a job for each.
 */
void upkeep_settle(struct batch *, bool tell);

/* A job for something that is not as it should be; found, not done. */
struct job *upkeep_drift(
    struct batch *, const struct action *, const char *code, struct str text);

/* The reason given on the command line. */
struct str upkeep_reason(const struct batch *);

#endif
