/*
 * answer - commands of OpenC2 under the same guard, ledger and caps as plans.
 *
 * A command has no provenance: who calls the program answers for it, as for an
 * order by hand.  Each gets one answer, in its order.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "batch.h"
#include "openc2.h"

/* What is wrong with the options; NULL: nothing is. */
const char *answer_options(const struct act_set *);

/* Make a job of a command and judge it. */
void answer_command(struct batch *, struct openc2 *);

/* What became of it, as its response. */
void answer_show(struct batch *, const struct job *);

/* A step of somebody else's plan, as a command. */
void answer_translate(struct batch *, const struct action *);

#endif
