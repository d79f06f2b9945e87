/*
 * jqcan - what of jq needs no libjq.
 *
 * Takes only what it is sure of: what jqe would do in another way than libjq 1.6
 * stays with libjq.
 */
#ifndef JQCAN_H
#define JQCAN_H

#include "jqval.h"

/*
 * Can jqe evaluate the whole tree?  Notes in its nodes what jqe needs to know;
 * constants that are made for it lie in the arena.
 */
bool jqcan_tree(struct arena *, struct jqtree *);

#endif
