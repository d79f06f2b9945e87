/* Fields from other fields: `copy:` and `compose:`. */
#include "format.h"
#include "norm.h"

/* --- from the file --- */

static struct copy *
add(struct load *l, struct constants *c)
{
	struct copy *v = arena_zero(l->formats->a, (c->n_copies + 1) * sizeof(*v));

	if (c->n_copies)
		memcpy(v, c->copies, c->n_copies * sizeof(*v));
	c->copies = v;
	return &v[c->n_copies++];
}

/* {from: to}, or [{from: a, to: b}] where one field goes to several places. */
static bool
load_copy(struct load *l, const struct node *map, struct constants *c)
{
	static const char *const known[] = {"from", "to", NULL};

	for (size_t i = 0; map->type == NODE_LIST && i < map->n; i++) {
		const struct node *one = &map->kids[i];
		struct str from = node_text(node_get(one, STR("from")));
		struct copy *new;

		if (!load_known(l, one, known))
			return false;
		if (!from.p || !node_get(one, STR("to")))
			return load_fault(l, one, "a copy has 'from' and 'to'");
		new = add(l, c);
		new->from = fields_add(l->formats->fields, from);
		if (new->from < 0)
			return load_fault(l, one, "too many fields");
		if (!load_targets(l, node_get(one, STR("to")), &new->to))
			return false;
	}
	if (map->type == NODE_LIST)
		return true;
	if (map->type != NODE_MAP)
		return load_fault(l, map, "'copy' is a map of fields to fields");
	for (size_t i = 0; i < map->n; i++) {
		struct copy *new = add(l, c);

		new->from = fields_add(l->formats->fields, map->keys[i].text);
		if (new->from < 0)
			return load_fault(l, &map->keys[i], "too many fields");
		if (!load_targets(l, &map->kids[i], &new->to))
			return false;
	}
	return true;
}

/* '{a} on {b}': texts and the fields between them. */
static bool
load_parts(struct load *l, const struct node *at, struct copy *new)
{
	struct str rest = node_text(at);

	if (!rest.p || str_chr(rest, '{') == STR_NPOS)
		return load_fault(l, at, "a text with {field} in it was expected here");
	new->parts = arena_zero(l->formats->a, (rest.n + 1) * sizeof(*new->parts));
	while (rest.n) {
		struct copy_part *part = &new->parts[new->n_parts++];
		size_t open = str_chr(rest, '{'), close;

		*part = (struct copy_part){str_sub(rest, 0, open), -1};
		if (open == STR_NPOS)
			return true;
		rest = str_from(rest, open + 1);
		close = str_chr(rest, '}');
		if (close == STR_NPOS || close == 0 ||
		    str_chr(str_sub(rest, 0, close), '{') != STR_NPOS)
			return load_fault(l, at, "'{' without a field and '}' behind it");
		part->field = fields_add(l->formats->fields, str_sub(rest, 0, close));
		if (part->field < 0)
			return load_fault(l, at, "too many fields");
		rest = str_from(rest, close + 1);
	}
	return true;
}

/* {to: '{a}-{b}'}, or a list of such texts, of which the first complete one is taken. */
static bool
load_compose(struct load *l, const struct node *map, struct constants *c)
{
	if (map->type != NODE_MAP)
		return load_fault(l, map, "'compose' is a map of fields to texts");
	for (size_t i = 0; i < map->n; i++)
		for (size_t k = 0; k < node_count(&map->kids[i]); k++) {
			struct copy *new = add(l, c);

			new->from = -1;
			if (!load_targets(l, &map->keys[i], &new->to) ||
			    !load_parts(l, node_at(&map->kids[i], k), new))
				return false;
		}
	return true;
}

bool
load_copies(struct load *l, const struct node *map, struct constants *c)
{
	const struct node *copy = node_get(map, STR("copy"));
	const struct node *compose = node_get(map, STR("compose"));

	return (!copy || load_copy(l, copy, c)) &&
	       (!compose || load_compose(l, compose, c));
}

void
copy_touch(const struct copy *c, bool *touched)
{
	if (c->from >= 0)
		touched[c->from] = true;
	for (size_t i = 0; i < c->n_parts; i++)
		if (c->parts[i].field >= 0)
			touched[c->parts[i].field] = true;
	for (size_t i = 0; i < c->to.n; i++)
		touched[c->to.v[i].field] = true;
}

/* --- for an event --- */

/* Absent unless all parts are there. */
static struct str
compose(const struct event *ev, const struct copy *c)
{
	struct str all = STR("");

	for (size_t i = 0; i < c->n_parts; i++) {
		struct str v = STR("");

		if (c->parts[i].field >= 0)
			v = event_value(ev, c->parts[i].field);
		if (!v.p)
			return STR_NONE;
		all = CAT(ev->a, all, c->parts[i].text, v);
	}
	return all;
}

/* A list to which copies are added. */
static bool
is_added(int field)
{
	return field >= F_REL_IP && field <= F_REL_HASH;
}

void
norm_copies(struct norm *n, const struct constants *c)
{
	bool timed = false;

	for (size_t i = 0; c && i < c->n_copies; i++) {
		const struct copy *one = &c->copies[i];
		const struct cell *cell = one->from >= 0 ? event_cell(&n->ev, one->from)
							 : NULL;
		struct str v = cell ? cell->v : STR_NONE;
		bool raw = cell && cell->raw;

		if (one->from < 0)
			v = compose(&n->ev, one);
		for (size_t k = 0; v.p && k < one->to.n; k++) {
			int field = one->to.v[k].field;

			/* the time is kept elsewhere: the first that is there holds */
			if (field == F_TIME
				? timed
				: !is_added(field) && event_cell(&n->ev, field) != NULL)
				continue;
			timed |= field == F_TIME;
			norm_put(n, &one->to.v[k], v, raw);
		}
	}
}
