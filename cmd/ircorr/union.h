/*
 * union - two incidents become one, and two again.
 *
 * The one that goes keeps what it had and what the other was before, so that undoing it
 * gives both back; what came after stays with the older one.
 */
#ifndef UNION_H
#define UNION_H

#include "links.h"

/* `other` becomes part of `older`. */
void union_make(struct incident *older, struct incident *other);

/*
 * Undo it: what was `into` is as before with what came since, `other` is open again and
 * leads its own way, and the two stay apart.  NULL: it is merged into nothing that is
 * known here, or that itself is part of another by now; else the former.
 */
struct incident *union_undo(struct links *, struct incident *other);

#endif
