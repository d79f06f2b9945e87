/*
 * observe - STIX patterns of more than one observation, over a stream.
 *
 * Records that look like a leaf of a pattern are kept, as many as its window and
 * a limit allow.  When a new one completes a match, the pattern fires with its
 * members, which then count no more: each observation is in one alert at most.
 */
#ifndef OBSERVE_H
#define OBSERVE_H

#include "correlate.h"

struct observe;

struct observe *observe_new(const struct ruleset *);
void observe_free(struct observe *);

/* Record `id` of time `t` looks like the leaf that rule `rule` stands for. */
void observe_match(struct observe *, size_t rule, int64_t t, struct str id,
    void (*fire)(void *ctx, const struct fired *), void *ctx);

/* Observations forgotten to make room; searches given up. */
uint64_t observe_evicted(const struct observe *);
uint64_t observe_given_up(const struct observe *);

/* What is kept, as bytes, and back; of patterns that have changed it is left out. */
void observe_save(const struct observe *, struct buf *);
bool observe_load(struct observe *, struct str, struct err *);

#endif
