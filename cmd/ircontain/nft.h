/*
 * nft - our own table in the kernel's packet filter, and nothing else of it.
 *
 * `table inet ir` has a set of blocked addresses and one of blocked networks for
 * IPv4 and for IPv6, whose elements end by themselves, and two chains that drop
 * what comes from them.  /usr/sbin/nft makes and lists the table; what is in the
 * sets is asked and changed over netlink, because nft reads all sets at each call.
 */
#ifndef NFT_H
#define NFT_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "ip.h"

struct nft_elem {
	struct net net;
	int64_t timeout_s; /* as given */
	int64_t expires_s; /* left */
};

/* What the kernel holds, or would hold. */
struct nft {
	bool readable;      /* else the rest means nothing: no privilege to look */
	bool present;       /* there is a table */
	bool whole;         /* ... with all that we made in it */
	struct nft_elem *v; /* in order: by set, address and width */
	size_t n, cap;
};

void nft_free(struct nft *);

/* As if there were no table. */
void nft_clear(struct nft *);

/* The set that a network belongs into. */
const char *nft_set(const struct net *);

/* The element of exactly this network; NULL: there is none. */
const struct nft_elem *nft_find(const struct nft *, const struct net *);

/* It itself, or a network that shares an address with it; NULL: there is none. */
const struct nft_elem *nft_overlap(const struct nft *, const struct net *);

/* Fill it: append in any order, then sort once; what comes twice is kept once. */
void nft_append(struct nft *, const struct nft_elem *);
void nft_sort(struct nft *);

/* Change the picture (not the kernel): returns where the element stands, or stood. */
size_t nft_put(struct nft *, const struct net *, int64_t timeout_s);
size_t nft_drop(struct nft *, const struct net *);

/*
 * The input for `nft -f -` that adds and removes elements; makes the table first
 * if there is none.  `fresh` removes and makes it anew.
 */
void nft_change(struct buf *, const struct nft *, const struct nft_elem *add, size_t adds,
    const struct net *del, size_t dels, bool fresh);

/* Give it to the kernel: all of it or none.  False (ERR_SYS): why. */
bool nft_apply(struct str change, struct err *);

/* Lines of our text of the table, from 0; the table's text is nft_lines() of them. */
size_t nft_lines(const struct nft *);
struct str nft_line(struct arena *, const struct nft *, size_t i);

/* The line on which element `i` stands. */
size_t nft_line_of(const struct nft *, size_t i);

#endif
