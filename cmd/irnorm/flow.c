/* What the two ends of a flow say about the flow. */
#include "base64.h"
#include "derive.h"
#include "ip.h"
#include "sha256.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58, SCTP = 132 };

/* The first name of a number is the one written. */
static const struct {
	const char *name;
	unsigned number;
} protocols[] = {
    {"tcp", TCP},
    {"udp", UDP},
    {"icmp", ICMP},
    {"ipv6-icmp", ICMP6},
    {"icmpv6", ICMP6},
    {"icmp6", ICMP6},
    {"hopopt", 0},
    {"igmp", 2},
    {"ggp", 3},
    {"ipip", 4},
    {"egp", 8},
    {"igp", 9},
    {"dccp", 33},
    {"ipv6", 41},
    {"rsvp", 46},
    {"gre", 47},
    {"esp", 50},
    {"ah", 51},
    {"skip", 57},
    {"eigrp", 88},
    {"ospf", 89},
    {"ospfigp", 89},
    {"etherip", 97},
    {"pim", 103},
    {"ipcomp", 108},
    {"vrrp", 112},
    {"l2tp", 115},
    {"sctp", SCTP},
    {"udplite", 136},
};
#define PROTOCOLS (sizeof(protocols) / sizeof(*protocols))
#define UNKNOWN   256u

static unsigned
number_of(struct str name)
{
	uint64_t v;

	if (name.p && str_u64(name, &v))
		return v < 256 ? (unsigned)v : UNKNOWN;
	for (size_t i = 0; name.p && i < PROTOCOLS; i++)
		if (str_ieq(name, str_of(protocols[i].name)))
			return protocols[i].number;
	return UNKNOWN;
}

static struct str
name_of(unsigned number)
{
	for (size_t i = 0; i < PROTOCOLS; i++)
		if (protocols[i].number == number)
			return str_of(protocols[i].name);
	return STR_NONE;
}

/* The name from the number, and the number from the name. */
static unsigned
derive_protocol(struct event *ev)
{
	struct str said = event_value(ev, F_TRANSPORT), name;
	unsigned n = number_of(event_value(ev, F_IANA));

	if (n == UNKNOWN)
		n = number_of(said);
	name = n == UNKNOWN ? STR_NONE : name_of(n);
	if (name.p && (!said.p || number_of(said) == n) && !str_eq(said, name))
		event_text(ev, F_TRANSPORT, name, FROM_ENGINE);
	if (n != UNKNOWN)
		derive_text(ev, F_IANA, arena_u64(ev->a, n));
	return n;
}

static void
derive_sum(struct event *ev, int a, int b, int sum)
{
	uint64_t x, y;

	if (event_cell(ev, sum) || !event_cell(ev, a) || !event_cell(ev, b) ||
	    !str_u64(event_value(ev, a), &x) || !str_u64(event_value(ev, b), &y) ||
	    x > INT64_MAX / 2 || y > INT64_MAX / 2)
		return;
	event_raw(ev, sum, arena_u64(ev->a, x + y), FROM_ENGINE);
}

static bool
find_ip(struct event *ev, int first, int second, struct ip *ip)
{
	struct str s = event_value(ev, first);

	if (!s.p)
		s = event_value(ev, second);
	return s.p && ip_parse(s, ip);
}

static void
derive_type(struct event *ev)
{
	static const int ends[] = {
	    F_SOURCE_IP, F_DESTINATION_IP, F_CLIENT_IP, F_SERVER_IP};

	for (size_t i = 0; i < 4 && !event_cell(ev, F_NETWORK_TYPE); i++) {
		struct str ip = event_value(ev, ends[i]);

		if (ip.p)
			event_raw(ev, F_NETWORK_TYPE,
			    str_chr(ip, ':') == STR_NPOS ? STR("\"ipv4\"")
							 : STR("\"ipv6\""),
			    FROM_ENGINE);
	}
}

/* --- the Community ID, version 1, seed 0 --- */

struct flow {
	struct ip a, b;
	unsigned protocol, a_port, b_port;
	bool ports;
	bool one_way; /* the ends are not put in order */
};

static unsigned
port_of(struct event *ev, int first, int second)
{
	struct str s = event_value(ev, first);
	uint64_t v;

	if (!s.p)
		s = event_value(ev, second);
	return s.p && str_u64(s, &v) && v < 65536 ? (unsigned)v : 65536;
}

