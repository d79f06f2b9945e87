/*
 * condition - what a Sigma condition says: selections joined by and, or, not.
 *
 *   or < and < not < "1 of" / "all of" < ( )
 *
 * The result is an expression over atoms (numbered tests of one field), shared
 * by all rules of a set.
 */
#ifndef CONDITION_H
#define CONDITION_H

#include "arena.h"
#include "err.h"

#define CONDITION_MAX   65536 /* bytes */
#define CONDITION_DEPTH 64    /* parentheses, nots, and lists within lists */

enum expr_op { EXPR_FALSE, EXPR_TRUE, EXPR_ATOM, EXPR_NOT, EXPR_AND, EXPR_OR };

#define EXPR_MANY 8 /* alternatives that are worth a search for all at once */

/* What was found out about an OR of many alternatives while it was used. */
struct expr_many {
	unsigned uses;
	bool looked;               /* at what stands in it */
	struct literals *literals; /* all alternatives, or NULL */
	int field;
};

struct expr {
	enum expr_op op;
	uint32_t atom;
	size_t n; /* NOT has one */
	struct expr **kids;
	struct expr_many *many; /* of an OR of EXPR_MANY or more, else NULL */
};

struct expr *expr_leaf(struct arena *, enum expr_op);
struct expr *expr_atom(struct arena *, uint32_t atom);
struct expr *expr_not(struct arena *, struct expr *);

/* AND or OR of `n` (one: itself; none: TRUE and FALSE). */
struct expr *expr_join(struct arena *, enum expr_op, size_t n, struct expr *const *);

/* A name and what it stands for. */
struct selection {
	struct str name;
	struct expr *expr;
	bool used; /* set by the parser */
};

/*
 * Parse `text` over the selections.  NULL: ERR_DATA, "condition: ...".
 * `1 of PATTERN` and `all of PATTERN` that match no selection are false.
 * Names that start with `_` belong neither to `them` nor to a pattern that does
 * not itself start with `_`.
 */
struct expr *condition_parse(
    struct arena *, struct str text, struct selection *, size_t n, struct err *);

/* The names that a condition mentions, each once, at most `max`; 0 if there are more. */
size_t condition_names(struct str text, struct str *names, size_t max);

#endif
