/*
 * flow - an incident as a graph: who, what was done in order of time, and why one
 * thing led to the other.
 *
 * Bounded: so many things, steps and edges; what finds no room is counted.  Texts are
 * foreign and raw: whoever writes them escapes them.
 */
#ifndef FLOW_H
#define FLOW_H

#include "dossier.h"
#include "touch.h"

#define FLOW_THINGS 30
#define FLOW_STEPS  40
#define FLOW_NODES  (FLOW_THINGS + FLOW_STEPS + 1)
#define FLOW_EDGES  240
#define FLOW_LINES  4
#define FLOW_TELLS  2 /* techniques on a step */

enum flow_kind { FLOW_CAUSE, FLOW_THING, FLOW_STEP };

enum flow_why {
	WHY_THEN,    /* next in time */
	WHY_BY,      /* from the address */
	WHY_ON,      /* on the host */
	WHY_AS,      /* by or on the account */
	WHY_TO,      /* to the address */
	WHY_WITH,    /* by the path or file */
	WHY_PROCESS, /* a process of the one started that of the other, or is it */
	WHY_SESSION, /* in the same logon session */
	WHY_FILE,    /* the one wrote the file that the other ran */
	WHY_LOGON,   /* from host to host */
	WHY_CAUSE,   /* the root cause made it possible */
};

/* "then", "from", ... for a reader. */
const char *flow_why_name(enum flow_why);

struct flow_node {
	enum flow_kind kind;
	struct str lines[FLOW_LINES]; /* of its label; absent ones are not there */
	struct str type, value, role; /* of a thing */
	bool held, root;              /* held: by the attacker; root: here it began */
	int64_t first, last;
	const struct node *events; /* of a step's first member */
	struct str rule;
};

struct flow_edge {
	uint8_t from, to;
	enum flow_why why;
};

struct flow {
	struct arena *a;
	const struct incident *in;
	struct flow_node v[FLOW_NODES];
	size_t n;
	struct flow_edge e[FLOW_EDGES];
	size_t edges;
	size_t things_left, steps_left, edges_left;
};

/* The graph; borrows from the incident and the touches, makes texts in the arena. */
struct flow *flow_of(struct arena *, const struct incident *, const struct touches *,
    const struct attack *, const struct site *);

/* A member of the incident's record as text; absent if it is not there. */
struct str flow_text(const struct flow *, const char *path);

/* Does a list of texts hold that one? */
bool flow_holds(const struct node *list, struct str text);

#endif
