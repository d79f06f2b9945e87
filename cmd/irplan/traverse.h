/*
 * traverse - go through a playbook for one incident: which way, and why.
 *
 * Nothing is done: a step that acts is handed to the caller, once.  What needs an
 * answer that only doing it would give is taken to succeed.  Bounded.
 */
#ifndef TRAVERSE_H
#define TRAVERSE_H

#include "facts.h"
#include "playbook.h"

struct traverse {
	const struct playbook *p;
	struct facts *facts;
	void *ctx;

	/* An action step; `after`: ids of steps that come before are the caller's to know. */
	void (*act)(void *ctx, const struct playbook_step *);

	/* May be NULL: which way was taken at a step, and why. */
	void (*trace)(
	    void *ctx, const struct playbook_step *, const char *way, struct str why);
	unsigned visits, depth;
};

/* False: it went on for too long. */
bool traverse_all(struct traverse *);

/* Does a condition hold?  Absent `why` stays; 0 no, 1 yes, -1 it cannot be told. */
int traverse_holds(struct facts *, struct str condition, struct str *why);

#endif
