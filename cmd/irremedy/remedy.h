/*
 * remedy - what irremedy was told on top of what every program that acts is.
 */
#ifndef REMEDY_H
#define REMEDY_H

#include "batch.h"

struct remedy_set {
	struct act_set act; /* first: a batch has a pointer to it */
	const char *manifest, *secrets, *ansible;
	int64_t max_age_ms;
};

static inline const struct remedy_set *
remedy_set(const struct batch *b)
{
	return (const struct remedy_set *)(const void *)b->set;
}

#endif
