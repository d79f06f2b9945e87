/*
 * tree - nested JSON made of dotted paths.
 *
 * `a.b` is a member of a member; `a[x].b` is a member of an element of a list,
 * which is called x while the tree is made.
 */
#ifndef TREE_H
#define TREE_H

#include "arena.h"
#include "buf.h"

struct tree;

/* In the arena. */
struct tree *tree_new(struct arena *);

/* Set a value, JSON; false if it is set already, or a part of the path is a value. */
bool tree_set(struct tree *, struct str path, struct str raw);

/* The value at a path, or an object there as "{"; absent if there is none. */
struct str tree_get(const struct tree *, struct str path);

/* Take away what is at a path. */
void tree_drop(struct tree *, struct str path);

void tree_write(const struct tree *, struct buf *);

#endif
