/*
 * lexeme - the words of a log line, and what kind of value each is.
 *
 * One set of rules for all programs that log: numbers, addresses, times, paths
 * and the like are recognised by their spelling alone.  What stands behind `=`
 * or in quotes, and words with digits in them, are words that may be values.
 */
#ifndef LEXEME_H
#define LEXEME_H

#include "spelling.h"

struct lexeme {
	struct str text; /* a slice of the line; may be empty */
	enum lexeme_kind kind;
	bool blank; /* a blank stands before it */
};

/* At most `max` words of the line, the last of them the rest; returns how many. */
size_t lexeme_read(struct str line, struct lexeme *, size_t max);

/* Numbers, addresses, times ...: always a variable. */
static inline bool
lexeme_is_variable(enum lexeme_kind k)
{
	return k >= LEX_NUMBER;
}

#endif
