/*
 * profile - what each rule costs.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "engine.h"
#include "filter.h"

/* A record for each rule that was tried, dearest first. */
void profile_write(const struct ruleset *, const struct engine *, struct filter_run *);

#endif
