/*
 * past - a deed of the ledger as its actuator reads it: target and prior state as trees.
 */
#ifndef PAST_H
#define PAST_H

#include "arena.h"
#include "err.h"
#include "ledger.h"
#include "node.h"

struct past {
	const struct deed *deed;
	struct arena *arena;               /* of the call; the trees are in it */
	const struct node *target, *prior; /* NULL: the ledger has none */
};

struct past past_of(struct arena *, const struct deed *);

/* A text of the target or of what was noted, with a NUL behind it; or absent. */
struct str past_target(const struct past *, const char *name);
struct str past_prior(const struct past *, const char *name);

/* Set `e` to "the ledger does not say WHAT"; always false. */
bool past_silent(struct err *, const char *what);

#endif
