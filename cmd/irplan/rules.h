/*
 * rules - what the site decides about steps, in jq.
 *
 * A rule sees the incident with the step as .step; it may veto the step, ask for a
 * person's approval, or put it first or last in its phase.
 */
#ifndef RULES_H
#define RULES_H

#include "arena.h"
#include "action.h"
#include "err.h"

struct rules;

struct ruling {
	bool veto;
	unsigned approvals; /* at least so many */
	int order;          /* -1 first, 1 last in its phase */
	struct str why;     /* of the last rule that said something; in the arena */
};

/* Read a file of rules (YAML or JSON).  NULL: ERR_CONFIG with the place. */
struct rules *rules_load(const char *path, struct err *);
void rules_free(struct rules *);

/*
 * What all rules say to a step, given the incident's line.  A rule that fails on them
 * asks for approval: what cannot be decided is not let through.
 */
struct ruling rules_apply(
    const struct rules *, struct arena *, struct str incident, const struct action *);

#endif
