/*
 * said - what a rule says of itself in each of its alerts, as JSON.
 */
#ifndef SAID_H
#define SAID_H

#include "sigma.h"
#include "tactic.h"

/* In the order in which they are written. */
enum said_slot {
	SAID_KIND,
	SAID_EVENT_KIND,
	SAID_BY,
	SAID_SEVERITY,
	SAID_ID,
	SAID_NAME,
	SAID_DESCRIPTION,
	SAID_AUTHOR,
	SAID_LICENSE,
	SAID_REFERENCE,
	SAID_VERSION,
	SAID_FALSE,
	SAID_CATEGORY,
	SAID_CONFIDENCE,
	SAID_SOFTWARE,
	SAID_GROUP,
	SAID_TACTIC_ID,
	SAID_TACTIC_NAME,
	SAID_TECHNIQUE_ID,
	SAID_TECHNIQUE_NAME,
	SAID_SUB_ID,
	SAID_SUB_NAME,
	SAIDS
};

struct said {
	struct str v[SAIDS]; /* values; absent where the rule says nothing */
	struct str all;      /* ',"name":value' of each */
};

/* The field's name in a record. */
const char *said_name(enum said_slot);

/* Fill it in, into the first arena; what is needed on the way goes into the second. */
void said_render(struct said *, struct arena *, struct arena *scratch,
    const struct tactics *, const struct rule *);

#endif
