/*
 * severity - the five words for how grave something is, in their order.
 */
#ifndef SEVERITY_H
#define SEVERITY_H

#include <stdbool.h>

#include "str.h"

enum severity { SEV_INFO, SEV_LOW, SEV_MEDIUM, SEV_HIGH, SEV_CRITICAL };

struct str severity_name(enum severity);

/* False: it is none of the five words. */
bool severity_of(struct str, enum severity *);

/* 0 informational .. 4 critical; -1: none of the five words. */
int severity_rank(struct str);

#endif
