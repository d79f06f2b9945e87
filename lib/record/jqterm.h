/*
 * jqterm - the terms of jq: paths, literals, calls, and what stands in brackets.
 */
#ifndef JQTERM_H
#define JQTERM_H

#include "jqp.h"

/* A term with all that follows it in dots and brackets.  NULL: the parse has failed. */
struct jqtree *jqterm(struct jqp *);

#endif
