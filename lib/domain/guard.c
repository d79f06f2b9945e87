#include <stdio.h>

#include "arena.h"
#include "file.h"
#include "guard.h"
#include "mem.h"

#define LIST_MAX ((size_t)64 * 1024 * 1024) /* bytes of a list of protected addresses */

struct name {
	enum target_member kind;
	struct str text;
	const char *why;
};

struct guard {
	struct guard_entry *v;
	size_t n, cap;
	struct name *names;
	size_t named, names_cap;
	struct arena *texts;
};

static const struct {
	const char *net, *why;
} always[] = {
    {"0.0.0.0/8", "this network"},
    {"127.0.0.0/8", "loopback"},
    {"169.254.0.0/16", "link-local and cloud metadata"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved and broadcast"},
    {"::/128", "unspecified address"},
    {"::1/128", "loopback"},
    {"fe80::/10", "link-local"},
    {"fd00:ec2::254/128", "cloud metadata"},
    {"ff00::/8", "multicast"},
};

struct guard *
guard_new(void)
{
	struct guard *g = mem_new(1, sizeof(*g));
	struct net net;

	g->texts = arena_new();
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (net_parse(str_of(always[i].net), &net))
			guard_add(g, &net, GUARD_ALWAYS, always[i].why);
	return g;
}

void
guard_free(struct guard *g)
{
	if (!g)
		return;
	arena_free(g->texts);
	mem_free(g->v);
	mem_free(g->names);
	mem_free(g);
}

void
guard_add(struct guard *g, const struct net *net, enum guard_from from, const char *why)
{
	g->v = mem_grow(g->v, &g->cap, g->n + 1, sizeof(*g->v));
	g->v[g->n++] = (struct guard_entry){
	    *net, from, arena_copy(g->texts, str_of(why)).p};
}

void
guard_site(struct guard *g, const struct site *site)
{
	struct net net;
	unsigned role;
	char why[80];

	for (size_t at = 0; site_next(site, SITE_KEEP, &at, &net, &role);) {
		unsigned first = role & SITE_KEEP;

		first &= ~first + 1; /* the lowest bit */
		snprintf(why, sizeof(why), "%s of the site file",
		    site_role_name((enum site_role)first));
		guard_add(g, &net, GUARD_SITE, why);
	}
}

/* --- names --- */

void
guard_name(struct guard *g, enum target_member kind, struct str name, const char *why)
{
	g->names = mem_grow(g->names, &g->names_cap, g->named + 1, sizeof(*g->names));
	g->names[g->named++] = (struct name){
	    kind, arena_copy(g->texts, name), arena_copy(g->texts, str_of(why)).p};
}

/* Is `in` what `part` ends in, behind a dot, or itself? */
static bool
below(struct str part, struct str in)
{
	return str_ieq(part, in) || (part.n > in.n && part.p[part.n - in.n - 1] == '.' &&
					str_ieq(str_from(part, part.n - in.n), in));
}

static bool
inside(struct str path, struct str dir)
{
	return str_eq(path, dir) ||
	       (path.n > dir.n && path.p[dir.n] == '/' && str_starts(path, dir));
}

const char *
guard_named(const struct guard *g, enum target_member kind, struct str name)
{
	for (size_t i = 0; i < g->named; i++) {
		const struct name *n = &g->names[i];
		bool hit = n->kind == kind;

		if (hit && kind == TARGET_DOMAIN)
			hit = below(name, n->text) || below(n->text, name);
		else if (hit && kind == TARGET_PATH)
			hit = inside(name, n->text) || inside(n->text, name);
		else if (hit)
			hit = kind == TARGET_HOST ? str_ieq(name, n->text)
						  : str_eq(name, n->text);
		if (hit)
			return n->why;
	}
	return NULL;
}

/* "user:ann"; false: it is none of these, or malformed. */
static bool
add_name(struct guard *g, struct str word, const char *why)
{
	static const struct {
		const char *name;
		enum target_member kind;
	} kinds[] = {{"user:", TARGET_USER}, {"host:", TARGET_HOST},
	    {"domain:", TARGET_DOMAIN}, {"path:", TARGET_PATH}, {"unit:", TARGET_UNIT}};
	struct target t = {0};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct str head = str_of(kinds[i].name);

		if (!str_starts(word, head) ||
		    !target_type(g->texts, kinds[i].kind, str_from(word, head.n), &t))
			continue;
		guard_name(g, kinds[i].kind, t.text[kinds[i].kind], why);
		return true;
	}
	return false;
}

