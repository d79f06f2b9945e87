/*
 * write - what irplan reads of records, and the plan record it makes.
 */
#ifndef WRITE_H
#define WRITE_H

#include "choose.h"
#include "filter.h"

/* Slots of the fields that are read. */
struct slots {
	int kind, id, version, class, title, success, state, severity, entities, alerts,
	    time;
	int event, action, outcome, category, user, host, technique, subtechnique;
};

struct slots slots_of(struct filter_run *);

/* False: the record is no incident. */
bool incident_read(const struct slots *, struct rec *, struct incident *);

/* Is no plan wanted, whatever the incident holds?  Says why. */
bool incident_passed_over(const struct slots *, struct rec *, struct str min_severity,
    void (*no)(void *ctx, struct str what, struct str why), void *ctx);

/* Remember the account that an alert shows as taken over or created. */
void alert_note(const struct slots *, struct rec *, struct victims *);

/* The plan record, in the record's arena; its steps are noted in `past`. */
struct str plan_write(const struct slots *, struct rec *, const struct incident *,
    const struct steps *, struct past *, struct str by, int64_t expires_ns);

#endif
