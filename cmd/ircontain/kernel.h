/*
 * kernel - the sets of our table, asked and changed over netlink.
 *
 * nft(8) lists every set at each call, so that one block takes a second when a
 * hundred thousand are in force.  Here one element is asked for by its key, and
 * any number of them are changed in one transaction.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "netlink.h"
#include "nft.h"

/*
 * Fill in readable, present and whole, and the networks but no single addresses.
 * False (ERR_SYS): the kernel did not answer as it should.
 */
bool kernel_look(struct netlink *, struct nft *, struct err *);

/* Add the single addresses, too. */
bool kernel_look_all(struct netlink *, struct nft *, struct err *);

/* Is a single address in its set?  1 yes, 0 no, -1 the kernel did not tell. */
int kernel_has(struct netlink *, const struct net *);

/* One transaction: all or none.  False (ERR_SYS): why. */
bool kernel_change(struct netlink *, const struct nft_elem *add, size_t adds,
    const struct net *del, size_t dels, struct err *);

/* The networks of a set of another table of ours; not `present` where it is not there. */
bool kernel_list(
    struct netlink *, const char *table, const char *set, struct nft *, struct err *);

/* How many elements a set has, 0 where it is not there; -1: the kernel did not tell. */
int kernel_count(struct netlink *, const char *table, const char *set);

/* Is there a table of ours of that name?  1 yes, 0 no, -1 the kernel did not tell. */
int kernel_there(struct netlink *, const char *table);

/* Remove a whole table of ours. */
bool kernel_drop(struct netlink *, const char *table, struct err *);

#endif
