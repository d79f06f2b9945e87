/* From the members of an object to the fields of the event. */
#include "deep.h"
#include "json.h"
#include "loose.h"
#include "mem.h"
#include "norm.h"

#define PLACES 8192 /* of one format; names beyond are looked up each time */

/* Where a format puts the values of a name. */
struct place {
	unsigned age; /* of the names, + 1; else it is not known yet */
	const struct mapping *mapping;
	bool loose;     /* by a key that is spelled in another way */
	bool deep;      /* deep paths of the format lead through here */
	int field;      /* if it is not mapped; -1: a member */
	struct str key; /* of the member, as JSON */
};

struct places {
	struct place *v; /* by id of the name */
	size_t n;
};

struct places *
places_new(const struct norm *n)
{
	return mem_new(n->formats->n + 1, sizeof(struct places));
}

void
places_free(struct places *p, const struct norm *n)
{
	for (size_t i = 0; p && i < n->formats->n; i++)
		mem_free(p[i].v);
	mem_free(p);
}

/* Is there nothing in it: null, "", [], {}? */
bool
norm_is_empty(struct str raw)
{
	if (raw.n == 2)
		return (raw.p[0] == '"' && raw.p[1] == '"') ||
		       (raw.p[0] == '[' && raw.p[1] == ']') ||
		       (raw.p[0] == '{' && raw.p[1] == '}');
	return raw.n == 0 || (raw.n == 4 && raw.p[0] == 'n');
}

static struct place
find_place(struct norm *n, struct arena *a, const struct format *f, struct str under,
    const struct leaf *leaf)
{
	struct place p = {.age = n->leaves.age + 1, .field = -1};
	struct str name = leaf->path;

	p.mapping = f->map ? map_get(f->map, leaf->path) : NULL;
	for (size_t i = 0; i < f->n_deep; i++)
		p.deep |= deep_touches(f->deep[i], leaf->path);
	if (p.mapping)
		return p;
	p.mapping = loose_find(f, leaf->path);
	p.loose = p.mapping != NULL;
	p.key = norm_key(a, under, leaf->path, leaf->key);
	if (under.n)
		name = CAT(a, under, STR("."), leaf->path);
	p.field = fields_find(n->fields, name);
	if (p.field >= 0 && fields_get(n->fields, p.field)->scratch)
		p.field = -1;
	return p;
}

/* Known from an earlier line, or found and remembered as long as the names are. */
static struct place
place_of(
    struct norm *n, const struct format *f, struct str under, const struct leaf *leaf)
{
	struct places *all = &n->places[f->rank];
	size_t id = leaf->name->id;
	struct place *p;

	if (id >= PLACES || under.p != f->under.p || under.n != f->under.n)
		return find_place(n, n->ev.a, f, under, leaf);
	if (id >= all->n)
		all->v = mem_grow(all->v, &all->n, id + 1, sizeof(*all->v));
	p = &all->v[id];
	if (p->age != n->leaves.age + 1)
		*p = find_place(n, n->leaves.kept, f, under, leaf);
	return *p;
}

/* Members of an event that somebody else made; what only we may say is left out. */
static void
take_ready(struct norm *n, const struct leaf *leaf, int field)
{
	struct str path = leaf->path, text, out;
	bool raw;

	if (str_eq(path, STR("ir")) || str_starts(path, STR("ir.")) ||
	    str_starts(path, STR("_ir")))
		return;
	if (field == F_TIME) {
		text = json_text(n->ev.a, leaf->raw);
		if (text.p)
			norm_time(n, text);
		return;
	}
	if (field == F_EVENT_ID)
		field = F_SOURCE_ID;
	if (field == F_ORIGINAL)
		field = F_SOURCE_ORIGINAL;
	if (field >= 0 && fields_get(n->fields, field)->related == RELATED_IP &&
	    json_type(leaf->raw) == JSON_TEXT) {
		text = json_text(n->ev.a, leaf->raw);
		if (convert(n->ev.a, CONVERT_IP, text, &out, &raw))
			event_text(&n->ev, field, out, FROM_DECODER);
		return;
	}
	if (field >= 0 && !fields_get(n->fields, field)->scratch)
		event_raw(&n->ev, field, leaf->raw, FROM_DECODER);
	else
		event_member(&n->ev, leaf->key, leaf->raw);
}

void
norm_take_ready(struct norm *n, const struct leaf *leaf)
{
	take_ready(n, leaf, fields_find(n->fields, leaf->path));
}

static bool
is_set(const struct norm *n, int field)
{
	return field == F_TIME ? n->has_when || n->has_ns
			       : event_cell(&n->ev, field) != NULL;
}

/* True: there are values at deep paths to look for. */
static bool
take_leaf(
    struct norm *n, const struct format *f, struct str under, const struct leaf *leaf)
{
	struct place p = place_of(n, f, under, leaf);

	if (p.loose && is_set(n, p.mapping->v[0].field))
		p.mapping = NULL; /* what is set by its right name stays */
	if (p.mapping)
		for (size_t i = 0; i < p.mapping->n; i++)
			norm_put(n, &p.mapping->v[i], leaf->raw, true);
	else if (!under.n)
		take_ready(n, leaf, p.field);
	else if (p.field >= 0)
		event_raw(&n->ev, p.field, leaf->raw, FROM_DECODER);
	else
		event_member(&n->ev, p.key, leaf->raw);
	return p.deep;
}

void
norm_take(struct norm *n, const struct format *f, struct str under)
{
	bool deep = false;

	if (n->leaves.full)
		n->ev.tags |= TAG_LIMIT;
	for (size_t i = 0; i < n->leaves.n; i++)
		if (!norm_is_empty(n->leaves.v[i].raw))
			deep |= take_leaf(n, f, under, &n->leaves.v[i]);
	for (size_t i = 0; deep && i < f->n_deep; i++) {
		struct str v = deep_find(&n->leaves, n->ev.a, f->deep[i]);
		const struct mapping *m = v.p ? map_get(f->map, f->deep[i]) : NULL;

		for (size_t k = 0; m && k < m->n; k++)
			norm_put(n, &m->v[k], v, true);
	}
}
