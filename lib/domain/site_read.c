#include <unistd.h>

#include "file.h"
#include "mem.h"
#include "opt.h"
#include "site_inside.h"
#include "when.h"
#include "yaml.h"

#define ENTRIES_MAX 100000 /* networks, hosts, users ... of a kind */

struct load {
	struct site *site;
	const char *name;
	struct err *e;
};

static bool
bad_at(struct load *l, const struct node *at)
{
	err_at(l->e, "%s:%d:%d", l->name, at->line, at->col);
	return false;
}

static bool
bad(struct load *l, const struct node *at, const char *what, struct str word)
{
	err_set(l->e, ERR_CONFIG, "%s '" STR_FMT "'", what, STR_ARG(word));
	return bad_at(l, at);
}

/* --- reading --- */

static bool
known(struct load *l, const struct node *key, const char *const *names, size_t n)
{
	const char *near = opt_nearest(node_text(key), names, n);

	for (size_t i = 0; i < n; i++)
		if (str_eq(node_text(key), str_of(names[i])))
			return true;
	if (!near)
		return bad(l, key, "unknown key", node_text(key));
	err_set(l->e, ERR_CONFIG, "unknown key '" STR_FMT "'; did you mean '%s'?",
	    STR_ARG(node_text(key)), near);
	return bad_at(l, key);
}

/* "192.0.2.1", "192.0.2.0/24", several with blanks, commas or slashes between them. */
static bool
read_nets(struct load *l, const struct node *node, unsigned role, struct str name)
{
	struct str rest = str_trim(node_text(node)), word;
	struct net net;

	if (owned_count(l->site->nets) >= ENTRIES_MAX)
		return bad(l, node, "too many addresses at", rest);
	if (rest.n == 0)
		return bad(l, node, "an address or network is wanted, not", rest);
	while (rest.n) {
		size_t i = 0;

		while (i < rest.n && rest.p[i] != ' ' && rest.p[i] != ',' &&
		       rest.p[i] != '\t')
			i++;
		word = str_sub(rest, 0, i);
		rest = str_trim(str_from(rest, i));
		while (rest.n && (rest.p[0] == ',' || rest.p[0] == '/'))
			rest = str_trim(str_from(rest, 1));
		if (net_parse(word, &net))
			owned_add(l->site->nets, &net, role, name);
		else if (role == SITE_HOST ||
			 !owned_also(l->site->nets, SITE_HOST, word, role))
			return bad(l, node, "not an address or network:", word);
	}
	return true;
}

static bool
read_list(struct load *l, const struct node *node, unsigned role, struct str name)
{
	if (node->type == NODE_MAP)
		return bad(l, node, "addresses are wanted, not a map in", name);
	for (size_t i = 0; i < node_count(node); i++)
		if (!read_nets(l, node_at(node, i), role, name))
			return false;
	return true;
}

static const char wanted_map[] = "names with their values are wanted under";

/* A map of names to addresses: hosts, networks, home_addresses. */
static bool
read_named(struct load *l, const struct node *node, unsigned role, const char *key)
{
	if (node->type != NODE_MAP)
		return bad(l, node, wanted_map, str_of(key));
	for (size_t i = 0; i < node->n; i++) {
		struct str name = arena_copy(l->site->a, node_text(&node->keys[i]));

		if (role == SITE_HOST)
			site_add_name(l->site->hosts, l->site->a, name);
		if (node->kids[i].type != NODE_NULL &&
		    !read_list(l, &node->kids[i], role, name))
			return false;
	}
	return true;
}

static bool
read_networks(struct load *l, const struct node *node)
{
	if (node->type == NODE_MAP)
		return read_named(l, node, SITE_INSIDE, "networks");
	return read_list(l, node, SITE_INSIDE, STR("networks"));
}

static bool
read_homes(struct load *l, const struct node *node)
{
	return read_named(l, node, SITE_HOME, "home_addresses");
}

/* One value for all hosts, or a map of hosts and patterns. */
static bool
read_clocks(struct load *l, const struct node *node, const char *key,
    bool (*add)(struct clocks *, struct str host, struct str value, struct err *))
{
	struct clocks *c = l->site->clocks;

	if (node->type == NODE_TEXT || node->type == NODE_NUM)
		return add(c, STR("*"), node_text(node), l->e) || bad_at(l, node);
	if (node->type != NODE_MAP)
		return bad(l, node, wanted_map, str_of(key));
	for (size_t i = 0; i < node->n; i++)
		if (!add(c, node_text(&node->keys[i]), node_text(&node->kids[i]), l->e))
			return bad_at(l, &node->kids[i]);
	return true;
}

