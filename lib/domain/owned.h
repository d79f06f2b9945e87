/*
 * owned - whose an address is: networks with a role and a name each.
 *
 * IPv4 inside IPv6 (mapped, 6to4, NAT64) counts as the IPv4 address, too.
 * Any number of networks may hold an address; a question adds up their roles.
 */
#ifndef OWNED_H
#define OWNED_H

#include "ip.h"

struct owned;

struct owned *owned_new(void);
void owned_free(struct owned *);

size_t owned_count(const struct owned *);

/* `role` is one bit; `name` is borrowed for as long as the table lives. */
void owned_add(struct owned *, const struct net *, unsigned role, struct str name);

/* Give the networks that have `role` and `name` another role, too; false: there are none. */
bool owned_also(struct owned *, unsigned role, struct str name, unsigned other);

/* All roles of an address. */
unsigned owned_roles(const struct owned *, const struct ip *);

/* The name of the first network that has one of `roles` and the address; or absent. */
struct str owned_name(const struct owned *, unsigned roles, const struct ip *);

/* Has a network of that role and name the address? */
bool owned_has(const struct owned *, unsigned role, struct str name, const struct ip *);

/* Walk the networks that have one of `roles`, in the order of owned_add(): start with at = 0. */
bool owned_next(
    const struct owned *, unsigned roles, size_t *at, struct net *, unsigned *role);

#endif
