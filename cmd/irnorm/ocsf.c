#include "json.h"
#include "mem.h"
#include "ocsf.h"
#include "tree.h"
#include "when.h"

#define FIELDS      512 /* of an event; what is beyond stays unmapped */
#define OBSERVABLES 64

struct member {
	struct str key, raw; /* the key without its quotes, as JSON */
	bool used;
};

struct making {
	const struct ocsf *o;
	struct arena *a;
	struct member *v;
	size_t n;
	struct map *by_name;
	struct tree *tree;
};

static struct member *
get(const struct making *m, struct str field)
{
	return map_get(m->by_name, field);
}

static void
read_members(struct making *m, struct str event)
{
	struct str key, raw;
	size_t at = 0;

	while (m->n < FIELDS && json_next(event, &at, &key, &raw)) {
		struct member *v = &m->v[m->n++];

		*v = (struct member){str_sub(key, 1, key.n - 2), raw, false};
		*map_put(m->by_name, json_text(m->a, key)) = v;
	}
}

/* --- values --- */

/* The first of a list, or the value itself. */
static struct str
first_of(struct str raw)
{
	size_t at = 0;
	struct str v;

	if (json_type(raw) != JSON_LIST)
		return raw;
	return json_next(raw, &at, NULL, &v) ? v : STR_NONE;
}

/* A value as its target wants it, or absent. */
static struct str
value_as(struct arena *a, enum ocsf_as as, struct str raw)
{
	struct str text;
	int64_t n;

	switch (as) {
	case OCSF_RAW:
		return raw;
	case OCSF_LIST:
		return json_type(raw) == JSON_LIST ? raw
						   : CAT(a, STR("["), raw, STR("]"));
	case OCSF_TEXT:
		raw = first_of(raw);
		if (json_type(raw) == JSON_TEXT)
			return raw;
		text = json_text(a, raw);
		return text.p ? json_quote(a, text) : STR_NONE;
	case OCSF_INT:
		return json_i64(first_of(raw), &n) ? arena_fmt(a, "%lld", (long long)n)
						   : STR_NONE;
	case OCSF_MS:
		text = json_text(a, first_of(raw));
		if (!text.p || !when_parse(text, &n))
			return STR_NONE;
		n = n / WHEN_MS - (n % WHEN_MS < 0);
		return arena_fmt(a, "%lld", (long long)n);
	}
	return STR_NONE;
}

/* Does one of the values of a field match? */
static bool
matches(struct arena *a, struct str raw, struct str glob)
{
	struct str v, text;
	size_t at = 0;

	if (json_type(raw) != JSON_LIST) {
		text = json_text(a, raw);
		return text.p && str_glob(glob, text);
	}
	while (json_next(raw, &at, NULL, &v)) {
		text = json_text(a, v);
		if (text.p && str_glob(glob, text))
			return true;
	}
	return false;
}

/* --- classes --- */

static bool
is_of(const struct making *m, const struct ocsf_class *c)
{
	for (size_t i = 0; i < node_count(c->has); i++)
		if (!get(m, node_text(node_at(c->has, i))))
			return false;
	for (size_t i = 0; c->when && i < c->when->n; i++) {
		const struct member *v = get(m, c->when->keys[i].text);
		const struct node *globs = &c->when->kids[i];
		bool yes = false;

		for (size_t k = 0; v && k < node_count(globs) && !yes; k++)
			yes = matches(m->a, v->raw, node_text(node_at(globs, k)));
		if (!yes)
			return false;
	}
	return true;
}

static void
do_lookup(const struct making *m, const struct ocsf_lookup *l)
{
	const struct member *v = get(m, l->field);

	for (size_t i = 0; i < l->n; i++) {
		const struct ocsf_row *r = &l->v[i];
		bool yes = r->absent
			       ? !v
			       : v && (!r->glob.p || matches(m->a, v->raw, r->glob));

		for (size_t k = 0; yes && k < r->n; k++)
			tree_set(m->tree, r->v[k].path, r->v[k].raw);
		if (yes)
			return;
	}
}

/* What comes first stays: a class is asked before what holds for all. */
static void
fill(const struct making *m, const struct ocsf_class *c)
{
	for (size_t i = 0; i < c->n_map; i++) {
		const struct ocsf_target *t = &c->map[i];
		struct member *v = get(m, t->field);
		struct str raw = v ? value_as(m->a, t->as, v->raw) : STR_NONE;

		if (raw.p && tree_set(m->tree, t->path, raw))
			v->used = true;
	}
	for (size_t i = 0; i < c->n_lookups; i++)
		do_lookup(m, &c->lookups[i]);
	for (size_t i = 0; i < c->n_set; i++)
		tree_set(m->tree, c->set[i].path, c->set[i].raw);
}

/* Of each need one of its paths must be there. */
static bool
is_complete(const struct making *m, const struct ocsf_class *c)
{
	for (size_t i = 0; i < node_count(c->needs); i++) {
		struct str rest = node_text(node_at(c->needs, i));
		bool there = false;

		while (rest.p && !there)
			there = tree_get(m->tree, str_cut(&rest, ' ')).p != NULL;
		if (!there)
			return false;
	}
	return true;
}

