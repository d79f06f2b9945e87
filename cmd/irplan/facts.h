/*
 * facts - what an incident says, as the variables of playbooks.
 *
 * A variable is a set of the incident's entities ("attacker_ip"), or one value
 * ("class").  What an attacker can write stays what it is: text in a node, with
 * where it comes from beside it.
 */
#ifndef FACTS_H
#define FACTS_H

#include "node.h"
#include "stix.h"

struct finds;

struct facts {
	struct arena *a;
	const struct node *rec; /* the incident */
	struct str id, class, severity, state, title, success;
	const struct node **entity; /* of the record, and those of `finds` */
	size_t n, room;
	size_t places; /* of them paths of ours that were misused */
	bool shell;    /* the attacker logged on to a shell */
	bool outside;  /* an attacker is not of the owner's network */
	bool benign;   /* nobody but sources that the owner knows */
	const struct node *attack, *alerts, *playbook; /* `playbook`: its variables */
};

/* From a record's tree; `finds` may be NULL.  False: it is no incident. */
bool facts_read(
    struct arena *, const struct node *rec, const struct finds *, struct facts *);

/* Next entity of a set; start with *at = 0; NULL at the end, or if there is no such set. */
const struct node *facts_each(const struct facts *, struct str set, size_t *at);
bool facts_is_set(struct str name);

/* A variable of one value, in the arena; absent if not known. */
struct str facts_value(const struct facts *, struct str name);

/* What a variable holds, in words; NULL: irplan does not fill it in. */
const char *facts_about(struct str name);

/* For conditions. */
struct stix_source facts_source(struct facts *);

/* Something that the incident does not say itself.  Absent texts are left out. */
struct facts_more {
	const char *type, *role, *prov;
	struct str value, host, more;
	bool held;
};
void facts_add(struct facts *, const struct facts_more *);

/* What the incident says of an address: its role, or absent. */
struct str facts_role(const struct facts *, struct str address);

/* Has its attack a technique of one of these tactics (a blank between)? */
bool facts_tactic(const struct facts *, const char *tactics);

#endif
