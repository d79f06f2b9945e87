/*
 * leaves - the values of a JSON object by their dotted paths.
 *
 * Nested and dotted spellings are the same path.  Of duplicates the last wins,
 * and a later duplicate parent hides the children that stood before it.
 */
#ifndef LEAVES_H
#define LEAVES_H

#include "arena.h"
#include "str.h"

struct leaf {
	struct str path; /* "alert.signature" */
	struct str key;  /* the same as JSON, without quotes */
	struct str raw;  /* absent: overruled, or the path of an object */
};

struct leaves {
	struct leaf *v;
	size_t n, cap;
	bool twice; /* something stood twice */
	struct leaf_slot *slots;
	size_t n_slots;
	unsigned round;
};

void leaves_free(struct leaves *);

/* Read an object that json_valid() passed; JSON_PAD bytes readable behind it. */
void leaves_read(struct leaves *, struct arena *, struct str object);

/* The same by hand: start anew, then add; all are borrowed. */
void leaves_start(struct leaves *);
void leaves_add(struct leaves *, struct str path, struct str key, struct str raw);

/* The leaf at a path, or NULL; an object inside counts (its raw is absent). */
const struct leaf *leaves_find(const struct leaves *, struct str path);

#endif
