/*
 * guard - the addresses and names that nothing may be done to.
 *
 * Asked by the program that acts, last of all and for every order, by hand or
 * not.  It tests overlap, in both directions and through the IPv6 forms that
 * carry an IPv4 address (mapped, compatible, 6to4, NAT64, Teredo).
 */
#ifndef GUARD_H
#define GUARD_H

#include "err.h"
#include "ip.h"
#include "site.h"
#include "str.h"
#include "target_type.h"

/* Where an entry comes from.  The first two hold whatever anybody says. */
enum guard_from {
	GUARD_ALWAYS,  /* loopback, link-local, multicast ... */
	GUARD_MACHINE, /* found on the machine: own addresses, gateways, sessions ... */
	GUARD_SITE,    /* the site file */
	GUARD_LIST,    /* a list of protected addresses */
};

struct guard_entry {
	struct net net;
	enum guard_from from;
	const char *why; /* "gateway of eth0"; the guard's */
};

struct guard;

/* A guard that holds what is never right to block, on any machine. */
struct guard *guard_new(void);
void guard_free(struct guard *);

/* Protect a network; `why` is copied. */
void guard_add(struct guard *, const struct net *, enum guard_from, const char *why);

/* All networks of a site file that a block would hurt (SITE_KEEP). */
void guard_site(struct guard *, const struct site *);

/*
 * Protect something else: a user, host, domain, path or unit.  `name` is canonical, as
 * target_member() makes it; name and `why` are copied.
 */
void guard_name(struct guard *, enum target_member, struct str name, const char *why);

/*
 * Why it may not be touched; NULL: it may.  A domain is protected with all below and
 * above it, a path with what lies in it and around it.
 */
const char *guard_named(const struct guard *, enum target_member, struct str name);

/*
 * The lines of a file: an address or network each, or user:NAME, host:NAME, domain:NAME,
 * path:NAME, unit:NAME; a comment after '#'.  False
 * (ERR_CONFIG): it cannot be read, others may write it, or a line is neither.
 */
bool guard_list(struct guard *, const char *path, struct err *);

/* The entry that forbids acting on `net`, the firmest one; NULL: none does. */
const struct guard_entry *guard_check(const struct guard *, const struct net *);

/* May a person override it, with a reason? */
bool guard_yields(const struct guard_entry *);

/* "always", "machine", "site", "list". */
const char *guard_from_name(enum guard_from);

/* Walk all entries; start with at = 0. */
const struct guard_entry *guard_next(const struct guard *, size_t *at);

/* Do two networks share an address in any of its forms? */
bool guard_overlap(const struct net *, const struct net *);

#endif
