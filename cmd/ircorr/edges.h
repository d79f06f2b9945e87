/*
 * edges - what ties a sighting to open incidents, and how strongly.
 *
 * An edge is a thing that the sighting shares with an incident.  A kind of thing has
 * a strength; where many share the thing it falls with the logarithm of how many.
 * Causal edges count fully: a process and its children, a session, a file.  The
 * strengths of the edges to one incident add up.
 */
#ifndef EDGES_H
#define EDGES_H

#include "attack.h"
#include "crowd.h"
#include "links.h"
#include "logons.h"
#include "seats.h"

#define EDGES_MAX   16
#define EDGES_LEAST 0.2 /* a sum below this links nothing */

struct correlate {
	const struct site *site;
	const struct attack *attack;
	struct links *links;
	struct logons *logons;
	struct seats *seats;
	struct crowd *crowd;
	struct lru *seen;    /* occurrences, to know one reported twice */
	int64_t window;      /* ns */
	enum severity opens; /* the least that opens an incident */
	double gate;         /* the least ir.score.p that opens one; 0: no gate */
	bool flat;           /* sharing is not discounted */
};

struct edge {
	struct incident *in;
	const char *why;
	struct str field, value;
	double weight;
	unsigned shared; /* by how many */
	bool joins;      /* causal: strong enough to make two incidents one */
};

struct edges {
	struct edge v[EDGES_MAX];
	size_t n;
};

/* All edges of a sighting to incidents within the window. */
void edges_find(
    const struct correlate *, const struct sighting *, struct arena *, struct edges *);

/* The incident to which it is tied most strongly, or NULL; `sum`: how strongly. */
struct incident *edges_best(const struct edges *, double *sum);

/* Let what the sighting deals with lead to the incident from now on. */
void edges_set(
    const struct correlate *, const struct sighting *, struct incident *, struct arena *);

/* Note who shares what, of any record. */
void edges_note(const struct correlate *, const struct sighting *);

/* Is it an alert that triage let through, or was there none? */
bool edges_passed(const struct correlate *, const struct sighting *);

#endif
