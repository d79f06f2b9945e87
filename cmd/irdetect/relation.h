/*
 * relation - reading correlations: what several matches must be to one another.
 */
#ifndef RELATION_H
#define RELATION_H

#include "sigma.h"

/* Read the `correlation` of r->doc into r->corr. */
bool relation_read(struct arena *, struct rule *, struct err *);

#endif
