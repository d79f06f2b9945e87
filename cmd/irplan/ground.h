/*
 * ground - what irplan knows of the network before it aims at anything.
 */
#ifndef GROUND_H
#define GROUND_H

#include "facts.h"
#include "guard.h"
#include "site.h"

struct ground {
	struct guard *guard;
	struct site *site;
	struct net inside[64]; /* nets in which machines of the owner's stand */
	size_t inside_n;
	size_t hosts; /* in the site's inventory; 0: there is none */
};

/* `protect`: files of addresses and names that nothing is planned for. */
bool ground_load(struct ground *, const char *site, const char *const *protect, size_t n,
    struct err *);
void ground_free(struct ground *);

/* Is it a neighbour of the owner's own machines? */
bool ground_inside(const struct ground *, const struct ip *);

/* How many addresses the inventory knows of a host. */
size_t ground_addresses(const struct ground *, struct str host);

/*
 * What the owner's map adds to an incident: hosts behind its addresses, whether an
 * attacker stands outside, and which sources the owner knows.
 */
void ground_place(const struct ground *, struct facts *);

#endif