static bool
read_timezone(struct load *l, const struct node *node)
{
	return read_clocks(l, node, "timezone", clocks_add_zone);
}

static bool
read_skew(struct load *l, const struct node *node)
{
	return read_clocks(l, node, "clock_skew", clocks_add_skew);
}

static bool
add_names(struct load *l, const struct node *node)
{
	for (size_t i = 0; i < node_count(node); i++)
		if (node_text(node_at(node, i)).n)
			site_add_name(
			    l->site->critical, l->site->a, node_text(node_at(node, i)));
	return true;
}

/* A list of hosts and users, or a map of such lists. */
static bool
read_critical(struct load *l, const struct node *node)
{
	if (node->type != NODE_MAP)
		return add_names(l, node);
	for (size_t i = 0; i < node->n; i++)
		add_names(l, &node->kids[i]);
	return true;
}

static bool
window_time(struct load *l, const struct node *w, struct str key, int64_t *ns)
{
	const struct node *node = node_get(w, key);

	if (!node || node->type == NODE_NULL)
		return true;
	return when_parse(node_text(node), ns) ||
	       bad(l, node, "not a time such as 2026-11-24T06:00:00Z:", node_text(node));
}

static bool
read_window(struct load *l, const struct node *node)
{
	static const char *const names[] = {
	    "who", "from_address", "host", "what", "start", "end"};
	struct site *s = l->site;
	struct window w = {.start = INT64_MIN, .end = INT64_MAX};
	const struct node *from = node_get(node, STR("from_address"));
	struct net net;

	if (node->type != NODE_MAP)
		return bad(
		    l, node, "a map is wanted for a change window, not", node_text(node));
	for (size_t i = 0; i < node->n; i++)
		if (!known(l, &node->keys[i], names, 6))
			return false;
	w.who = arena_copy(s->a, node_text(node_get(node, STR("who"))));
	w.host = arena_copy(s->a, node_text(node_get(node, STR("host"))));
	w.what = arena_copy(s->a, node_text(node_get(node, STR("what"))));
	if (!w.what.p)
		w.what = STR("planned");
	if (node_text(from).n) {
		if (!net_parse(node_text(from), &net))
			return bad(
			    l, from, "not an address or network:", node_text(from));
		w.from = arena_alloc(s->a, sizeof(net));
		*w.from = net;
	}
	if (!window_time(l, node, STR("start"), &w.start) ||
	    !window_time(l, node, STR("end"), &w.end))
		return false;
	s->windows = mem_grow(s->windows, &s->windows_cap, s->windows_n + 1, sizeof(w));
	s->windows[s->windows_n++] = w;
	return true;
}

static bool
read_windows(struct load *l, const struct node *node)
{
	for (size_t i = 0; i < node_count(node); i++)
		if (!read_window(l, node_at(node, i)))
			return false;
	return true;
}

/* A list of names, or a map of `members` and `most`. */
static bool
read_group(struct load *l, const struct node *key, const struct node *value)
{
	static const char *const names[] = {"members", "most"};
	const struct node *list = value, *most = NULL;
	struct site *s = l->site;
	struct site_group g = {.name = arena_copy(s->a, node_text(key))};
	size_t n;
	int64_t count = 0;

	for (size_t i = 0; value->type == NODE_MAP && i < value->n; i++)
		if (!known(l, &value->keys[i], names, 2))
			return false;
	if (value->type == NODE_MAP) {
		list = node_get(value, STR("members"));
		most = node_get(value, STR("most"));
	}
	n = node_count(list);
	if (n > ENTRIES_MAX || s->groups_n >= ENTRIES_MAX)
		return bad(l, key, "too many members of", g.name);
	if (most && (!node_i64(most, &count) || count < 0 || count > ENTRIES_MAX))
		return bad(l, most, "not how many may be touched:", node_text(most));
	g.most = most ? (size_t)count : n / 4 > 2 ? n / 4 : 2;
	g.members = map_new();
	s->groups = mem_grow(
	    s->groups, &s->groups_cap, s->groups_n + 1, sizeof(*s->groups));
	s->groups[s->groups_n++] = g;
	for (size_t i = 0; i < n; i++) {
		struct str name = node_text(node_at(list, i));

		if (name.n == 0)
			return bad(l, node_at(list, i), "no host or user:", name);
		site_add_name(g.members, s->a, name);
	}
	return true;
}

