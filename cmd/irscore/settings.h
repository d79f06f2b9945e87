/*
 * settings - what irscore's options say.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "opt.h"

struct irscore_set {
	const char *model, *cost, *note, *diff;
	struct opt_list verdicts, replay;
	size_t max, reserve, weight;
	bool train, rows, evaluate, card;
};

#endif
