/*
 * costly - regular expressions that cost more than they need.
 */
#ifndef COSTLY_H
#define COSTLY_H

#include "str.h"

#define COSTLY_MAX 3

/* What is costly about it: how many things, and which. */
size_t costly_why(struct str re, const char *why[COSTLY_MAX]);

#endif
