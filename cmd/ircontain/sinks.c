#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "rootfs.h"
#include "sinks.h"
#include "yaml.h"

static const struct sink_kind kinds[] = {
    /* a zone of response policies: its owner made it, with SOA and NS */
    {"rpz", {';', NULL}, true, {"% CNAME .", "*.% CNAME ."}},
    {"unbound", {'#', "server:"}, false, {"    local-zone: \"%.\" always_nxdomain"}},
    {"dnsmasq", {'#', NULL}, false, {"local=/%/"}},
    /* the name alone, nothing below it */
    {"hosts", {'#', NULL}, true, {"0.0.0.0 %", ":: %"}},
};

const struct sink_kind *
sink_kind(struct str name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq(name, str_of(kinds[i].name)))
			return &kinds[i];
	return NULL;
}

/* --- the file --- */

static bool
wrong(const char *path, const struct node *n, const char *what, struct err *e)
{
	err_set(e, ERR_CONFIG, "%s:%d: %s", path, n->line, what);
	return false;
}

static bool
known(const char *path, const struct node *map, const char *const *keys, struct err *e)
{
	for (size_t i = 0; i < map->n; i++) {
		size_t k = 0;

		while (keys[k] && !str_eq(map->keys[i].text, str_of(keys[k])))
			k++;
		if (!keys[k])
			return wrong(path, &map->keys[i], "unknown key", e);
	}
	return true;
}

static bool
read_sink(struct arena *a, const char *path, const struct node *n, struct sink *s,
    struct err *e)
{
	static const char *const keys[] = {"kind", "path", "reload", NULL};
	const struct node *run = node_get(n, STR("reload"));

	if (n->type != NODE_MAP || !known(path, n, keys, e))
		return n->type == NODE_MAP ? false : wrong(path, n, "no map", e);
	s->kind = sink_kind(node_text(node_get(n, STR("kind"))));
	s->path = arena_copy(a, node_text(node_get(n, STR("path"))));
	if (!s->kind)
		return wrong(path, n, "kind is one of rpz, unbound, dnsmasq, hosts", e);
	if (!rootfs_path(s->path))
		return wrong(path, n, "path is not absolute and plain", e);
	if (run && (run->type != NODE_LIST || run->n > SINK_WORDS))
		return wrong(path, run, "reload is a list of words", e);
	for (size_t i = 0; run && i < run->n; i++)
		s->reload[i] = arena_copy(a, node_text(&run->kids[i])).p;
	for (size_t i = 0; run && i < run->n; i++)
		if (!s->reload[i] || s->reload[0][0] != '/')
			return wrong(
			    path, run, "reload is an absolute path and words", e);
	return true;
}

/* "192.0.2.53", "192.0.2.53#5300" or "no" */
static bool
read_probe(const char *path, const struct node *n, struct sinks *s, struct err *e)
{
	struct str rest = node_text(n), addr;
	uint64_t port = 53;

	s->port = 53;
	if (!n || str_eq(rest, STR("no")) || str_eq(rest, STR("false"))) {
		s->probe = (struct ip){0};
		return n || ip_parse(STR("127.0.0.1"), &s->probe);
	}
	addr = str_cut(&rest, '#');
	if (!ip_parse(addr, &s->probe) ||
	    (rest.p && (!str_u64(rest, &port) || port == 0 || port > 65535)))
		return wrong(path, n, "probe is an address, address#port or 'no'", e);
	s->port = (uint16_t)port;
	return true;
}

bool
sinks_load(struct arena *a, const char *path, struct sinks *s, struct err *e)
{
	static const char *const keys[] = {"resolvers", "probe", NULL};
	struct yaml_docs docs;
	const struct node *all, *list;

	*s = (struct sinks){.n = 0};
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return false;
	if (!file_trusted(path, e) || !yaml_load(a, path, &docs, e))
		return false;
	all = docs.n == 1 ? docs.v[0] : NULL;
	list = node_get(all, STR("resolvers"));
	if (!list || list->type != NODE_LIST || list->n == 0 || list->n > SINKS_MAX) {
		err_set(e, ERR_CONFIG, "'%s' has no list 'resolvers' of 1 to %d", path,
		    SINKS_MAX);
		return false;
	}
	for (; s->n < list->n; s->n++)
		if (!read_sink(a, path, &list->kids[s->n], &s->v[s->n], e))
			return false;
	return known(path, all, keys, e) &&
	       read_probe(path, node_get(all, STR("probe")), s, e);
}

/* --- lines --- */

struct str
sink_line(struct arena *a, const struct sink_kind *k, struct str domain, size_t i)
{
	struct str form = i < SINK_LINES ? str_of(k->lines[i]) : STR_NONE;
	struct str head = form;

	if (!form.p)
		return STR_NONE;
	head = str_cut(&form, '%');
	return CAT(a, head, domain, form);
}

bool
sink_has(struct arena *a, const struct sink_kind *k, struct str text, struct str domain)
{
	struct str line;

	for (size_t i = 0; (line = sink_line(a, k, domain, i)).p; i++)
		if (!fence_has(&k->fence, text, line))
			return false;
	return true;
}

struct str
sink_with(struct arena *a, const struct sink_kind *k, struct str text, struct str domain,
    bool in)
{
	struct str line;

	for (size_t i = 0; (line = sink_line(a, k, domain, i)).p; i++)
		text = fence_with(a, &k->fence, text, line, in);
	return text;
}
