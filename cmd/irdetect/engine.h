/*
 * engine - which rules match a record, without looking at each rule.
 *
 * Every rule names a small set of tests of which one at least must hold if it is
 * to match.  Their literals are looked for in one pass over each field; only
 * rules that one of them calls up are worked out whole.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "ruleset.h"

struct engine;

/* All are borrowed; the rules are linked. */
struct engine *engine_new(
    struct views *, struct atoms *, struct sources *, const struct ruleset *);
void engine_free(struct engine *);

/* Numbers of the rules (not correlations) that match, in order of loading. */
size_t engine_run(struct engine *, struct rec *, const uint32_t **rules);

/* What a rule has cost so far. */
struct engine_cost {
	uint64_t tried, matched, ns;
};

/* From now on take the time of each rule. */
void engine_profile(struct engine *);
struct engine_cost engine_cost(const struct engine *, size_t rule);

/* Did any record belong to the logsource of this rule? */
bool engine_seen(const struct engine *, size_t rule);

/* Rules worked out so far, to see how well the rest was skipped. */
uint64_t engine_tried(const struct engine *);

#endif
