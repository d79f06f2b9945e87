/*
 * jqkeys - dotted keys in a jq expression.
 *
 * Records are nested for jq, so ."a.b", .["a.b"], {"a.b"} and has("a.b") are
 * opened up to mean the nested field.
 */
#ifndef JQKEYS_H
#define JQKEYS_H

#include "jqlex.h"

/*
 * The expression with dotted keys opened up; the same text if there are none.
 * `words` are those of the expression; the result lies in the arena.
 */
struct str jqkeys_opened(struct arena *, struct str expr, const struct jqlex *words);

#endif
