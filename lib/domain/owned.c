#include "map.h"
#include "mem.h"
#include "owned.h"

struct row {
	struct net net;
	unsigned role;
	struct str name;
};

struct owned {
	struct row *rows;
	size_t n, cap;
	struct map *single; /* bytes of an address -> its roles, for nets of one */
};

static struct str
key_of(const struct ip *ip)
{
	return (struct str){(const char *)ip->b, ip->v == 4 ? 4 : 16};
}

static bool
is_single(const struct net *net)
{
	return net->bits == (net->ip.v == 4 ? 32 : 128);
}

/* The address as the owner would have written it. */
static struct ip
plain(const struct ip *ip)
{
	struct net net = net_of(ip), v4;

	return net_embedded(&net, &v4) ? v4.ip : *ip;
}

struct owned *
owned_new(void)
{
	struct owned *o = mem_new(1, sizeof(*o));

	o->single = map_new();
	return o;
}

void
owned_free(struct owned *o)
{
	if (!o)
		return;
	mem_free(o->rows);
	map_free(o->single);
	mem_free(o);
}

size_t
owned_count(const struct owned *o)
{
	return o->n;
}

void
owned_add(struct owned *o, const struct net *net, unsigned role, struct str name)
{
	o->rows = mem_grow(o->rows, &o->cap, o->n + 1, sizeof(*o->rows));
	o->rows[o->n++] = (struct row){*net, role, name};
	if (is_single(net)) {
		void **roles = map_put(o->single, key_of(&net->ip));

		*roles = (void *)((uintptr_t)*roles | role);
	}
}

bool
owned_also(struct owned *o, unsigned role, struct str name, unsigned other)
{
	size_t n = o->n;
	bool found = false;

	for (size_t i = 0; i < n; i++)
		if (o->rows[i].role == role && str_ieq(o->rows[i].name, name)) {
			struct row row = o->rows[i];

			owned_add(o, &row.net, other, row.name);
			found = true;
		}
	return found;
}

static unsigned
roles_of(const struct owned *o, const struct ip *ip)
{
	unsigned found = (unsigned)(uintptr_t)map_get(o->single, key_of(ip));

	for (size_t i = 0; i < o->n; i++)
		if (!is_single(&o->rows[i].net) && net_has(&o->rows[i].net, ip))
			found |= o->rows[i].role;
	return found;
}

unsigned
owned_roles(const struct owned *o, const struct ip *ip)
{
	struct ip inner = plain(ip);

	return roles_of(o, ip) | (ip_eq(&inner, ip) ? 0 : roles_of(o, &inner));
}

static bool
holds(const struct row *row, const struct ip *ip)
{
	struct ip inner = plain(ip);

	return net_has(&row->net, ip) || net_has(&row->net, &inner);
}

struct str
owned_name(const struct owned *o, unsigned roles, const struct ip *ip)
{
	for (size_t i = 0; i < o->n; i++)
		if ((o->rows[i].role & roles) && holds(&o->rows[i], ip))
			return o->rows[i].name;
	return STR_NONE;
}

bool
owned_has(const struct owned *o, unsigned role, struct str name, const struct ip *ip)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->rows[i].role == role && str_eq(o->rows[i].name, name) &&
		    holds(&o->rows[i], ip))
			return true;
	return false;
}

bool
owned_next(
    const struct owned *o, unsigned roles, size_t *at, struct net *net, unsigned *role)
{
	while (*at < o->n) {
		const struct row *row = &o->rows[(*at)++];

		if (!(row->role & roles))
			continue;
		*net = row->net;
		*role = row->role;
		return true;
	}
	return false;
}
