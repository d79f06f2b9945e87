/*
 * jqcall - the functions of jq that jqe knows.
 */
#ifndef JQCALL_H
#define JQCALL_H

#include "jqorder.h"

enum jqcall {
	JQCALL_NONE,
	/* of the input alone, one output or an error */
	JQCALL_NOT,
	JQCALL_LENGTH,
	JQCALL_TYPE,
	JQCALL_DOWN,
	JQCALL_UP,
	JQCALL_TONUMBER,
	/* of the input and a value */
	JQCALL_HAS, /* the value is a constant text */
	JQCALL_STARTS,
	JQCALL_ENDS,
	JQCALL_CONTAINS,
	JQCALL_INSIDE,
	JQCALL_TEST, /* the value is a constant text, without anything special in it */
	/* the rest is jqe's own: they evaluate their arguments in their own way */
	JQCALL_MAP,
	JQCALL_ANY,
	JQCALL_ALL,
	JQCALL_IN,
	JQCALL_SELECT,
	JQCALL_EMPTY,
	JQCALL_KIND, /* arrays, strings, values ... */
};

/* Which function is `name` with `args` arguments? */
enum jqcall jqcall_find(struct str name, int args);

/* Is a text a regular expression that means just itself? */
bool jqcall_plain(struct str re);

/* False: the error of the run says why. */
bool jqcall_of_input(
    struct jqrun *, enum jqcall, const struct jqval *in, struct jqval *out);
bool jqcall_of_value(struct jqrun *, enum jqcall, const struct jqval *in,
    struct jqval *value, struct jqval *out);

/* Does `strings` and the like let it pass? */
bool jqcall_kind(struct str name, const struct jqval *);

#endif
