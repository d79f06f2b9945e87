/*
 * feed - indicators of STIX as rules of a set.
 */
#ifndef FEED_H
#define FEED_H

#include "indicator.h"
#include "sigma.h"
#include "stixmap.h"

struct feed;

/* NULL: the table of objects cannot be read. */
struct feed *feed_new(struct err *);
void feed_free(struct feed *); /* patterns and all */

const struct stixmap *feed_map(const struct feed *);

/*
 * Make a rule of an indicator; `r` has its file, line, doc and id.  A pattern of
 * several observations has a rule for each of them in `leaves`, too.
 */
bool feed_rule(struct feed *, const struct sigma_ctx *, const struct indicator *,
    struct rule *r, struct rule *leaves[STIX_LEAVES], size_t *n, struct err *);

#endif
