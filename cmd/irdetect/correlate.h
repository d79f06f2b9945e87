/*
 * correlate - counts and sequences of matches over time, by group.
 */
#ifndef CORRELATE_H
#define CORRELATE_H

#include "ruleset.h"
#include "slide.h"

#define CORRELATE_IDS 64 /* members that an alert names: the first and the last ones */

/* What fired; borrowed until the next match. */
struct fired {
	size_t rule;
	const struct slide *window;
	uint64_t n;              /* members, or values */
	const struct str *group; /* one for each of its group-by fields */
};

struct correlate;

struct correlate *correlate_new(struct views *, const struct ruleset *, size_t max_keys);
void correlate_free(struct correlate *);

/* Does any correlation wait for this rule? */
bool correlate_wants(const struct correlate *, size_t rule);

/*
 * Rule `rule` matched the record in the views' hands, at time `t`.  `fire` is called
 * for each correlation that is to report; one that others refer to is handed on to
 * them whenever its condition holds.
 */
void correlate_match(struct correlate *, size_t rule, int64_t t, struct str event_id,
    void (*fire)(void *ctx, const struct fired *), void *ctx);

uint64_t correlate_evicted(const struct correlate *);

/* All windows as bytes, and back; windows of rules that have changed are left out. */
void correlate_save(const struct correlate *, struct buf *);
bool correlate_load(struct correlate *, struct str, struct err *);

#endif
