/*
 * matcher - which records a rule of the mute file speaks of.
 *
 * A map of fields to a value or a list of values: every field must have one of its
 * values.  A value is a shell pattern of `*` and `?`, whatever the case of its letters,
 * or a network that holds the field's address.  A record without the field matches none.
 */
#ifndef MATCHER_H
#define MATCHER_H

#include "filter.h"
#include "node.h"

/* Where a rule of the file is read: who owns what is made, and how faults are named. */
struct source_file {
	struct arena *a;
	struct filter_run *run;
	const char *name;
	struct err *e;
};

/* Fill in `e` with the place of `at`; returns false. */
bool source_bad(
    const struct source_file *, const struct node *at, const char *what, struct str word);

/* Are all keys of the map among `names`?  False: `e`, with a suggestion. */
bool source_known(const struct source_file *, const struct node *map,
    const char *const *names, size_t n);

struct matcher;

/* From the keys `name` and (`but`, may be NULL: none) of a rule.  NULL: `e`; an empty one is refused. */
struct matcher *matcher_read(const struct source_file *, const struct node *rule,
    const char *name, const char *but);

bool matcher_yes(const struct matcher *, struct rec *);

#endif
