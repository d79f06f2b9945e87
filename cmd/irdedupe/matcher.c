#include "matcher.h"
#include "ip.h"
#include "json.h"
#include "opt.h"

struct value {
	struct str glob; /* in lower case */
	struct net net;
	bool is_net;
};

struct cond {
	int slot;
	struct value *values;
	size_t n;
};

struct conds {
	struct cond *v;
	size_t n;
};

struct matcher {
	struct conds all, none; /* every one of these, and not one of those */
};

bool
source_bad(
    const struct source_file *f, const struct node *at, const char *what, struct str word)
{
	err_set(f->e, ERR_CONFIG, "%s '" STR_FMT "'", what, STR_ARG(word));
	err_at(f->e, "%s:%d:%d", f->name, at->line, at->col);
	return false;
}

bool
source_known(const struct source_file *f, const struct node *map,
    const char *const *names, size_t n)
{
	for (size_t i = 0; i < map->n; i++) {
		struct str key = node_text(&map->keys[i]);
		const char *near = opt_nearest(key, names, n);
		size_t k = 0;

		while (k < n && !str_eq(key, str_of(names[k])))
			k++;
		if (k == n)
			return source_bad(f, &map->keys[i],
			    near ? arena_fmt(f->a, "'%s' is meant, not", near).p
				 : "unknown key",
			    key);
	}
	return true;
}

/* In lower case, in the arena. */
static struct str
lower(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
	return (struct str){p, s.n};
}

static bool
read_cond(const struct source_file *f, const struct node *key, const struct node *node,
    struct cond *c)
{
	c->slot = filter_slot(f->run, arena_copy(f->a, node_text(key)).p);
	c->n = node_count(node);
	c->values = arena_zero(f->a, (c->n + 1) * sizeof(*c->values));
	for (size_t i = 0; i < c->n; i++) {
		struct str text = node_text(node_at(node, i));

		if (!text.n)
			return source_bad(
			    f, node, "a value is wanted for", node_text(key));
		c->values[i].glob = lower(f->a, text);
		c->values[i].is_net = net_parse(text, &c->values[i].net);
	}
	return c->n > 0 || source_bad(f, key, "a value is wanted for", node_text(key));
}

static bool
read_conds(const struct source_file *f, const struct node *map, struct conds *to)
{
	if (!map)
		return true;
	if (map->type != NODE_MAP)
		return source_bad(
		    f, map, "fields and their values are wanted, not", node_text(map));
	to->v = arena_zero(f->a, (map->n + 1) * sizeof(*to->v));
	for (; to->n < map->n; to->n++)
		if (!read_cond(f, &map->keys[to->n], &map->kids[to->n], &to->v[to->n]))
			return false;
	return true;
}

struct matcher *
matcher_read(const struct source_file *f, const struct node *rule, const char *name,
    const char *but)
{
	struct matcher *m = arena_zero(f->a, sizeof(*m));

	if (!read_conds(f, node_get(rule, str_of(name)), &m->all) ||
	    (but && !read_conds(f, node_get(rule, str_of(but)), &m->none)))
		return NULL;
	if (m->all.n)
		return m;
	source_bad(
	    f, rule, "it would mute everything without fields under", str_of(name));
	return NULL;
}

static bool
has_value(const struct cond *c, struct str text, struct arena *a)
{
	struct str low = lower(a, text);
	struct ip ip;
	bool is_ip = ip_parse(text, &ip);

	for (size_t i = 0; i < c->n; i++)
		if (str_glob(c->values[i].glob, low) ||
		    (is_ip && c->values[i].is_net && net_has(&c->values[i].net, &ip)))
			return true;
	return false;
}

static bool
holds(const struct cond *c, struct rec *r)
{
	struct arena *a = rec_arena(r);
	struct str raw;
	size_t at = 0;

	while (rec_each(r, c->slot, &at, &raw)) {
		struct str text = json_text(a, raw);

		if (text.p && has_value(c, text, a))
			return true;
	}
	return false;
}

bool
matcher_yes(const struct matcher *m, struct rec *r)
{
	for (size_t i = 0; i < m->all.n; i++)
		if (!holds(&m->all.v[i], r))
			return false;
	for (size_t i = 0; i < m->none.n; i++)
		if (holds(&m->none.v[i], r))
			return false;
	return true;
}
