/*
 * squad - the rules of one bucket, and the tests that call each of them up.
 *
 * Worked out when the first record of the bucket comes: most runs see few of the
 * logsources that there are rules for.
 */
#ifndef SQUAD_H
#define SQUAD_H

#include "atom.h"

/* A rule is tried when this test may hold. */
struct call {
	uint32_t rule, atom;
};

struct squad {
	struct call *calls;
	size_t n_calls, calls_cap;
	int *fields; /* each that a test looks at, once; VIEWS_ALL is not among them */
	size_t n_fields, fields_cap;
	size_t n_words;   /* of the calls, those that look at the whole record */
	uint32_t *always; /* rules that nothing calls up */
	size_t n_always, always_cap;
	/* until then */
	struct post {
		uint32_t rule;
		const struct expr *cond;
	} * posts;
	size_t n_posts, posts_cap;
};

/* A rule of this bucket; the condition is borrowed. */
void squad_add(struct squad *, uint32_t rule, const struct expr *cond);

/* Fill in what is above, if that has not been done. */
void squad_muster(struct squad *, struct atoms *);

void squad_clear(struct squad *);

#endif
