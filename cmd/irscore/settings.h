/*
 * settings - what irscore's options say.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "arena.h"
#include "opt.h"

struct irscore_set {
	const char *model, *cost, *note, *diff;
	struct opt_list verdicts, replay;
	size_t max, reserve, weight;
	bool train, rows, evaluate, challenge, card, no_prior;
};

/* The model to use, in the arena: the one that was named, else the shipped one; NULL: none. */
const char *settings_model(const struct irscore_set *, struct arena *);

/* The rows that it was made of, to learn with; NULL: other ones were named, or none are to be. */
const char *settings_prior(const struct irscore_set *, struct arena *);

#endif
