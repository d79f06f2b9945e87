/*
 * pattern - Sigma's values: text with wildcards, and what modifiers make of it.
 *
 * A value on its way through the modifiers is a string in which four bytes
 * that UTF-8 never uses stand for the wildcards.  pattern_make() turns it into
 * the cheapest test that does the same.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include "arena.h"
#include "err.h"

#define PAT_MANY '\xFF' /* "*": any run, newlines included */
#define PAT_ONE  '\xFE' /* "?": one character */
#define PAT_DASH '\xFD' /* any of the dashes and the slash of "windash" */

enum pattern_kind {
	PATTERN_ANY, /* "*" */
	PATTERN_EXACT,
	PATTERN_STARTS,
	PATTERN_ENDS,
	PATTERN_CONTAINS,
	PATTERN_GLOB, /* wildcards in the middle */
};

struct pattern {
	enum pattern_kind kind;
	struct str text; /* without the outer wildcards; of a glob: with all marks */
};

/*
 * The marked string of a value as it stands in a rule: `*` and `?` are wildcards,
 * a backslash before one of them or before a backslash takes its meaning away
 * and stays itself before anything else.
 */
struct str pattern_read(struct arena *, struct str value);

/* Are there wildcards in a marked string? */
bool pattern_wild(struct str marked);

/* Put wildcards at an end, unless there is one already. */
struct str pattern_open(struct arena *, struct str marked, bool front, bool back);

/* A dash or slash at the start of a flag becomes PAT_DASH. */
struct str pattern_windash(struct arena *, struct str marked);

/* Base64 of the part that is the same wherever the bytes stand at offset `shift`
 * (0, 1, 2) within the encoded text. */
struct str pattern_base64_at(struct arena *, struct str plain, unsigned shift);

/* UTF-16 of UTF-8 text. */
struct str pattern_utf16(struct arena *, struct str plain, bool big_endian, bool mark);

struct pattern pattern_make(struct arena *, struct str marked);

/* The longest run without marks: a text that matches must contain it. */
struct str pattern_literal(const struct pattern *);

/* Both sides folded, or neither. */
bool pattern_match(const struct pattern *, struct str text);

#endif
