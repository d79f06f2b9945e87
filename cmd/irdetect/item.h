/*
 * item - what a rule says of a field: `Field|modifier|modifier: values`.
 */
#ifndef ITEM_H
#define ITEM_H

#include "atom.h"
#include "condition.h"
#include "node.h"

/* What items are read with. */
struct item_ctx {
	struct arena *a; /* where expressions go */
	struct atoms *atoms;
	int (*field)(
	    void *ctx, struct str name); /* number of a field by its Sigma name */
	void *ctx;
	const struct node *lists; /* values of placeholders, by name; may be NULL */
};

/*
 * The expression of one item; `key` absent or empty, or only "|all" and the like,
 * means keywords.  NULL: ERR_DATA says what is wrong with it.
 */
struct expr *item_read(
    const struct item_ctx *, struct str key, const struct node *values, struct err *);

/* A whole selection: a map, a list of maps, a list of keywords, a keyword. */
struct expr *item_selection(const struct item_ctx *, const struct node *, struct err *);

#endif
