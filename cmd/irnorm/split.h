/*
 * split - pairs and columns, as logs spell them.
 *
 * What stands inside a value ends it only if it is spelled like the end of one:
 * separators inside quotes or behind an escape are text.
 */
#ifndef SPLIT_H
#define SPLIT_H

#include "arena.h"

#define SPLIT_KEY 64 /* longest key of a pair */

struct split {
	struct str sep, eq;
	char quote, escape; /* 0: there is none */
	bool spaced;        /* a value runs until the next separator, key and eq */
};

/*
 * Cut the next pair off `*rest`; what is no pair is skipped.  False at the end.  The
 * value is without quotes and escapes, a slice or in the arena.
 */
bool split_pair(const struct split *, struct arena *, struct str *rest, struct str *key,
    struct str *value);

/* Cut the next column off `*rest`, which is absent behind the last one; as above. */
struct str split_column(const struct split *, struct arena *, struct str *rest);

#endif
