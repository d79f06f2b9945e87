/* Lookups: constants by the values of fields. */
#include "format.h"
#include "map.h"
#include "norm.h"

/* --- from the file --- */

bool
load_group(struct load *l, const struct node *is, struct constants *c)
{
	for (size_t i = 0; i < node_count(is); i++) {
		const struct node *name = node_at(is, i);
		const struct node *group = load_nearest(
		    l, STR("groups"), node_text(name));

		if (!group)
			return load_fault(
			    l, name, "no group '" STR_FMT "'", STR_ARG(node_text(name)));
		if (!load_constants(l, group, c))
			return false;
	}
	return true;
}

/* A row is a map of constants, the name of a group, or a list of both. */
static bool
load_row(struct load *l, const struct node *row, struct constants **c)
{
	*c = arena_zero(l->formats->a, sizeof(**c));
	for (size_t i = 0; i < node_count(row); i++) {
		const struct node *one = node_at(row, i);

		if (one->type == NODE_MAP ? !load_constants(l, one, *c)
					  : !load_group(l, one, *c))
			return false;
	}
	return true;
}

/* Longest first, in the order of the file if equally long. */
static void
add_glob(struct lookup *lk, struct str glob, const struct constants *row)
{
	size_t i = lk->n_globs++;

	for (; i > 0 && lk->globs[i - 1].glob.n < glob.n; i--)
		lk->globs[i] = lk->globs[i - 1];
	lk->globs[i] = (struct glob_row){glob, row};
}

static bool
load_table(struct load *l, const struct node *table, struct lookup *lk)
{
	struct constants *c;

	lk->rows = map_new();
	if (!table)
		return true;
	if (table->type != NODE_MAP)
		return load_fault(l, table, "'table' is a map of values");
	lk->globs = arena_zero(l->formats->a, table->n * sizeof(*lk->globs));
	for (size_t i = 0; i < table->n; i++) {
		struct str key = table->keys[i].text;

		if (!load_row(l, &table->kids[i], &c))
			return false;
		if (str_chr(key, '*') != STR_NPOS)
			add_glob(lk, key, c);
		else
			*map_put(lk->rows, key) = c;
	}
	return true;
}

static bool
load_from(
    struct load *l, const struct node *node, const struct node *from, struct lookup *lk)
{
	struct str *names;

	if (!from)
		return load_fault(
		    l, node, "a lookup has a field 'from', or a list of such");
	if (!load_texts(l, from, &names, &lk->n_from))
		return false;
	if (lk->n_from == 0 || lk->n_from > LOOKUP_FROM)
		return load_fault(l, from, "'from' names one to %d fields", LOOKUP_FROM);
	for (size_t i = 0; i < lk->n_from; i++) {
		lk->from[i] = fields_add(l->formats->fields, names[i]);
		if (lk->from[i] < 0)
			return load_fault(l, from, "too many fields");
	}
	return true;
}

static bool
load_lookup(struct load *l, const struct node *node, struct lookup *lk)
{
	static const char *const known[] = {
	    "from", "table", "scale", "any", "absent", NULL};
	const struct node *other;

	if (!load_known(l, node, known) ||
	    !load_from(l, node, node_get(node, STR("from")), lk) ||
	    !load_table(l, node_get(node, STR("table")), lk) ||
	    !load_scale(l, node_get(node, STR("scale")), lk))
		return false;
	other = node_get(node, STR("any"));
	if (other && !load_row(l, other, &lk->any))
		return false;
	other = node_get(node, STR("absent"));
	return !other || load_row(l, other, &lk->absent);
}

bool
load_lookups(struct load *l, const struct node *lookups)
{
	struct format *f = l->format;
	size_t n = node_count(lookups), had = f->n_lookups;
	struct lookup *v = arena_zero(l->formats->a, (had + n) * sizeof(*v));

	if (had)
		memcpy(v, f->lookups, had * sizeof(*v));
	f->lookups = v;
	for (size_t i = 0; i < n; i++) {
		f->n_lookups++;
		if (!load_lookup(l, node_at(lookups, i), &v[had + i]))
			return false;
	}
	return true;
}

/* --- for an event --- */

/* The values with a slash between them; absent when there is none of them. */
static struct str
key_of(const struct event *ev, const struct lookup *lk)
{
	struct str key = event_value(ev, lk->from[0]);
	bool there = key.p;

	for (size_t i = 1; i < lk->n_from; i++) {
		struct str v = event_value(ev, lk->from[i]);

		there |= v.p != NULL;
		key = CAT(ev->a, key, STR("/"), v);
	}
	return there ? key : STR_NONE;
}

const struct constants *
lookup_row(const struct event *ev, const struct lookup *lk)
{
	struct str key = key_of(ev, lk);
	const struct constants *row;

	if (!key.p)
		return lk->absent;
	row = map_get(lk->rows, key);
	for (size_t i = 0; !row && i < lk->n_globs; i++)
		if (str_glob(lk->globs[i].glob, key))
			row = lk->globs[i].row;
	return row ? row : lk->any;
}
