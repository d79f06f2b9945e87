/*
 * gate - no recovery before eradication.
 */
#ifndef GATE_H
#define GATE_H

#include "batch.h"

/*
 * May a recovery be done now?  It waits (`eradication`) while a step of the same
 * incident that takes the intruder away is undone, failed or not in force any more.
 */
void gate_recovery(struct batch *, struct job *);

/* The same when it is about to be done: steps before it may have failed meanwhile. */
bool gate_open(struct batch *, struct job *, struct err *);

/* Has a file this hash that lies in the vault?  For tree_check(); told is the batch. */
bool gate_tainted(void *told, const char sha256[65], struct str path);

#endif
