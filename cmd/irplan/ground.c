#include <unistd.h>

#include "ground.h"
#include "map.h"

#define PROTECT   "/etc/ir/protect"
#define ADDRESSES ((size_t)4096) /* of the inventory that are looked at */

/* Machines that are in the middle of the owner's own network, not in a provider's. */
#define MIDDLE (SITE_MONITORING | SITE_SCANNER | SITE_BACKUP | SITE_ADMIN)

static struct net
around(const struct net *n)
{
	struct net wide = *n;
	unsigned bits = n->ip.v == 4 ? 24 : 64;

	if (wide.bits > bits) {
		wide.bits = (uint8_t)bits;
		memset(wide.ip.b + bits / 8, 0, sizeof(wide.ip.b) - bits / 8);
	}
	return wide;
}

static void
look_around(struct ground *g)
{
	struct net n, wide;
	unsigned role;

	for (size_t at = 0; site_next(g->site, MIDDLE, &at, &n, &role);) {
		bool known = false;

		wide = around(&n);
		for (size_t i = 0; i < g->inside_n; i++)
			known |= net_overlap(&g->inside[i], &wide);
		if (!known && g->inside_n < sizeof(g->inside) / sizeof(*g->inside))
			g->inside[g->inside_n++] = wide;
	}
}

static size_t
count_hosts(const struct site *s)
{
	struct map *names = map_new();
	struct net n;
	unsigned role;
	size_t hosts, seen = 0;

	for (size_t at = 0;
	     seen++ < ADDRESSES && site_next(s, SITE_HOST, &at, &n, &role);) {
		struct str name = site_host_of(s, &n.ip);

		if (name.p)
			*map_put(names, name) = names;
	}
	hosts = map_count(names);
	map_free(names);
	return hosts;
}

bool
ground_load(struct ground *g, const char *site, const char *const *protect, size_t n,
    struct err *e)
{
	*g = (struct ground){.site = site_load(site, e)};
	if (!g->site)
		return false;
	g->guard = guard_new();
	guard_site(g->guard, g->site);
	if (access(PROTECT, R_OK) == 0 && !guard_list(g->guard, PROTECT, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!guard_list(g->guard, protect[i], e))
			return false;
	look_around(g);
	g->hosts = count_hosts(g->site);
	return true;
}

void
ground_free(struct ground *g)
{
	guard_free(g->guard);
	site_free(g->site);
}

bool
ground_inside(const struct ground *g, const struct ip *ip)
{
	for (size_t i = 0; i < g->inside_n; i++)
		if (net_has(&g->inside[i], ip))
			return true;
	return false;
}

size_t
ground_addresses(const struct ground *g, struct str host)
{
	struct net n;
	unsigned role;
	size_t many = 0, seen = 0;

	for (size_t at = 0;
	     seen++ < ADDRESSES && site_next(g->site, SITE_HOST, &at, &n, &role);)
		many += str_eq(site_host_of(g->site, &n.ip), host);
	return many;
}

/* --- the incident on the map --- */

#define KNOWN (SITE_MONITORING | SITE_BACKUP | SITE_SCANNER | SITE_NAT | SITE_HOME)
#define OURS  (KNOWN | SITE_HOST | SITE_INSIDE | SITE_ADMIN | SITE_PENTEST)

static bool
has_entity(const struct facts *f, const char *type, struct str value)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(
			node_text(node_get(f->entity[i], STR("type"))), str_of(type)) &&
		    str_eq(node_text(node_get(f->entity[i], STR("value"))), value))
			return true;
	return false;
}

static const char *
known_as(unsigned roles)
{
	for (unsigned bit = 1; bit <= SITE_PROTECT; bit <<= 1)
		if (roles & KNOWN & bit)
			return site_role_name((enum site_role)bit);
	return NULL;
}

/* One address of the incident; returns its roles. */
static unsigned
place(const struct ground *g, struct facts *f, struct str address, struct str role,
    struct str prov)
{
	unsigned roles = 0;
	struct net net;
	struct str host;
	bool ours;

	if (!net_parse(address, &net))
		return 0;
	roles = site_roles(g->site, &net.ip);
	host = site_host_of(g->site, &net.ip);
	ours = (roles & OURS) || ground_inside(g, &net.ip) ||
	       ip_scope(&net.ip) == IP_PRIVATE;
	if (str_eq(role, STR("attacker")) && !ours)
		f->outside = true;
	if (known_as(roles) && !has_entity(f, "source", address))
		facts_add(f, &(struct facts_more){.type = "source",
				 .role = "known",
				 .prov = "observed",
				 .value = address,
				 .more = str_of(known_as(roles))});
	/* that a host of ours is the pivot is ircorr's word; an attacker's address may be forged */
	if (host.p && !has_entity(f, "host", host) &&
	    (str_eq(role, STR("pivot")) ||
		(str_eq(role, STR("attacker")) && str_eq(prov, STR("observed")))))
		facts_add(f, &(struct facts_more){.type = "host",
				 .role = "pivot",
				 .prov = "derived",
				 .value = host,
				 .held = true});
	return roles;
}

/*
 * Whose session did it: from outside he is the attacker, and the account is in his
 * hands; from inside it is somebody who may be asked.
 */
static void
actor(const struct ground *g, struct facts *f, const struct node *e)
{
	struct str from = node_text(node_get(e, STR("from")));
	struct net net;

	if (!from.p || !net_parse(from, &net) || has_entity(f, "ip", from) ||
	    (site_roles(g->site, &net.ip) & OURS) || ground_inside(g, &net.ip) ||
	    ip_scope(&net.ip) == IP_PRIVATE)
		return;
	f->outside = true;
	facts_add(
	    f, &(struct facts_more){
		   .type = "ip", .role = "attacker", .prov = "observed", .value = from});
	facts_add(f, &(struct facts_more){.type = "user",
			 .role = "victim",
			 .prov = "observed",
			 .value = node_text(node_get(e, STR("value"))),
			 .host = node_text(node_get(e, STR("host"))),
			 .held = true});
}

void
ground_place(const struct ground *g, struct facts *f)
{
	size_t n = f->n, sources = 0, known = 0;

	f->outside = false;
	for (size_t i = 0; i < n; i++) {
		const struct node *e = f->entity[i];
		struct str type = node_text(node_get(e, STR("type")));
		struct str role = node_text(node_get(e, STR("role")));
		unsigned roles;

		if (str_eq(type, STR("user")))
			actor(g, f, e);
		if (!str_eq(type, STR("ip")) && !str_eq(type, STR("cidr")))
			continue;
		roles = place(g, f, node_text(node_get(e, STR("value"))), role,
		    node_text(node_get(e, STR("prov"))));
		if (str_eq(role, STR("victim")) ||
		    (str_eq(role, STR("witness")) && !(roles & KNOWN)))
			continue;
		sources++;
		known += (roles & (KNOWN | SITE_PENTEST)) != 0;
	}
	f->benign = sources > 0 && known == sources && !str_eq(f->success, STR("yes"));
}
