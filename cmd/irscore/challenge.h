/*
 * challenge - would boosted trees do better than the linear model?
 *
 * Both are made of the older rows and tried on the newer ones.  Trees only say what
 * might be gained, and by which tokens: a score that explains itself needs sums.
 */
#ifndef CHALLENGE_H
#define CHALLENGE_H

#include "fit.h"

/* One record to `out`: rows up to `cut` to learn from, those behind to try it on. */
bool challenge(
    const struct rows *, size_t cut, const struct fit *, struct buf *out, struct err *);

#endif
