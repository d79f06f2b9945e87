/*
 * stixlex - the words of a STIX pattern.
 */
#ifndef STIXLEX_H
#define STIXLEX_H

#include "stix.h"

enum stix_token {
	STIX_END,
	STIX_BAD,  /* the error says why */
	STIX_SIGN, /* one or two characters: "[" "<=" */
	STIX_NAME, /* of an object, a property, or a keyword */
	STIX_LITERAL
};

struct stixlex {
	struct str text;
	size_t at, start; /* of what comes next; of the token in hand */
	struct arena *a;
	struct err *e;
	enum stix_token token;
	struct str word; /* as it stands */
	struct stix_value value;
};

/* Take up the next token. */
void stixlex_next(struct stixlex *);

/* Is the token in hand this sign, or this keyword (in any case)? */
bool stixlex_is(const struct stixlex *, const char *word);

/* "column N: why", of the token in hand; returns false. */
bool stixlex_fault(struct stixlex *, const char *why);

/* Bytes of base64 (with padding), or of hex; absent if it is none. */
struct str stixlex_base64(struct arena *, struct str);
struct str stixlex_hex(struct arena *, struct str);

#endif
