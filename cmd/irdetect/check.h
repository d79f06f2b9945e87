/*
 * check - what is doubtful about rules that can be used.
 */
#ifndef CHECK_H
#define CHECK_H

#include "ruleset.h"
#include "tactic.h"

/* What rules are held against. */
struct checks {
	const struct sources *sources;
	const struct atoms *atoms;
	const struct tactics *tactics;
	const struct stixmap *objects; /* filled in by checks_run() */
};

/* Print all doubts; returns the exit status. */
int checks_run(const struct ruleset *, const struct checks *);

#endif
