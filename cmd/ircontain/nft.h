/*
 * nft - our own table in the kernel's packet filter, and nothing else of it.
 *
 * `table inet ir` has a set of blocked networks for IPv4 and one for IPv6,
 * whose elements end by themselves, and two chains that drop what comes from
 * them.  Read and changed by /usr/sbin/nft, one transaction a change.
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
	struct nft_elem *v; /* in order: IPv4 before IPv6, then by address and width */
	size_t n, cap;
};

/* Read it.  False (ERR_SYS): nft is missing or failed in an unknown way. */
bool nft_read(struct nft *, struct err *);
void nft_free(struct nft *);

/* As if there were no table. */
void nft_clear(struct nft *);

/* The element of exactly this network; NULL: there is none. */
const struct nft_elem *nft_find(const struct nft *, const struct net *);

/* The first element that shares an address with it; NULL: none does. */
const struct nft_elem *nft_overlap(const struct nft *, const struct net *);

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
