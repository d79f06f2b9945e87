/*
 * openc2_target - the target of a command in the form of our own.
 */
#ifndef OPENC2_TARGET_H
#define OPENC2_TARGET_H

#include "openc2_pairs.h"

/* Why not, with the status that the language has for it. */
struct openc2_no {
	int status;
	struct str text;
};

/*
 * Write the target `t` of a pair as JSON, as action_of() takes it; behind a '{'
 * that is there already, its '}' is the caller's.  `ext` is what the command's
 * arguments say beyond the language.  False: it says more than can be done, or
 * nothing that can.
 */
bool openc2_target(struct arena *, const struct openc2_pair *, const struct node *t,
    const struct node *ext, struct buf *, struct openc2_no *);

#endif