/* What went into an object that is dropped has no place. */
static void
unuse(const struct making *m, const struct ocsf_class *c, struct str object)
{
	for (size_t i = 0; i < c->n_map; i++) {
		struct member *v = get(m, c->map[i].field);

		if (v && str_starts(c->map[i].path, object) &&
		    c->map[i].path.n > object.n && c->map[i].path.p[object.n] == '.')
			v->used = false;
	}
}

/* Objects that lack what makes them one. */
static void
drop_parts(const struct making *m, const struct ocsf_class *c)
{
	const struct node *whole = m->o->whole;

	for (size_t i = 0; whole && i < whole->n; i++) {
		struct str object = whole->keys[i].text;
		struct str rest = node_text(&whole->kids[i]);
		bool there = !tree_get(m->tree, object).p;

		while (rest.p && !there)
			there = tree_get(m->tree,
				    CAT(m->a, object, STR("."), str_cut(&rest, ' ')))
				    .p != NULL;
		if (there)
			continue;
		tree_drop(m->tree, object);
		unuse(m, c, object);
		unuse(m, &m->o->classes[0], object);
	}
}

static void
set_number(const struct making *m, const char *path, int64_t n)
{
	tree_set(m->tree, str_of(path), arena_fmt(m->a, "%lld", (long long)n));
}

static bool
try_class(struct making *m, const struct ocsf_class *c)
{
	int64_t activity = 0;

	m->tree = tree_new(m->a);
	for (size_t i = 0; i < m->n; i++)
		m->v[i].used = false;
	set_number(m, "class_uid", c->uid);
	tree_set(m->tree, STR("class_name"), json_quote(m->a, c->name));
	set_number(m, "category_uid", c->category);
	fill(m, c);
	fill(m, &m->o->classes[0]);
	drop_parts(m, c);
	json_i64(tree_get(m->tree, STR("activity_id")), &activity);
	set_number(m, "activity_id", activity);
	set_number(m, "type_uid", c->uid * 100 + activity);
	return is_complete(m, c);
}

/* --- what is beside the classes --- */

/* Where a field went, by its class or by what holds for all; or absent. */
static struct str
path_of(const struct making *m, const struct ocsf_class *c, struct str field)
{
	const struct ocsf_class *const asked[] = {c, &m->o->classes[0]};

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < asked[k]->n_map; i++)
			if (str_eq(asked[k]->map[i].field, field))
				return asked[k]->map[i].path;
	return STR_NONE;
}

static void
observe(const struct making *m, struct str name, const struct node *type, struct str v,
    size_t *n)
{
	struct str text = json_text(m->a, v);
	struct str raw;

	if (!text.n || *n >= OBSERVABLES)
		return;
	raw = CAT(m->a, STR("{\"name\":"), json_quote(m->a, name), STR(",\"type_id\":"),
	    node_text(node_at(type, 0)), STR(",\"type\":"),
	    json_quote(m->a, node_text(node_at(type, 1))), STR(",\"value\":"),
	    json_quote(m->a, text), STR("}"));
	tree_set(m->tree, arena_fmt(m->a, "observables[%zu]", (*n)++), raw);
}

static void
add_observables(const struct making *m, const struct ocsf_class *c)
{
	const struct node *all = m->o->observables;
	size_t n = 0;

	for (size_t i = 0; all && i < all->n; i++) {
		const struct member *v = get(m, all->keys[i].text);
		struct str path = path_of(m, c, all->keys[i].text), one;
		size_t at = 0;

		if (!v || !path.p)
			continue;
		if (json_type(v->raw) != JSON_LIST)
			observe(m, path, &all->kids[i], v->raw, &n);
		else
			while (json_next(v->raw, &at, NULL, &one))
				observe(m, path, &all->kids[i], one, &n);
	}
}

static void
add_unmapped(const struct making *m, struct str event)
{
	struct buf b = buf_make(event.n * 2 + 1024);
	struct str key, raw;
	size_t at = 0, i = 0;

	while (json_next(event, &at, &key, &raw)) {
		bool used = i < m->n && m->v[i].used;

		i++;
		if (used || map_get(m->o->dropped, str_sub(key, 1, key.n - 2)))
			continue;
		buf_ch(&b, b.n ? ',' : '{');
		buf_add(&b, key);
		buf_ch(&b, ':');
		buf_add(&b, raw);
	}
	if (b.n) {
		buf_ch(&b, '}');
		tree_set(m->tree, STR("unmapped"), arena_copy(m->a, buf_str(&b)));
	}
	buf_free(&b);
}

struct str
ocsf_event(struct ocsf *o, struct str event)
{
	static const char pad[JSON_PAD];
	struct making m = {.o = o, .a = o->scratch};
	const struct ocsf_class *c = NULL;

	arena_reset(o->scratch);
	buf_reset(&o->made);
	event = CAT(m.a, event, (struct str){pad, JSON_PAD});
	event.n -= JSON_PAD;
	m.v = arena_alloc(m.a, FIELDS * sizeof(*m.v));
	m.by_name = map_new();
	read_members(&m, event);
	/* the last class has no conditions and no needs */
	for (size_t i = 1; i < o->n; i++) {
		c = &o->classes[i];
		if (is_of(&m, c) && (try_class(&m, c) || i + 1 == o->n))
			break;
	}
	if (!m.tree)
		try_class(&m, c);
	add_observables(&m, c);
	add_unmapped(&m, event);
	tree_write(m.tree, &o->made);
	map_free(m.by_name);
	return buf_str(&o->made);
}
