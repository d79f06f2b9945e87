/*
 * dossier - what a stream of records says about its incidents.
 *
 * Keeps the last version of every incident, its plans and actions, the alerts
 * that belong to no incident (counted by rule), and the lines of the events and
 * alerts that went by, so that what an incident cites can be shown.  Bounded:
 * at most DOSSIER_EVENTS lines of DOSSIER_LINE bytes are kept, and incidents,
 * plans and actions of DOSSIER_MAX bytes in all.
 */
#ifndef DOSSIER_H
#define DOSSIER_H

#include "node.h"
#include "rec.h"

#define DOSSIER_EVENTS ((size_t)200000)
#define DOSSIER_LINE   ((size_t)1000)
#define DOSSIER_MAX    ((size_t)256 << 20)

/* One line of evidence. */
struct evidence {
	struct str id, time, dataset, host, line;
	bool cut; /* `line` is its beginning only */
};

struct incident {
	struct str id;
	const struct node *rec; /* its last version */
	const struct node **plans;
	const struct node **actions; /* the last one of each step */
	size_t nplans, nactions;
};

/* Alerts of one rule that belong to no incident. */
struct loose {
	struct str rule, name, severity, first, last;
	int64_t n;
};

/* What events say that an address did: of its most frequent kind of logon, and on the web. */
struct tries {
	int64_t failed, succeeded, requests;
};

struct dossier;

/* Adds the fields it looks at to `paths`; `events`: keep lines for evidence. */
struct dossier *dossier_new(struct paths *, bool events);
void dossier_free(struct dossier *);

/* Take up a record; copied. */
void dossier_add(struct dossier *, struct rec *);

/* After the last record, before the calls below: worst incidents first, then the earliest. */
void dossier_sort(struct dossier *);

size_t dossier_count(const struct dossier *);
const struct incident *dossier_incident(const struct dossier *, size_t i);

/* Where an incident went: its own id, or that of the one it was merged into. */
struct str dossier_home(const struct dossier *, struct str incident_id);

size_t dossier_loose_count(const struct dossier *);
const struct loose *dossier_loose(const struct dossier *, size_t i);

/* The line with this event id, or NULL. */
const struct evidence *dossier_event(const struct dossier *, struct str id);

/* Counted over all events that went by. */
struct tries dossier_tries(const struct dossier *, struct str address);

/* Were lines or records dropped because of the limits? */
bool dossier_full(const struct dossier *);

/* Call `each` for every event id that the incident's record cites, in order, as often as cited. */
void dossier_cites(
    const struct incident *, void (*each)(void *ctx, struct str id), void *ctx);

#endif
