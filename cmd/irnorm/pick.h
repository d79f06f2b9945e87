/*
 * pick - which formats, and which of their rules, can fit a text or an object.
 *
 * Hundreds of formats are loaded; one pass over a text finds the literals that
 * their rules cannot do without, one step a key those that objects must have.
 * What is left is tried in the usual order, so picking changes no answer.
 */
#ifndef PICK_H
#define PICK_H

#include "format.h"
#include "leaves.h"

struct pick; /* read-only once it is made: threads may share it */

/* The literals of a text that were seen; each norm has its own. */
struct marks {
	const struct pick *pick;
	struct str text; /* the text looked at last */
	uint32_t *seen;  /* by literal: the round of its last sight */
	uint32_t round;
	uint64_t *maybe; /* formats by rank */
};

enum pick_list { PICK_BARE, PICK_ANY, PICK_JSON, PICK_LISTS };

/* Numbers the literals in the rules. */
struct pick *pick_new(struct formats *);
void pick_free(struct pick *);

void marks_init(struct marks *, const struct pick *);
void marks_free(struct marks *);
void marks_start(struct marks *); /* a new line: the last text is gone */

/* Look at a text, once. */
void pick_text(struct marks *, struct str text);

/* After pick_text(): may it hold the literal? */
static inline bool
pick_seen(const struct marks *m, uint32_t literal)
{
	return literal == LITERAL_NONE || m->seen[literal] == m->round;
}

/* Look at the keys of an object. */
void pick_object(struct marks *, const struct leaves *);

/*
 * Walk the formats of a list that can fit what was looked at last, in order:
 * start with *at = 0; NULL at the end.
 */
const struct format *pick_next(const struct marks *, enum pick_list, size_t *at);

#endif
