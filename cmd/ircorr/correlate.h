/*
 * correlate - which incident a sighting belongs to.
 *
 * Links are typed and weighed.  An attacker's address and an account that was
 * got into lead straight to their incident; a host does only after a success
 * on it, and only for what happens on the host itself; addresses that many
 * share lead nowhere.
 */
#ifndef CORRELATE_H
#define CORRELATE_H

#include "attack.h"
#include "links.h"
#include "logons.h"

struct correlate {
	const struct site *site;
	const struct attack *attack;
	struct links *links;
	struct logons *logons;
	struct lru *seen;    /* occurrences, to know one reported twice */
	int64_t window;      /* ns */
	enum severity opens; /* the least that opens an incident */
};

struct verdict {
	struct incident *in;     /* NULL: it belongs to none */
	struct incident *merged; /* one that became part of `in` */
	const char *why;         /* what linked it */
	struct str field, value;
	bool opened;
};

/* Take a sighting in; logons that are plain events only give evidence. */
struct verdict correlate_take(
    struct correlate *, const struct sighting *, struct arena *);

#endif
