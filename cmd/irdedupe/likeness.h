/*
 * likeness - what makes two records the same.
 *
 * Without keys only alerts are alike, by rule, source, user and host.
 */
#ifndef LIKENESS_H
#define LIKENESS_H

#include "filter.h"
#include "folds.h"

struct likeness;

/* `keys` and the name of the field `time` are borrowed. */
struct likeness *likeness_new(
    struct filter_run *, const struct opt_list *keys, const char *time);
void likeness_free(struct likeness *);

/* Is the record of a kind that is folded at all? */
bool likeness_applies(const struct likeness *, struct rec *);

/* Is it an alert?  Nothing else is ever muted. */
bool likeness_alert(const struct likeness *, struct rec *);

/* What to offer for the record, all but `line`; `clock` is its time for the loop. */
struct offer likeness_offer(
    const struct likeness *, struct filter_run *, struct rec *, int64_t clock);

#endif
