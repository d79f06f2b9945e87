/* The step that makes members of a list of objects that are name and value. */
#include "decode.h"
#include "json.h"

#define PAIRS 512 /* most of one list */

struct named {
	struct str name;
	struct str *values; /* members that may hold it: the first that is there */
	size_t n_values;
	struct str as; /* goes before names in the map and below the prefix; or absent */
	bool lower;
};

static bool
load_named(struct load *l, const struct node *body, struct step *s)
{
	struct named *p = arena_zero(l->formats->a, sizeof(*p));
	const struct node *values = node_get(body, STR("value"));

	s->own = p;
	p->name = node_text(node_get(body, STR("name")));
	p->as = node_text(node_get(body, STR("as")));
	p->lower = node_true(node_get(body, STR("lower")));
	if (s->of < 0 || !p->name.n || !values)
		return load_fault(
		    l, body, "pairs are 'of' a field and have a 'name' and a 'value'");
	return load_texts(l, values, &p->values, &p->n_values);
}

/* Null, empty texts and empty lists are no values. */
static struct str
value_of(struct arena *a, const struct named *p, struct str object)
{
	for (size_t i = 0; i < p->n_values; i++) {
		struct str v = json_get(a, object, p->values[i]);

		if (v.n > 2 || json_type(v) == JSON_NUM)
			return str_eq(v, STR("null")) ? STR_NONE : v;
	}
	return STR_NONE;
}

static void
add_named(struct norm *n, const struct named *p, struct str object)
{
	struct arena *a = n->ev.a;
	struct str name, value, quoted;
	bool raw;

	if (json_type(object) != JSON_MAP)
		return;
	name = json_text(a, json_get(a, object, p->name));
	value = value_of(a, p, object);
	if (!name.n || !value.p)
		return;
	if (p->lower)
		convert(a, CONVERT_LOWER, name, &name, &raw);
	if (p->as.n)
		name = CAT(a, p->as, STR("."), name);
	quoted = json_quote(a, name);
	leaves_add(&n->leaves, name, str_sub(quoted, 1, quoted.n - 2), value);
}

/* `text` is absent: the field holds a list. */
static void
run_named(struct norm *n, const struct format *f, const struct step *s, struct str text)
{
	struct str list = event_get(&n->ev, s->of), v;
	size_t at = 0, count = 0;

	if (text.p || json_type(list) != JSON_LIST)
		return;
	leaves_start(&n->leaves);
	while (count++ < PAIRS && json_next(list, &at, NULL, &v))
		add_named(n, s->own, v);
	norm_take(n, f, s->under.n ? s->under : f->name);
}

static const char *const named_keys[] = {
    "of", "under", "name", "value", "as", "lower", NULL};
const struct step_kind step_pairs = {"pairs", named_keys, load_named, run_named, NULL};
