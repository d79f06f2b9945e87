/*
 * hint - texts of which one must stand in whatever a regular expression matches.
 *
 * Read off the expression by a reader that knows less than PCRE2 does and gives up
 * where it is not sure: then there are none.
 */
#ifndef HINT_H
#define HINT_H

#include "arena.h"

#define HINTS_MAX 16

/* Folded ASCII of three bytes or more each; 0: nothing is known. */
size_t hints_read(struct arena *, struct str regex, struct str hints[HINTS_MAX]);

#endif
