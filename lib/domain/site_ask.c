#include "mem.h"
#include "site_inside.h"

struct site *
site_new(void)
{
	struct site *s = mem_new(1, sizeof(*s));

	s->a = arena_new();
	s->nets = owned_new();
	s->clocks = clocks_new();
	s->hosts = map_new();
	s->critical = map_new();
	return s;
}

void
site_free(struct site *s)
{
	if (!s)
		return;
	clocks_free(s->clocks);
	mem_free(s->windows);
	for (size_t i = 0; i < s->groups_n; i++)
		map_free(s->groups[i].members);
	mem_free(s->groups);
	owned_free(s->nets);
	map_free(s->hosts);
	map_free(s->critical);
	arena_free(s->a);
	mem_free(s);
}

/* --- names --- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool
site_has_name(const struct map *m, struct str name)
{
	char low[256];

	if (name.n > sizeof(low))
		return false;
	for (size_t i = 0; i < name.n; i++)
		low[i] = lower(name.p[i]);
	return map_get(m, (struct str){low, name.n}) != NULL;
}

void
site_add_name(struct map *m, struct arena *a, struct str name)
{
	char *p = arena_alloc(a, name.n + 1);

	for (size_t i = 0; i < name.n; i++)
		p[i] = lower(name.p[i]);
	*map_put(m, (struct str){p, name.n}) = m;
}

/* --- asking --- */

unsigned
site_roles(const struct site *s, const struct ip *ip)
{
	return owned_roles(s->nets, ip);
}

bool
site_any(const struct site *s, unsigned roles)
{
	struct net net;
	unsigned role;
	size_t at = 0;

	return owned_next(s->nets, roles, &at, &net, &role);
}

struct str
site_host_of(const struct site *s, const struct ip *ip)
{
	return owned_name(s->nets, SITE_HOST, ip);
}

bool
site_has_host(const struct site *s, struct str name)
{
	return site_has_name(s->hosts, name);
}

bool
site_home(const struct site *s, struct str user, const struct ip *ip)
{
	return owned_has(s->nets, SITE_HOME, user, ip);
}

bool
site_zone(const struct site *s, struct str host, int64_t ns, int *seconds)
{
	return clocks_zone(s->clocks, host, ns, seconds);
}

int64_t
site_skew(const struct site *s, struct str host)
{
	return clocks_skew(s->clocks, host);
}

int
site_year(const struct site *s)
{
	return s->year;
}

bool
site_critical(const struct site *s, struct str name)
{
	return site_has_name(s->critical, name);
}

const struct site_group *
site_group_next(const struct site *s, struct str member, size_t *at)
{
	while (*at < s->groups_n) {
		const struct site_group *g = &s->groups[(*at)++];

		if (site_group_has(g, member))
			return g;
	}
	return NULL;
}

bool
site_group_has(const struct site_group *g, struct str member)
{
	return site_has_name(g->members, member);
}

struct str
site_group_name(const struct site_group *g)
{
	return g->name;
}

size_t
site_group_most(const struct site_group *g)
{
	return g->most;
}

static bool
window_allows(
    const struct window *w, struct str who, const struct ip *from, struct str host)
{
	return (!w->who.p || str_eq(w->who, who)) &&
	       (!w->host.p || (host.p && str_glob(w->host, host))) &&
	       (!w->from || (from && net_has(w->from, from)));
}

struct str
site_change(const struct site *s, struct str who, const struct ip *from, struct str host,
    int64_t ns)
{
	for (size_t i = 0; i < s->windows_n; i++)
		if (ns >= s->windows[i].start && ns <= s->windows[i].end &&
		    window_allows(&s->windows[i], who, from, host))
			return s->windows[i].what;
	return STR_NONE;
}

bool
site_next(
    const struct site *s, unsigned wanted, size_t *at, struct net *net, unsigned *role)
{
	return owned_next(s->nets, wanted, at, net, role);
}
