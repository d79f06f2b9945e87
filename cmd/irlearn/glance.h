/*
 * glance - what the lenses see of an event, in numbers.
 *
 * Each field is taken once for all lenses, and what a text was tamed to is remembered,
 * so that most events cost one hash and one look a field.
 */
#ifndef GLANCE_H
#define GLANCE_H

#include "lens.h"
#include "vocab.h"

enum { OVER, CONTEXT, VALUE };

/*
 * What one lens sees: words by their numbers and texts.  An absent one has the id 0.
 * Of a shape `id` holds sizes instead.  The lens LENS_ABOUT has the host and the data
 * set of each event, for what a model says of itself.
 */
#define LENS_ABOUT LENSES

struct glimpse {
	uint64_t id[3];
	uint32_t ref[3];
	uint32_t lens;
};

struct glance;

struct glance *glance_new(const struct lenses *, struct vocab *);
void glance_free(struct glance *);

/* To `out`, of LENSES + 1, about the event first; returns how many lenses see something. */
size_t glance_at(struct glance *, struct rec *, struct glimpse *out);

/* The fields of a shape, as SHAPE_SIZES numbers from `at` on. */
void glance_sizes(
    const struct lenses *, const struct lens *, struct rec *, uint8_t *sizes);

#endif
