/*
 * need - the tests of which one at least must hold for a rule to match.
 *
 * Of each AND the cheapest branch is enough, of each OR all branches are needed.
 */
#ifndef NEED_H
#define NEED_H

#include "atom.h"

/*
 * Call `each(ctx, atom)` for every such test.  False: there are none, so that the
 * rule has to be worked out for every record.
 */
bool need_atoms(struct atoms *, const struct expr *,
    void (*each)(void *ctx, uint32_t atom), void *ctx);

#endif
