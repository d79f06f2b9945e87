/*
 * alarm - the alert of an event that surprised, and what other alerts say of events.
 */
#ifndef ALARM_H
#define ALARM_H

#include "pending.h"

struct alarm {
	struct rec *out;
	int kind, ecs_kind, by, id, events, alerts, event_id, severity, rule_id,
	    rule_name, description, p, score, lens, counts, all, benign;
};

void alarm_start(struct alarm *, struct filter_run *);
void alarm_end(struct alarm *);

bool alarm_is_event(const struct alarm *, struct rec *);

/* Events that an alert of at least medium severity or an incident names are not learned. */
void alarm_quarantine(const struct alarm *, struct rec *, struct pending *);

/* Write the alert, behind the event. */
void alarm_raise(const struct alarm *, struct filter_run *, struct rec *, struct str line,
    const struct lenses *, const struct judgement *, double alpha);

#endif
