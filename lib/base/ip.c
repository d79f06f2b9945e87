#include <arpa/inet.h>
#include <stdio.h>

#include "ip.h"

static bool
parse4(struct str s, uint8_t b[4])
{
	const char *p = s.p, *end = s.p + s.n;

	for (int i = 0; i < 4; i++) {
		unsigned v, d;

		if (p == end || (v = (unsigned char)*p++ - '0') > 9)
			return false;
		/* no octet starts with a zero and goes on */
		for (int k = 0; k < 2 && v && p < end; k++, p++) {
			if ((d = (unsigned char)*p - '0') > 9)
				break;
			v = v * 10 + d;
		}
		if (v > 255)
			return false;
		b[i] = (uint8_t)v;
		if (i < 3 && (p == end || *p++ != '.'))
			return false;
	}
	return p == end;
}

bool
ip_parse(struct str s, struct ip *ip)
{
	char text[IP_MAX];
	size_t colon;

	*ip = (struct ip){.v = 4};
	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	if (parse4(s, ip->b))
		return true;
	/* "192.0.2.1:" is none */
	colon = str_chr(s, ':');
	if (colon == STR_NPOS || str_chr(str_from(s, colon + 1), ':') == STR_NPOS)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
			   (c >= 'A' && c <= 'F');

		if (!hex && c != ':' && c != '.')
			return false;
	}
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	ip->v = 6;
	return inet_pton(AF_INET6, text, ip->b) == 1;
}

static unsigned
width(const struct ip *ip)
{
	return ip->v == 4 ? 32 : 128;
}

static void
mask(struct net *n)
{
	for (unsigned i = 0; i < width(&n->ip) / 8; i++) {
		unsigned keep = n->bits > i * 8 ? n->bits - i * 8 : 0;

		if (keep < 8)
			n->ip.b[i] &= (uint8_t)(0xff00 >> keep);
	}
}

bool
net_parse(struct str s, struct net *n)
{
	struct str addr = str_cut(&s, '/');
	uint64_t bits;

	if (!ip_parse(addr, &n->ip))
		return false;
	bits = width(&n->ip);
	if (s.p && (s.n > 3 || !str_u64(s, &bits) || (s.n > 1 && s.p[0] == '0')))
		return false;
	if (bits > width(&n->ip))
		return false;
	n->bits = (uint8_t)bits;
	mask(n);
	return true;
}

size_t
ip_text(char out[IP_MAX], const struct ip *ip)
{
	if (ip->v == 4)
		return (size_t)snprintf(
		    out, IP_MAX, "%u.%u.%u.%u", ip->b[0], ip->b[1], ip->b[2], ip->b[3]);
	out[0] = '\0';
	inet_ntop(AF_INET6, ip->b, out, IP_MAX);
	return strlen(out);
}

size_t
net_text(char out[IP_MAX], const struct net *n)
{
	size_t at = ip_text(out, &n->ip);

	if (n->bits < width(&n->ip))
		at += (size_t)snprintf(out + at, IP_MAX - at, "/%u", n->bits);
	return at;
}

bool
ip_eq(const struct ip *a, const struct ip *b)
{
	return a->v == b->v && memcmp(a->b, b->b, width(a) / 8) == 0;
}

bool
net_has(const struct net *n, const struct ip *ip)
{
	struct net one;

	if (ip->v != n->ip.v)
		return false;
	one = (struct net){*ip, n->bits};
	mask(&one);
	return ip_eq(&one.ip, &n->ip);
}

bool
net_overlap(const struct net *a, const struct net *b)
{
	return a->bits <= b->bits ? net_has(a, &b->ip) : net_has(b, &a->ip);
}

struct net
net_of(const struct ip *ip)
{
	return (struct net){*ip, (uint8_t)width(ip)};
}

/* An IPv6 prefix with an IPv4 address behind it, `flip`ped in Teredo. */
struct wrap {
	uint8_t head[12];
	unsigned bits;
	unsigned at; /* byte where the IPv4 address stands */
	bool flip;
};

static const struct wrap wraps[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12, false},
    {{0}, 96, 12, false},
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12, false},
    {{0x20, 0x02}, 16, 2, false},
    {{0x20, 0x01, 0, 0}, 32, 12, true},
};

bool
net_embedded(const struct net *n, struct net *v4)
{
	if (n->ip.v != 6)
		return false;
	for (size_t i = 0; i < sizeof(wraps) / sizeof(*wraps); i++) {
		const struct wrap *w = &wraps[i];
		unsigned start = w->at * 8;

		if (memcmp(n->ip.b, w->head, w->bits / 8) != 0)
			continue;
		if (n->bits < w->bits)
			continue;
		*v4 = (struct net){{.v = 4}, 0};
		memcpy(v4->ip.b, n->ip.b + w->at, 4);
		if (w->flip)
			for (int k = 0; k < 4; k++)
				v4->ip.b[k] ^= 0xff;
		v4->bits = (uint8_t)(n->bits <= start       ? 0
				     : n->bits - start > 32 ? 32
							    : n->bits - start);
		mask(v4);
		return true;
	}
	return false;
}

struct range {
	const char *net;
	enum ip_scope scope;
};

static const struct range ranges[] = {
    {"0.0.0.0/8", IP_UNSPECIFIED},
    {"127.0.0.0/8", IP_LOOPBACK},
    {"169.254.0.0/16", IP_LINK},
    {"10.0.0.0/8", IP_PRIVATE},
    {"172.16.0.0/12", IP_PRIVATE},
    {"192.168.0.0/16", IP_PRIVATE},
    {"100.64.0.0/10", IP_PRIVATE},
    {"224.0.0.0/4", IP_MULTICAST},
    {"240.0.0.0/4", IP_BROADCAST},
    {"192.0.2.0/24", IP_EXAMPLE},
    {"198.51.100.0/24", IP_EXAMPLE},
    {"203.0.113.0/24", IP_EXAMPLE},
    {"198.18.0.0/15", IP_EXAMPLE},
    {"::/128", IP_UNSPECIFIED},
    {"::1/128", IP_LOOPBACK},
    {"fe80::/10", IP_LINK},
    {"fc00::/7", IP_PRIVATE},
    {"ff00::/8", IP_MULTICAST},
    {"2001:db8::/32", IP_EXAMPLE},
};

enum ip_scope
ip_scope(const struct ip *ip)
{
	struct net one = net_of(ip), v4;

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		struct net n;

		if (net_parse(str_of(ranges[i].net), &n) && net_has(&n, ip))
			return ranges[i].scope;
	}
	if (net_embedded(&one, &v4))
		return ip_scope(&v4.ip);
	return IP_GLOBAL;
}

bool
net_one(const struct net *n)
{
	return n->bits == (n->ip.v == 4 ? 32 : 128);
}
