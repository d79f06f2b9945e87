/*
 * choose - which steps an incident calls for, and why not the others.
 */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "action.h"
#include "compose.h"
#include "facts.h"
#include "ground.h"
#include "outcomes.h"
#include "past.h"
#include "rules.h"
#include "shelf.h"

/* What irplan was told; the rest is policy of this module. */
struct choose {
	const struct ground *ground;
	const struct shelf *shelf;
	const struct compose *compose;
	const struct outcomes *outcomes; /* NULL: nothing is known of the past */
	const struct rules *rules;       /* NULL: there are none */
	struct str line;                 /* the incident, for the rules */
	struct past *past;
	struct str owner; /* whom a playbook's "owner" means; absent: so be it */
	int64_t ttl_s, ttl_max_s;
	size_t max; /* steps in one plan */
	struct arena *arena;

	/* A candidate that is not in the plan, and the reason. */
	void (*refused)(void *ctx, struct str what, struct str why);
	void *ctx;
};

struct choice {
	struct action *v; /* steps that are new, in the order of their phases */
	size_t n;
	struct str playbook, why;
	struct str alternatives; /* raw JSON list; absent: there are none */
	struct str withdrawn;    /* raw JSON list of {"key","why"}; absent: none */
	bool empty;              /* of all that was ever planned nothing holds */
};

/* All in the arena.  Steps planned for this incident before are left out. */
struct choice choose(const struct choose *, struct facts *);

/* The incident calls for nothing any more: what was planned for it is withdrawn. */
struct choice choose_nothing(const struct choose *, const struct facts *, struct str why);

/* `ttl_s` moved by up to a tenth, as the key decides: mass expiry does not fall on one moment. */
int64_t choose_jitter(int64_t ttl_s, const char key[ACTION_KEY]);

#endif