static bool
add_line(struct guard *g, struct str line, const char *why, struct err *e)
{
	size_t hash = str_chr(line, '#');
	struct str word = str_trim(str_sub(line, 0, hash == STR_NPOS ? line.n : hash));
	struct net net;

	if (word.n == 0)
		return true;
	if (add_name(g, word, why))
		return true;
	if (!net_parse(word, &net)) {
		err_set(e, ERR_CONFIG,
		    "'" STR_FMT "' is no address, network or kind:name",
		    (int)(word.n > 80 ? 80 : word.n), word.p);
		return false;
	}
	guard_add(g, &net, GUARD_LIST, why);
	return true;
}

bool
guard_list(struct guard *g, const char *path, struct err *e)
{
	struct arena *a = arena_new();
	struct str text = STR_NONE;
	const char *why = arena_fmt(a, "listed in %s", path).p;
	bool ok = file_trusted(path, e);

	if (ok)
		text = file_read(a, path, LIST_MAX, e);
	if (!text.p) {
		e->kind = ERR_CONFIG;
		ok = false;
	}
	for (int n = 1; ok && text.p; n++)
		if (!add_line(g, str_cut(&text, '\n'), why, e)) {
			err_at(e, "%s:%d", path, n);
			ok = false;
		}
	arena_free(a);
	return ok;
}

/* The IPv6 prefixes in front of an IPv4 address; Teredo's is looked at apart. */
static const struct {
	const char *prefix;
	unsigned bits;
} forms[] = {{"::ffff:0:0", 96}, {"::", 96}, {"64:ff9b::", 96}, {"2002::", 16}};

/* Does an IPv6 network hold a form of some address of an IPv4 one? */
static bool
reaches(const struct net *six, const struct net *four)
{
	struct net inner, image;

	if (net_embedded(six, &inner) && net_overlap(&inner, four))
		return true;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (!net_parse(str_of(forms[i].prefix), &image))
			continue;
		memcpy(image.ip.b + forms[i].bits / 8, four->ip.b, 4);
		image.bits = (uint8_t)(forms[i].bits + four->bits);
		if (net_overlap(six, &image))
			return true;
	}
	/* all of Teredo: its addresses hold the client's in their last bits */
	return six->bits < 32 && net_parse(STR("2001::/32"), &image) &&
	       net_overlap(six, &image);
}

bool
guard_overlap(const struct net *a, const struct net *b)
{
	struct net x, y;

	if (a->ip.v == b->ip.v && net_overlap(a, b))
		return true;
	if (a->ip.v == 6 && b->ip.v == 4)
		return reaches(a, b);
	if (a->ip.v == 4 && b->ip.v == 6)
		return reaches(b, a);
	return a->ip.v == 6 && net_embedded(a, &x) && net_embedded(b, &y) &&
	       net_overlap(&x, &y);
}

const struct guard_entry *
guard_check(const struct guard *g, const struct net *net)
{
	const struct guard_entry *best = NULL;

	for (size_t i = 0; i < g->n; i++)
		if ((!best || g->v[i].from < best->from) &&
		    guard_overlap(net, &g->v[i].net))
			best = &g->v[i];
	return best;
}

bool
guard_yields(const struct guard_entry *entry)
{
	return entry->from == GUARD_SITE || entry->from == GUARD_LIST;
}

const char *
guard_from_name(enum guard_from from)
{
	static const char *const names[] = {"always", "machine", "site", "list"};

	return names[from];
}

const struct guard_entry *
guard_next(const struct guard *g, size_t *at)
{
	return *at < g->n ? &g->v[(*at)++] : NULL;
}
