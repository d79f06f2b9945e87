/*
 * correlate - which incident a sighting belongs to.
 *
 * Links are typed and weighed (edges.h).  An attacker's address and an account that
 * was got into lead to their incident; a host does only after a success on it, and
 * only for what happens on the host itself; what many share leads nowhere.
 */
#ifndef CORRELATE_H
#define CORRELATE_H

#include "edges.h"

struct verdict {
	struct incident *in;     /* NULL: it belongs to none */
	struct incident *merged; /* one that became part of `in` */
	struct edges edges;      /* what tied it, to this and to others */
	const char *why;         /* where no edge did */
	struct str field, value;
	bool opened;
};

/* Take a sighting in; logons that are plain events only give evidence. */
struct verdict correlate_take(
    struct correlate *, const struct sighting *, struct arena *);

#endif
