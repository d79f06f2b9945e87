/* The file that says what events are in OCSF. */
#include <stdarg.h>
#include <stdio.h>

#include "json.h"
#include "mem.h"
#include "ocsf.h"
#include "yaml.h"

#define MADE_MAX ((size_t)128 * 1024 * 1024)

struct loading {
	struct ocsf *o;
	const char *path;
	struct err *e;
};

static bool
fault(struct loading *l, const struct node *at, const char *why)
{
	err_set(l->e, ERR_CONFIG, "%s:%d:%d: %s", l->path, at ? at->line : 1,
	    at ? at->col : 1, why);
	return false;
}

/* Numbers are those of ids: "1" is one where the path ends in _id, else a text. */
static struct str
constant_raw(struct loading *l, struct str path, const struct node *v)
{
	struct buf b = buf_make(4096);
	int64_t n;
	struct str raw;

	if (v->type == NODE_LIST || v->type == NODE_MAP || v->type == NODE_BOOL)
		node_write(v, false, &b);
	else if (str_ends(path, STR("_id")) && node_i64(v, &n))
		buf_i64(&b, n);
	else
		buf_json(&b, node_text(v));
	raw = arena_copy(l->o->a, buf_str(&b));
	buf_free(&b);
	return raw;
}

static bool
load_constants(
    struct loading *l, const struct node *map, struct ocsf_constant **v, size_t *n)
{
	if (!map)
		return true;
	if (map->type != NODE_MAP)
		return fault(l, map, "a map of paths and values was expected here");
	*v = arena_zero(l->o->a, (map->n + 1) * sizeof(**v));
	for (size_t i = 0; i < map->n; i++) {
		struct str path = map->keys[i].text;

		(*v)[(*n)++] = (struct ocsf_constant){
		    path, constant_raw(l, path, &map->kids[i])};
	}
	return true;
}

static bool
read_target(
    struct loading *l, const struct node *at, struct str field, struct ocsf_target *t)
{
	static const char *const types[] = {"text", "int", "ms", "raw", "list"};
	struct str rest = node_text(at), path;

	if (!rest.n)
		return fault(l, at, "a path was expected here");
	path = str_cut(&rest, ':');
	*t = (struct ocsf_target){field, path, OCSF_TEXT};
	for (size_t i = 0; rest.p && i < sizeof(types) / sizeof(*types); i++)
		if (str_eq(rest, str_of(types[i]))) {
			t->as = (enum ocsf_as)i;
			return true;
		}
	return rest.p ? fault(l, at, "a type is text, int, ms, raw or list") : true;
}

static bool
load_map(struct loading *l, const struct node *map, struct ocsf_class *c)
{
	size_t all = 0;

	if (!map)
		return true;
	if (map->type != NODE_MAP)
		return fault(l, map, "'map' is a map of fields to paths");
	for (size_t i = 0; i < map->n; i++)
		all += node_count(&map->kids[i]);
	c->map = arena_zero(l->o->a, (all + 1) * sizeof(*c->map));
	for (size_t i = 0; i < map->n; i++)
		for (size_t k = 0; k < node_count(&map->kids[i]); k++)
			if (!read_target(l, node_at(&map->kids[i], k), map->keys[i].text,
				&c->map[c->n_map++]))
				return false;
	return true;
}

static bool
load_rows(struct loading *l, const struct node *from, struct ocsf_lookup *to)
{
	const struct node *table = node_get(from, STR("table"));
	const struct node *any = node_get(from, STR("any"));
	const struct node *absent = node_get(from, STR("absent"));
	struct ocsf_row *r;

	to->field = node_text(node_get(from, STR("from")));
	if (!to->field.n)
		return fault(l, from, "'from' is missing: a field");
	if (table && table->type != NODE_MAP)
		return fault(l, table, "'table' is a map of values to constants");
	to->v = r = arena_zero(l->o->a, ((table ? table->n : 0) + 2) * sizeof(*r));
	for (size_t i = 0; table && i < table->n; i++, r++) {
		r->glob = table->keys[i].text;
		if (!load_constants(l, &table->kids[i], &r->v, &r->n))
			return false;
	}
	if (any) {
		if (!load_constants(l, any, &r->v, &r->n))
			return false;
		r++;
	}
	if (absent) {
		r->absent = true;
		if (!load_constants(l, absent, &r->v, &r->n))
			return false;
		r++;
	}
	to->n = (size_t)(r - to->v);
	return true;
}

