/*
 * carry - between intent and outcome: the acts of a batch.
 */
#ifndef CARRY_H
#define CARRY_H

#include "batch.h"

/* Is anything planned? */
bool carry_any(const struct batch *);

/* Intents to the disk, the acts, a look at each, outcomes to the disk. */
void carry_out(struct batch *);

#endif
