/*
 * stixcomp - what stands between the brackets of a STIX pattern; for stixparse.
 */
#ifndef STIXCOMP_H
#define STIXCOMP_H

#include "stixlex.h"

struct stixparser {
	struct stixlex lex;
	struct stix *p;
	struct arena *a;
	unsigned depth;
	size_t n_tests, n_values;
};

/* A list that grows while its end is not in sight. */
struct stixkids {
	void **v;
	size_t n, cap;
};

void stixcomp_add(struct stixparser *, struct stixkids *, void *one);

/* Comparisons joined by AND and OR.  NULL: the lexer's error says why. */
struct stix_comp *stixcomp_read(struct stixparser *);

/* One of several, or the only one. */
struct stix_comp *stixcomp_join(struct stixparser *, enum stix_join, struct stixkids *);

/* Take a sign or keyword; want: it is an error if it is not there. */
bool stixcomp_take(struct stixparser *, const char *word);
bool stixcomp_want(struct stixparser *, const char *word);

/* One level more of parentheses. */
bool stixcomp_deeper(struct stixparser *);

#endif
