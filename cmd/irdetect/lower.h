/*
 * lower - STIX comparisons as expressions over atoms, so that thousands of
 * indicators cost no more than thousands of Sigma rules.
 */
#ifndef LOWER_H
#define LOWER_H

#include "atom.h"
#include "stixmap.h"

struct lower {
	struct arena *a;
	struct atoms *atoms;
	struct views *views;
	const struct stixmap *map;
};

/* Never NULL; EXPR_FALSE if no record can be like that. */
struct expr *lower_comp(const struct lower *, const struct stix_comp *);

#endif
