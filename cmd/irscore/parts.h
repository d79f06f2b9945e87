/*
 * parts - a score from 0 to 100 as the sum of named points.
 *
 * Points are whole numbers and stand in the record, so anybody can add them up
 * again.  What a part takes is said in `from`: the fields, and their values.
 */
#ifndef PARTS_H
#define PARTS_H

#include "attack.h"
#include "filter.h"
#include "moment.h"

#define PARTS_MAX 24

struct part {
	const char *name;
	int points;
	struct str from;
};

struct parts {
	struct part v[PARTS_MAX];
	size_t n;
	int sum; /* of the points; what is left of 0 and right of 100 is a part, too */
};

struct part_slots {
	int severity, outcome, status, technique, subtechnique, asset, user, intel, kev,
	    epss, ssvc, benign, incident_success;
};

void part_slots(struct part_slots *, struct filter_run *);

/* `p` < 0: no model. */
void parts_of(const struct part_slots *, struct rec *, const struct attack *,
    const struct moment *, double p, struct parts *);

#endif
