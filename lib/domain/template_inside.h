/*
 * template_inside - what a template is; for template_learn.c and template_tell.c.
 */
#ifndef TEMPLATE_INSIDE_H
#define TEMPLATE_INSIDE_H

#include "stem.h"
#include "template.h"

#define TEMPLATE_HOLE STEM_ANY /* the hash of a word that may be any */

struct template
{
	struct template *older, *newer; /* by use */
	struct stem *stem;
	uint64_t serial; /* 0: not in use */
	uint64_t count;
	struct lexeme *v;
	uint64_t *hash; /* TEMPLATE_HOLE where it is one */
	size_t n, holes;
	char *text; /* of `v` */
	char *told;
	char id[33];
	bool stale; /* `told` and `id` are */
};

#endif
