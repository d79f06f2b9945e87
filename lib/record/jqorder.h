/*
 * jqorder - which of two values jq 1.6 puts first, and which contains which.
 */
#ifndef JQORDER_H
#define JQORDER_H

#include "jqval.h"

/* Less, equal or greater than 0.  As in jq, nan is less than any number, itself too. */
int jqorder_cmp(struct jqrun *, struct jqval *, struct jqval *);

/* jq's ==: the same but for nan, which equals nothing. */
bool jqorder_same(struct jqrun *, struct jqval *, struct jqval *);

/* Is `b` in `a`: parts of texts, elements in any order, members by name. */
bool jqorder_contains(struct jqrun *, struct jqval *a, struct jqval *b);

#endif
