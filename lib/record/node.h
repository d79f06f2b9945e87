/*
 * node - a tree of values, for configuration and for lists inside records.
 */
#ifndef NODE_H
#define NODE_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "str.h"

enum node_type { NODE_NULL, NODE_BOOL, NODE_NUM, NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
	enum node_type type;
	struct str text; /* of a scalar: its characters; of a number: its spelling */
	size_t n;        /* elements or members */
	struct node *kids;
	struct node *keys; /* of a map: n text nodes */
	int line, col;     /* from 1, where it was read; 0 if unknown */
};

/* The member of a map (the last of that name) or NULL; NULL nodes give NULL. */
const struct node *node_get(const struct node *map, struct str key);

/* Down a path of keys, "ir.plan.steps": a dotted key or nested maps, whichever is there. */
const struct node *node_path(const struct node *map, struct str path);

/* The scalar's text, or absent. */
struct str node_text(const struct node *);
bool node_i64(const struct node *, int64_t *);
bool node_true(const struct node *); /* the boolean true */

/* A list is itself, a scalar or map is a list of one, NULL is empty. */
size_t node_count(const struct node *);
const struct node *node_at(const struct node *, size_t i);

/* The tree of validated JSON text; dotted keys are kept as they are. */
struct node *node_json(struct arena *, struct str raw);

/* As JSON.  `sorted`: canonical form of RFC 8785 (keys in order), for hashes. */
void node_write(const struct node *, bool sorted, struct buf *);

#endif
