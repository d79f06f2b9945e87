/* Objects that carry a line of something else: shippers, and what APIs put around. */
#include "deep.h"
#include "json.h"
#include "map.h"
#include "norm.h"

#define DEPTH 2 /* lines in lines */

/* Is every member at the top one of those that a wrapper may have? */
static bool
is_only(const struct norm *n, const struct format *f)
{
	for (size_t i = 0; f->n_only && i < n->leaves.n; i++) {
		struct str path = n->leaves.v[i].path;
		size_t k = 0;

		path = str_sub(path, 0, str_chr(path, '.'));
		while (k < f->n_only && !str_glob(f->only[k], path))
			k++;
		if (k == f->n_only)
			return false;
	}
	return true;
}

/* The line inside, with room to read behind it, and which member it is. */
static struct str
inner_text(struct norm *n, const struct format *f, struct str *member)
{
	static const char pad[JSON_PAD];

	for (size_t i = 0; i < f->n_wraps; i++) {
		const struct leaf *leaf = leaves_find(&n->leaves, f->wraps[i]);
		struct str s = leaf ? leaf->raw
				    : deep_find(&n->leaves, n->ev.a, f->wraps[i]);

		if (json_type(s) != JSON_TEXT)
			continue;
		s = str_trim(json_text(n->ev.a, s));
		if (s.n == 0)
			continue;
		*member = f->wraps[i];
		s = CAT(n->ev.a, s, (struct str){pad, JSON_PAD});
		return str_sub(s, 0, s.n - JSON_PAD);
	}
	return STR_NONE;
}

/* Names that only the line inside knew. */
static struct map *
names_of(const struct event *ev)
{
	struct map *names = map_new();

	for (size_t i = 0; i < ev->n_members; i++)
		*map_put(names, ev->members[i].key) = names;
	return names;
}

static void
add_member(struct norm *n, const struct leaf *leaf, const struct map *names)
{
	int field = fields_find(n->fields, leaf->path);

	if (field == F_TIME ? n->has_when || n->has_ns
			    : field >= 0 && event_cell(&n->ev, field))
		return;
	if (field >= 0 || !map_get(names, leaf->key))
		norm_take_ready(n, leaf);
}

/* What the wrapper says stands where the line says nothing. */
static void
add_members(struct norm *n, const struct format *f, struct str member)
{
	struct map *names = names_of(&n->ev);

	for (size_t i = 0; i < n->leaves.n; i++) {
		const struct leaf *leaf = &n->leaves.v[i];
		const struct mapping *m = f->map ? map_get(f->map, leaf->path) : NULL;

		if (!leaf->raw.p || str_eq(leaf->path, member))
			continue;
		if (!m && !norm_is_empty(leaf->raw))
			add_member(n, leaf, names);
		for (size_t k = 0; m && k < m->n; k++)
			if (m->v[k].field == F_TIME ? !n->has_when && !n->has_ns
						    : !event_cell(&n->ev, m->v[k].field))
				norm_put(n, &m->v[k], leaf->raw, true);
	}
	map_free(names);
}

bool
norm_unwrap(struct norm *n, const struct format *f, struct str object)
{
	struct str member, text;
	bool known;

	if (n->depth == DEPTH || !is_only(n, f))
		return false;
	text = inner_text(n, f, &member);
	if (!text.p)
		return false;
	n->depth++;
	known = norm_text(n, n->origin, text);
	if (known) {
		event_derive(
		    &n->ev); /* so that what follows from the line is its own, too */
		leaves_read(&n->leaves, n->ev.a, object);
		add_members(n, f, member);
	}
	n->depth--;
	if (!known)
		leaves_read(&n->leaves, n->ev.a, object);
	return known;
}
