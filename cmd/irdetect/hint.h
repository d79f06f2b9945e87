/*
 * hint - what must stand in whatever a regular expression matches: one of some texts, and
 * a byte so many times.
 *
 * Read off the expression by a reader that knows less than PCRE2 does and gives up
 * where it is not sure: then there are none.
 */
#ifndef HINT_H
#define HINT_H

#include "arena.h"

#define HINTS_MAX 16

struct hints {
	struct str v[HINTS_MAX]; /* folded ASCII of three bytes or more each */
	size_t n;                /* 0: nothing is known */
	unsigned times; /* so often must `byte`, which is no letter, be there; or 0 */
	char byte;
};

struct hints hints_read(struct arena *, struct str regex);

/* Does the byte stand there so many times? */
bool hints_byte(struct str text, char byte, unsigned times);

#endif
