/*
 * nest - a record as one tree: dotted names opened up, the last of duplicates.
 *
 * What trie and scan say about single fields, this says about the whole.
 */
#ifndef NEST_H
#define NEST_H

#include "arena.h"
#include "str.h"

struct nest;

/* An empty object, in the arena. */
struct nest *nest_new(struct arena *);

/* Set the members of a checked object, one after the other; all is borrowed. */
void nest_members(struct nest *, struct str object);

/* Set one field to a checked value. */
void nest_set(struct nest *, struct str name, struct str raw);

/* As JSON, in the arena. */
struct str nest_text(const struct nest *);

#endif
