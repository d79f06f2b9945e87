/*
 * hours - a span that comes again: days, hours and the zone they are meant in.
 *
 * Hours that end before they begin run into the next day; the day is that of their
 * beginning.
 */
#ifndef HOURS_H
#define HOURS_H

#include "matcher.h"

struct hours;

/* From the keys `days`, `hours` and `zone` of a rule, in the arena.  NULL: `e`. */
struct hours *hours_read(const struct source_file *, const struct node *rule);
void hours_free(struct hours *); /* the zone */

bool hours_now(const struct hours *, int64_t ns);

#endif
