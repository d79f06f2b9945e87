/*
 * settings - what ircorr's options set.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "filter.h"

struct ircorr_set {
	const char *site, *open, *gate, *discount, *unmerge, *graph;
	int64_t window_ms, close_ms;
	size_t max, incidents;
};

extern const struct filter ircorr;

#endif
