/*
 * costly - regular expressions that cost more than they need.
 */
#ifndef COSTLY_H
#define COSTLY_H

#include "str.h"

/* What is costly about it, or NULL. */
const char *costly_why(struct str re);

#endif
