/*
 * jqplan - which fields of the record an expression can see.
 *
 * Follows every value of the expression back to where it comes from.  Sound by
 * one rule: what is used as a value is asked for with all that is below it.
 */
#ifndef JQPLAN_H
#define JQPLAN_H

#include "jqtree.h"
#include "scan.h"

/* A field and those below it that the expression names; the root is the record. */
struct jqfield {
	struct str part;
	struct jqfield *up, *kids, *next;
	int slot;   /* -1 for the record */
	bool whole; /* its value is used, not only fields below it */
};

/*
 * The fields of an expression, added to `paths`.  If `whole` of what is returned
 * is not set, they are all that the expression sees of a record, except that it
 * may give back the record itself.
 */
struct jqfield *jqplan_fields(struct arena *, const struct jqtree *, struct paths *);

/* The field `part` below `at`, or NULL. */
const struct jqfield *jqplan_kid(const struct jqfield *at, struct str part);

#endif
