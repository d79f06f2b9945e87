/*
 * deep - values inside lists of objects: "actors[].email", "rows[0].cells[].v".
 *
 * Formats name such paths in their maps.  `[]` is every element, `[0]` the first,
 * `[-1]` the last.
 */
#ifndef DEEP_H
#define DEEP_H

#include "leaves.h"

/* Is it such a path? */
bool deep_valid(struct str path);

/* May what stands at `at` decide the value at the deep path `path`? */
bool deep_touches(struct str path, struct str at);

/*
 * The value at a path: one alone as it is, several as a list; in the arena.  Absent if there
 * is none.
 */
struct str deep_find(const struct leaves *, struct arena *, struct str path);

#endif
