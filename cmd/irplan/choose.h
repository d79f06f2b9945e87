/*
 * choose - which steps an incident calls for, and why not the others.
 */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "action.h"
#include "guard.h"
#include "past.h"
#include "site.h"
#include "victims.h"

/* What is read of an incident record. */
struct incident {
	struct str id, class, title;
	bool success;
	const struct node *entities, *alerts;
};

/* What irplan was told; the rest is policy of this module. */
struct choose {
	const struct guard *guard;
	const struct site *site;
	struct past *past;
	const struct victims *victims;
	struct str notify; /* whom to tell of a successful attack; absent: nobody */
	int64_t ttl_s, ttl_max_s;
	size_t max; /* steps in one plan */
	struct arena *arena;

	/* A candidate that is not in the plan, and the reason. */
	void (*refused)(void *ctx, struct str what, struct str why);
	void *ctx;
};

struct steps {
	struct action *v; /* in the arena */
	size_t n;
};

/* New steps: those planned for this incident before are left out. */
struct steps choose_steps(const struct choose *, const struct incident *);

/* `ttl_s` moved by up to a tenth, as the key decides: mass expiry does not fall on one moment. */
int64_t choose_jitter(int64_t ttl_s, const char key[ACTION_KEY]);

#endif
