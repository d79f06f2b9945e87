/*
 * ruleset - all rules of a run: read, linked to one another, those that cannot
 * be done named and left out.
 */
#ifndef RULESET_H
#define RULESET_H

#include "cache.h"
#include "sigma.h"

struct ruleset;

/* All are borrowed; the cache may be NULL, and is used by ruleset_load(). */
struct ruleset *ruleset_new(struct atoms *, struct sources *, struct cache *);
void ruleset_free(struct ruleset *);

/* Values of placeholders, from a YAML file of lists. */
bool ruleset_lists(struct ruleset *, const char *path, struct err *);

/*
 * A file, or all *.yml, *.yaml, *.json (of STIX) and *.stix under a directory.  What is wrong with single
 * rules is printed and counted; false: the path cannot be read at all.
 */
bool ruleset_load(struct ruleset *, const char *path, struct err *);

/* Resolve what rules say of one another; apply filters.  After the last load. */
void ruleset_link(struct ruleset *);

size_t ruleset_count(const struct ruleset *);
struct rule *ruleset_at(const struct ruleset *, size_t);
size_t ruleset_rejected(const struct ruleset *);
size_t ruleset_loaded(const struct ruleset *); /* usable ones, filters not counted */

/* Correlations, each after those that it refers to. */
size_t ruleset_order(const struct ruleset *, const uint32_t **);

#endif
