/*
 * jqparse - a jq expression becomes a tree, by the grammar of jq 1.6.
 *
 * What this parser does not take, libjq may still take: the tree is there to
 * find out what can be done without libjq, not to judge programs.
 */
#ifndef JQPARSE_H
#define JQPARSE_H

#include "jqtree.h"

/*
 * The tree of words that end in JQLEX_END; it lies in the arena and refers to them.
 * NULL: `*why` is the word that was not expected.
 */
struct jqtree *jqparse(
    struct arena *, const struct jqlex *words, const struct jqlex **why);

#endif
