/*
 * yaml - YAML (and so JSON) files as trees of nodes, with their places.
 *
 * The only file that includes <yaml.h>.  YAML 1.2 core scalars: only true and
 * false are booleans, only null, ~ and nothing are null; quoted is text.
 * Aliases are followed; depth, nodes and size are bounded.
 */
#ifndef YAML_LOAD_H
#define YAML_LOAD_H

#include "node.h"

#define YAML_MAX ((size_t)16 * 1024 * 1024) /* bytes in a file */

struct yaml_docs {
	struct node **v;
	size_t n;
};

/* All documents of a text; `name` goes before error messages as "name:line:col". */
bool yaml_parse(
    struct arena *, struct str text, const char *name, struct yaml_docs *, struct err *);

/* All documents of a file. */
bool yaml_load(struct arena *, const char *path, struct yaml_docs *, struct err *);

#endif
