/*
 * openc2_pairs - which action and target of OpenC2 is which verb of ours.
 */
#ifndef OPENC2_PAIRS_H
#define OPENC2_PAIRS_H

#include "action.h"

struct openc2_pair {
	const char *action, *target;
	enum action_do what;
	const char *undo; /* the action that takes it back; NULL: none does */
	int v;            /* the target is a network of this IP version; 0: it is none */
};

/* All of them, up to one without an action. */
extern const struct openc2_pair openc2_pairs[];

/* By what a command says.  `lift` is set if it is the one that takes it back.  NULL: none. */
const struct openc2_pair *openc2_pair(struct str action, struct str target, bool *lift);

/* By what we do; `v` as above.  NULL: there is none. */
const struct openc2_pair *openc2_pair_of(enum action_do, int v);

/* Does its target have the members of our own? */
bool openc2_pair_own(const struct openc2_pair *);

#endif
