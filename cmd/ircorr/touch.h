/*
 * touch - what the alerts of incidents say about who met what.
 *
 * Read from alerts that carry ir.incident.id; bounded, what came last finds no room.
 */
#ifndef TOUCH_H
#define TOUCH_H

#include "attack.h"
#include "filter.h"
#include "site.h"

#define TOUCH_MAX ((size_t)50000)
#define TOUCH_OF  400 /* of one incident */

struct touch {
	struct str rule, src, dst, host, user, process, parent, session, exe, file, url;
	struct touch *next; /* of the same incident */
};

struct touches;

/* Adds the fields that it reads. */
struct touches *touches_new(struct filter_run *);
void touches_free(struct touches *);

/* The record's ir.incident.id; absent: it is not a member of one. */
struct str touches_incident(const struct touches *, struct rec *);

/* Note an alert; copied. */
void touches_add(struct touches *, struct rec *);

/* What was merged is the other's. */
void touches_join(struct touches *, struct str from, struct str to);

/* Those of an incident, in order, or NULL. */
const struct touch *touches_of(const struct touches *, struct str incident);

#endif
