/*
 * walk - one text from its first byte to its last: is it well-formed, and where
 * are the values that somebody asked for.
 */
#ifndef WALK_H
#define WALK_H

#include "grammar.h"
#include "trie.h"

/* What to walk, and what came of it. */
struct walk {
	struct str text;
	bool record;             /* an object; no LF; members and dots are counted */
	const struct trie *root; /* may be NULL */
	struct finds *finds;     /* may be NULL without a root */

	size_t open, close; /* offsets of the braces of a record */
	size_t members;
	bool empty;          /* a record without members */
	bool ascii, literal; /* surely no other character, none spelled \u: a slow walk
			      * does not say */
	struct json_fault fault;
};

/* Byte by byte, exactly as the standard says.  False: `fault` says why. */
bool walk_scalar(struct walk *);

#endif
