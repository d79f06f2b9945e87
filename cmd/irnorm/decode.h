/*
 * decode - steps that take a text apart, after a format or rule has matched.
 *
 * A kind of step is a row of the table in decode.c: its name, how it is read
 * from the format's file and what it does with a text.
 */
#ifndef DECODE_H
#define DECODE_H

#include "norm.h"

struct step {
	const struct step_kind *kind;
	int of;   /* the field whose text it takes; -1: the whole text */
	int when; /* done only if this field holds one of the globs; -1: always */
	struct str *values;
	size_t n_values;
	struct str under; /* prefix for what `map` does not name; absent: let it go */
	void *own;        /* what the kind keeps */
};

struct step_kind {
	const char *name;
	const char *const *keys; /* of its map, NULL at the end */

	/* Read what the kind keeps; `of` and `under` are there already.  May be NULL. */
	bool (*load)(struct load *, const struct node *, struct step *);

	/* The text is absent when the field has none, or is a list or an object. */
	void (*run)(
	    struct norm *, const struct format *, const struct step *, struct str text);

	/* Mark the fields that it fills by name (those of `map` are).  May be NULL. */
	void (*touch)(const struct step *, bool *touched);
};

extern const struct step_kind step_csv;
extern const struct step_kind step_drop;
extern const struct step_kind step_json;
extern const struct step_kind step_kv;
extern const struct step_kind step_pairs;
extern const struct step_kind step_pattern;

/* The steps of a list; false: a fault, with its place. */
bool decode_load(struct load *, const struct node *, struct steps *);

void decode_touch(const struct fields *, const struct steps *, bool *touched);

void decode_run(
    struct norm *, const struct format *, const struct steps *, struct str text);

#endif