/* The number of a field that plays this part, or of a member called so. */
static unsigned
icmp_number(struct event *ev, enum field_role role, const char *dot, const char *bar)
{
	uint64_t v;

	for (size_t i = 0; i < ev->n; i++)
		if ((fields_get(ev->fields, ev->set[i])->roles & role) &&
		    str_u64(event_value(ev, ev->set[i]), &v) && v < 256)
			return (unsigned)v;
	for (size_t i = 0; i < ev->n_members; i++)
		if ((str_ends(ev->members[i].key, str_of(dot)) ||
			str_ends(ev->members[i].key, str_of(bar))) &&
		    str_u64(ev->members[i].raw, &v) && v < 256)
			return (unsigned)v;
	return 0; /* as others do who do not know either */
}

/* Requests and replies are one flow: the type of the other side stands for its port. */
static void
icmp_ports(struct flow *f, unsigned type, unsigned code)
{
	static const uint8_t four[][2] = {{8, 0}, {13, 14}, {15, 16}, {17, 18}, {10, 9}};
	static const uint8_t six[][2] = {
	    {128, 129}, {133, 134}, {135, 136}, {130, 131}, {144, 145}, {139, 140}};
	const uint8_t(*pairs)[2] = f->protocol == ICMP ? four : six;
	size_t n = f->protocol == ICMP ? sizeof(four) / 2 : sizeof(six) / 2;

	f->ports = f->one_way = true;
	f->a_port = type;
	f->b_port = code;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 2; k++)
			if (pairs[i][k] == type) {
				f->b_port = pairs[i][1 - k];
				f->one_way = false;
			}
}

static bool
read_flow(struct event *ev, unsigned protocol, struct flow *f)
{
	*f = (struct flow){.protocol = protocol};
	if (protocol == UNKNOWN || !find_ip(ev, F_SOURCE_IP, F_CLIENT_IP, &f->a) ||
	    !find_ip(ev, F_DESTINATION_IP, F_SERVER_IP, &f->b) || f->a.v != f->b.v)
		return false;
	switch (protocol) {
	case ICMP:
	case ICMP6:
		icmp_ports(f, icmp_number(ev, ROLE_ICMP_TYPE, "icmp.type", "icmp_type"),
		    icmp_number(ev, ROLE_ICMP_CODE, "icmp.code", "icmp_code"));
		return true;
	case TCP:
	case UDP:
	case SCTP:
		f->ports = true;
		f->a_port = port_of(ev, F_SOURCE_PORT, F_CLIENT_PORT);
		f->b_port = port_of(ev, F_DESTINATION_PORT, F_SERVER_PORT);
		return f->a_port < 65536 && f->b_port < 65536;
	default:
		return true;
	}
}

/* The smaller end comes first. */
static void
put_in_order(struct flow *f)
{
	int d = memcmp(f->a.b, f->b.b, sizeof(f->a.b));

	if (!f->one_way && (d > 0 || (d == 0 && f->a_port > f->b_port))) {
		struct flow old = *f;

		f->a = old.b;
		f->b = old.a;
		f->a_port = old.b_port;
		f->b_port = old.a_port;
	}
}

static void
derive_community(struct event *ev, unsigned protocol)
{
	uint8_t hash[SHA1_SIZE], in[40] = {0};
	size_t n = 2, size; /* behind a seed of 0 */
	struct flow f;

	if (event_cell(ev, F_COMMUNITY) || !read_flow(ev, protocol, &f))
		return;
	put_in_order(&f);
	size = f.a.v == 4 ? 4 : 16;
	memcpy(in + n, f.a.b, size);
	memcpy(in + n + size, f.b.b, size);
	n += 2 * size;
	in[n++] = (uint8_t)f.protocol;
	in[n++] = 0;
	if (f.ports) {
		in[n++] = (uint8_t)(f.a_port >> 8);
		in[n++] = (uint8_t)f.a_port;
		in[n++] = (uint8_t)(f.b_port >> 8);
		in[n++] = (uint8_t)f.b_port;
	}
	sha1_of((struct str){(const char *)in, n}, hash);
	event_text(ev, F_COMMUNITY,
	    CAT(ev->a, STR("1:"),
		base64(ev->a, (struct str){(const char *)hash, sizeof(hash)})),
	    FROM_ENGINE);
}

void
derive_network(struct event *ev, unsigned roles)
{
	unsigned protocol = UNKNOWN;

	derive_type(ev);
	if (!(roles & ROLE_NETWORK))
		return;
	protocol = derive_protocol(ev);
	derive_sum(ev, F_SOURCE_BYTES, F_DESTINATION_BYTES, F_NETWORK_BYTES);
	derive_sum(ev, F_SOURCE_PACKETS, F_DESTINATION_PACKETS, F_NETWORK_PACKETS);
	derive_community(ev, protocol);
}
