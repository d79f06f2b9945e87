/*
 * ip - addresses and networks, strictly read.
 *
 * Octal, hexadecimal, shortened ("127.1") and zero-padded spellings are
 * refused: two programs that read them differently block different hosts.
 */
#ifndef IP_H
#define IP_H

#include "str.h"

struct ip {
	uint8_t v; /* 4 or 6 */
	uint8_t b[16];
};

struct net {
	struct ip ip; /* host bits are zero */
	uint8_t bits;
};

/* Where an address lies; what is none of the special ones is IP_GLOBAL. */
enum ip_scope {
	IP_GLOBAL,
	IP_UNSPECIFIED, /* 0.0.0.0/8, :: */
	IP_LOOPBACK,
	IP_LINK,    /* link-local */
	IP_PRIVATE, /* RFC 1918, 6598, unique local */
	IP_MULTICAST,
	IP_BROADCAST, /* and class E */
	IP_EXAMPLE,   /* documentation and benchmark nets */
};

bool ip_parse(struct str, struct ip *);

/* "192.0.2.0/24"; a bare address is a net of one.  Host bits are cleared. */
bool net_parse(struct str, struct net *);

#define IP_MAX 50

/* Canonical text (RFC 5952); returns its length.  A net of one has no "/32". */
size_t ip_text(char out[IP_MAX], const struct ip *);
size_t net_text(char out[IP_MAX], const struct net *);

bool ip_eq(const struct ip *, const struct ip *);
bool net_has(const struct net *, const struct ip *);

/* Do they share an address?  Networks overlap when one lies in the other. */
bool net_overlap(const struct net *, const struct net *);

/* Is it a net of one? */
bool net_one(const struct net *);

/* The net of one that is this address. */
struct net net_of(const struct ip *);

/*
 * The IPv4 network inside an IPv4-mapped or -compatible, 6to4, NAT64 or Teredo
 * one; false if there is none.  Guards test both.
 */
bool net_embedded(const struct net *, struct net *v4);

enum ip_scope ip_scope(const struct ip *);

#endif
