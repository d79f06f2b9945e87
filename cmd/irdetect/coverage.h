/*
 * coverage - which techniques of ATT&CK the rules could show.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "engine.h"
#include "tactic.h"

/*
 * A layer for the ATT&CK Navigator: each technique scored by the number of its
 * rules; after events were looked at, of those rules whose logs were among them.
 */
void coverage_write(
    struct buf *, const struct ruleset *, const struct engine *, const struct tactics *);

#endif
