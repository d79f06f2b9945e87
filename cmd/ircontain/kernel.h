/*
 * kernel - the sets of our table, asked and changed over netlink.
 *
 * nft(8) lists every set at each call, so that one block takes a second when a
 * hundred thousand are in force.  Here one element is asked for by its key, and
 * any number of them are changed in one transaction.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "nft.h"

struct kernel;

/* NULL (ERR_SYS): there is no such socket. */
struct kernel *kernel_open(struct err *);
void kernel_close(struct kernel *);

/*
 * Fill in readable, present and whole, and the networks but no single addresses.
 * False (ERR_SYS): the kernel did not answer as it should.
 */
bool kernel_look(struct kernel *, struct nft *, struct err *);

/* Add the single addresses, too. */
bool kernel_look_all(struct kernel *, struct nft *, struct err *);

/* Is a single address in its set?  1 yes, 0 no, -1 the kernel did not tell. */
int kernel_has(struct kernel *, const struct net *);

/* One transaction: all or none.  False (ERR_SYS): why. */
bool kernel_change(struct kernel *, const struct nft_elem *add, size_t adds,
    const struct net *del, size_t dels, struct err *);

/* The networks of a set of another table of ours; not `present` where it is not there. */
bool kernel_list(
    struct kernel *, const char *table, const char *set, struct nft *, struct err *);

/* How many elements a set has, 0 where it is not there; -1: the kernel did not tell. */
int kernel_count(struct kernel *, const char *table, const char *set);

/* Remove a whole table of ours. */
bool kernel_drop(struct kernel *, const char *table, struct err *);

#endif