static bool
read_groups(struct load *l, const struct node *node)
{
	if (node->type != NODE_MAP)
		return bad(l, node, wanted_map, STR("groups"));
	for (size_t i = 0; i < node->n; i++)
		if (!read_group(l, &node->keys[i], &node->kids[i]))
			return false;
	return true;
}

static bool
read_year(struct load *l, const struct node *node)
{
	int64_t year;

	if (!node_i64(node, &year) || year < 1970 || year > 9999)
		return bad(l, node, "not a year:", node_text(node));
	l->site->year = (int)year;
	return true;
}

/* The keys of the file; without a reader of their own they list addresses of a role. */
static const struct {
	const char *name;
	enum site_role role;
	bool (*read)(struct load *, const struct node *);
} keys[] = {
    {"hosts", SITE_HOST, NULL},
    {"networks", SITE_INSIDE, read_networks},
    {"monitoring", SITE_MONITORING, NULL},
    {"vulnerability_scanner", SITE_SCANNER, NULL},
    {"backup_server", SITE_BACKUP, NULL},
    {"authorised_pentest", SITE_PENTEST, NULL},
    {"cdn_proxies", SITE_PROXY, NULL},
    {"office_nat", SITE_NAT, NULL},
    {"admin_workstations", SITE_ADMIN, NULL},
    {"home_addresses", SITE_HOME, read_homes},
    {"protect", SITE_PROTECT, NULL},
    {"timezone", 0, read_timezone},
    {"clock_skew", 0, read_skew},
    {"year", 0, read_year},
    {"change_windows", 0, read_windows},
    {"critical", 0, read_critical},
    {"groups", 0, read_groups},
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static bool
read_key(struct load *l, const struct node *key, const struct node *value)
{
	const char *names[KEYS];
	size_t i = 0;

	for (size_t k = 0; k < KEYS; k++)
		names[k] = keys[k].name;
	if (!known(l, key, names, KEYS))
		return false;
	while (!str_eq(node_text(key), str_of(keys[i].name)))
		i++;
	if (value->type == NODE_NULL || keys[i].role == SITE_HOST) /* read before */
		return true;
	if (keys[i].read)
		return keys[i].read(l, value);
	return read_list(l, value, keys[i].role, str_of(keys[i].name));
}

static bool
read_site(struct load *l, const struct node *root)
{
	const struct node *hosts = node_get(root, STR("hosts"));

	if (root->type == NODE_NULL)
		return true;
	if (root->type != NODE_MAP)
		return bad(l, root, "a map of keys is wanted, not", node_text(root));
	if (hosts && hosts->type != NODE_NULL &&
	    !read_named(l, hosts, SITE_HOST, "hosts"))
		return false;
	for (size_t i = 0; i < root->n; i++)
		if (!read_key(l, &root->keys[i], &root->kids[i]))
			return false;
	return true;
}

/* --- the whole file --- */

struct site *
site_parse(struct str text, const char *name, struct err *e)
{
	struct site *s = site_new();
	struct load l = {s, name, e};
	struct arena *a = arena_new();
	struct yaml_docs docs = {NULL, 0};
	bool ok = yaml_parse(a, text, name, &docs, e);

	for (size_t i = 0; ok && i < docs.n; i++)
		ok = read_site(&l, docs.v[i]);
	arena_free(a);
	if (ok)
		return s;
	site_free(s);
	return NULL;
}

struct site *
site_load(const char *path, struct err *e)
{
	struct arena *a;
	struct site *s = NULL;
	struct str text;

	if (!path) {
		path = SITE_DEFAULT;
		if (access(path, F_OK) != 0)
			return site_new();
	}
	if (!file_trusted(path, e))
		return NULL;
	a = arena_new();
	text = file_read(a, path, YAML_MAX, e);
	if (text.p)
		s = site_parse(text, path, e);
	else
		e->kind = ERR_CONFIG;
	arena_free(a);
	return s;
}

const char *
site_role_name(enum site_role role)
{
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].role == role)
			return keys[i].name;
	return "other";
}
