/*
 * finding - the alert that a match becomes (ir-record(5), "alert").
 */
#ifndef FINDING_H
#define FINDING_H

#include "correlate.h"
#include "filter.h"
#include "ruleset.h"
#include "site.h"
#include "tactic.h"

struct findings;

/* All are borrowed.  What a rule says of itself is rendered when it first fires. */
struct findings *findings_new(struct filter_run *, const struct ruleset *, struct views *,
    struct atoms *, const struct tactics *, const struct site *);
void findings_free(struct findings *);

/* Give alerts to `sink` instead of writing them. */
void findings_redirect(
    struct findings *, void (*sink)(void *ctx, struct str alert), void *ctx);

/* Another record is in hand. */
void findings_start(struct findings *);

/*
 * Write the alert of rule `rule` for the record in hand; `fired` for a correlation,
 * else NULL.  What was set on the record before stays, nothing is left on it.
 */
void findings_emit(
    struct findings *, struct rec *, size_t rule, const struct fired *fired, bool after);

#endif
