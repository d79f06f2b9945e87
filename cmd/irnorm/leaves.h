/*
 * leaves - the values of a JSON object by their dotted paths.
 *
 * Nested and dotted spellings are the same path.  Of duplicates the last wins,
 * and a later duplicate parent hides the children that stood before it.
 *
 * Logs say the same keys in each line: paths are remembered, so that a line
 * costs one step a member and no path is put together twice.
 */
#ifndef LEAVES_H
#define LEAVES_H

#include "arena.h"
#include "str.h"

#define LEAVES_MAX 8192 /* members of one object; what stands behind them is left out */

/* A path that was met. */
struct leaf_name {
	struct str path; /* "alert.signature" */
	struct str key;  /* the same as JSON, without quotes */
	uint32_t id;     /* of the names that are remembered, from 0 */
	unsigned round;  /* `leaf` is of the object in hand if this is its round */
	uint32_t leaf;
	const void *owners; /* pick's: who waits for it; `asked`: that is known */
	bool asked;
};

struct leaf {
	struct str path, key;
	struct str raw; /* absent: overruled, or the path of an object */
	struct leaf_name *name;
};

struct leaves {
	struct leaf *v;
	size_t n, cap;
	size_t members;
	bool twice; /* something stood twice */
	bool full;  /* there were more than LEAVES_MAX */
	unsigned round;

	struct arena *kept; /* the names */
	size_t n_names;
	unsigned age; /* counts how often all names were forgotten */
	struct leaf_slot *slots;
	size_t n_slots, used;
	size_t at; /* the slot that was asked for last */
	uint64_t seed;
};

void leaves_free(struct leaves *);

/* Before each line: forget names if they have become too many; what a line got stays. */
void leaves_age(struct leaves *);

/* Read an object that json_valid() passed; JSON_PAD bytes readable behind it. */
void leaves_read(struct leaves *, struct arena *, struct str object);

/* The same by hand: start anew, then add; `raw` is borrowed. */
void leaves_start(struct leaves *);
void leaves_add(struct leaves *, struct str path, struct str key, struct str raw);

/* The leaf at a path, or NULL; an object inside counts (its raw is absent). */
const struct leaf *leaves_find(const struct leaves *, struct str path);

#endif
