/*
 * never - conditions that no event can fulfil: a field that is to be two things at
 * once, or to be and not to be.  What is not found out may still be so.
 */
#ifndef NEVER_H
#define NEVER_H

#include "atom.h"

bool never_holds(const struct atoms *, const struct expr *);

#endif
