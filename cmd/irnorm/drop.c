/* The step that takes back what says nothing: placeholders, and what equals another. */
#include "decode.h"

struct drop {
	int field;
	int equal;          /* another field, or -1 */
	struct str *values; /* globs */
	size_t n;
};

struct drops {
	struct drop *v;
	size_t n;
};

static bool
load_one(struct load *l, const struct node *name, const struct node *what, bool equal,
    struct drop *d)
{
	d->field = fields_add(l->formats->fields, name->text);
	d->equal = -1;
	if (d->field < 0)
		return load_fault(l, name, "too many fields");
	if (!equal)
		return load_texts(l, what, &d->values, &d->n);
	if (!node_text(what).n)
		return load_fault(l, what, "the name of a field was expected here");
	d->equal = fields_add(l->formats->fields, node_text(what));
	return d->equal >= 0 || load_fault(l, what, "too many fields");
}

static bool
load_drop(struct load *l, const struct node *body, struct step *s)
{
	const struct node *equal = node_get(body, STR("equal"));
	const struct node *is = node_get(body, STR("is"));
	struct drops *all = arena_zero(l->formats->a, sizeof(*all));
	const struct node *maps[] = {equal, is};

	s->own = all;
	for (size_t k = 0; k < 2; k++)
		if (maps[k] && maps[k]->type != NODE_MAP)
			return load_fault(
			    l, maps[k], "a map of fields was expected here");
	all->v = arena_zero(
	    l->formats->a, ((equal ? equal->n : 0) + (is ? is->n : 0)) * sizeof(*all->v));
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; maps[k] && i < maps[k]->n; i++)
			if (!load_one(l, &maps[k]->keys[i], &maps[k]->kids[i], k == 0,
				&all->v[all->n++]))
				return false;
	return true;
}

static bool
is_nothing(const struct norm *n, const struct drop *d, struct str v)
{
	if (d->equal >= 0)
		return str_eq(v, event_value(&n->ev, d->equal));
	for (size_t i = 0; i < d->n; i++)
		if (str_glob(d->values[i], v))
			return true;
	return false;
}

static void
run_drop(struct norm *n, const struct format *f, const struct step *s, struct str text)
{
	const struct drops *all = s->own;

	(void)f;
	(void)text;
	for (size_t i = 0; i < all->n; i++) {
		struct str v = event_value(&n->ev, all->v[i].field);

		if (v.p && is_nothing(n, &all->v[i], v))
			event_unset(&n->ev, all->v[i].field);
	}
}

static const char *const drop_keys[] = {"equal", "is", NULL};
const struct step_kind step_drop = {"drop", drop_keys, load_drop, run_drop, NULL};