static bool
load_lookups(struct loading *l, const struct node *list, struct ocsf_class *c)
{
	size_t n = node_count(list);

	c->lookups = arena_zero(l->o->a, (n + 1) * sizeof(*c->lookups));
	for (size_t i = 0; i < n; i++)
		if (!load_rows(l, node_at(list, i), &c->lookups[c->n_lookups++]))
			return false;
	return true;
}

static bool
load_known(struct loading *l, const struct node *doc)
{
	static const char known[] =
	    " ocsf class name category when has needs set map lookup "
	    "observables whole drop ";

	if (doc->type != NODE_MAP)
		return fault(l, doc, "a map was expected here");
	for (size_t i = 0; i < doc->n; i++) {
		struct str key = doc->keys[i].text;
		struct str asked = CAT(l->o->a, STR(" "), key, STR(" "));

		if (str_find(str_of(known), asked) == STR_NPOS)
			return fault(l, &doc->keys[i], "unknown key");
	}
	return true;
}

static bool
load_class(struct loading *l, const struct node *doc, struct ocsf_class *c, bool first)
{
	if (!load_known(l, doc))
		return false;
	c->name = node_text(node_get(doc, STR("name")));
	c->when = node_get(doc, STR("when"));
	c->has = node_get(doc, STR("has"));
	c->needs = node_get(doc, STR("needs"));
	if (c->when && c->when->type != NODE_MAP)
		return fault(l, c->when, "'when' is a map of fields to values");
	if (!first && (!node_i64(node_get(doc, STR("class")), &c->uid) ||
			  !node_i64(node_get(doc, STR("category")), &c->category)))
		return fault(l, doc, "'class' and 'category' are numbers");
	return load_constants(l, node_get(doc, STR("set")), &c->set, &c->n_set) &&
	       load_map(l, node_get(doc, STR("map")), c) &&
	       load_lookups(l, node_get(doc, STR("lookup")), c);
}

static bool
load_all(struct loading *l)
{
	struct yaml_docs docs;
	const struct node *drop;

	if (!yaml_load(l->o->a, l->path, &docs, l->e))
		return false;
	l->o->classes = arena_zero(l->o->a, (docs.n + 1) * sizeof(*l->o->classes));
	for (size_t i = 0; i < docs.n; i++)
		if (!load_class(l, docs.v[i], &l->o->classes[l->o->n++], i == 0))
			return false;
	if (docs.n < 2)
		return fault(l, NULL, "no classes");
	l->o->observables = node_get(docs.v[0], STR("observables"));
	l->o->whole = node_get(docs.v[0], STR("whole"));
	drop = node_get(docs.v[0], STR("drop"));
	for (size_t i = 0; i < node_count(drop); i++)
		*map_put(l->o->dropped, node_text(node_at(drop, i))) = l->o;
	return true;
}

struct ocsf *
ocsf_load(const char *path, struct err *e)
{
	struct ocsf *o = mem_new(1, sizeof(*o));
	struct loading l = {o, path, e};

	o->a = arena_new();
	o->scratch = arena_new();
	o->made = buf_make(MADE_MAX);
	o->dropped = map_new();
	if (load_all(&l))
		return o;
	ocsf_free(o);
	return NULL;
}

void
ocsf_free(struct ocsf *o)
{
	if (!o)
		return;
	map_free(o->dropped);
	arena_free(o->a);
	arena_free(o->scratch);
	buf_free(&o->made);
	mem_free(o);
}
