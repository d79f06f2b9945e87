#include "decode.h"
#include "opt.h"

static const struct step_kind *const kinds[] = {
    &step_csv,
    &step_drop,
    &step_json,
    &step_kv,
    &step_pairs,
    &step_pattern,
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* --- from the file --- */

static const struct step_kind *
find_kind(struct load *l, const struct node *name)
{
	const char *names[KINDS], *near;

	for (size_t i = 0; i < KINDS; i++) {
		names[i] = kinds[i]->name;
		if (str_eq(name->text, str_of(names[i])))
			return kinds[i];
	}
	near = opt_nearest(name->text, names, KINDS);
	load_fault(l, name, "no decode step '" STR_FMT "'%s%s%s",
	    STR_ARG(str_sub(name->text, 0, 40)), near ? "; did you mean '" : "",
	    near ? near : "", near ? "'?" : "");
	return NULL;
}

static bool
load_under(struct load *l, const struct node *body, struct step *s)
{
	const struct node *under = node_get(body, STR("under"));

	s->under = l->format->under.n ? l->format->under : l->format->name;
	if (under)
		s->under = node_text(under);
	return !under || under->type == NODE_NULL || s->under.n > 0 ||
	       load_fault(l, under, "'under' is a prefix, or null");
}

/* {field: globs} */
static bool
load_when(struct load *l, const struct node *when, struct step *s)
{
	s->when = -1;
	if (!when)
		return true;
	if (when->type != NODE_MAP || when->n != 1)
		return load_fault(l, when, "'when' is a field and its values");
	s->when = fields_add(l->formats->fields, when->keys[0].text);
	return load_texts(l, &when->kids[0], &s->values, &s->n_values) &&
	       (s->when >= 0 || load_fault(l, when, "too many fields"));
}

static bool
load_step(struct load *l, const struct node *node, struct step *s)
{
	const struct node *body, *of, *when = node_get(node, STR("when"));
	size_t kind = when && node->n == 2 && when == &node->kids[0];

	if (node->type != NODE_MAP || node->n != (when ? 2 : 1))
		return load_fault(l, node, "a step is a map of one kind: {kv: {...}}");
	body = &node->kids[kind];
	if (!load_when(l, when, s))
		return false;
	s->kind = find_kind(l, &node->keys[kind]);
	if (!s->kind || !load_known(l, body, s->kind->keys))
		return false;
	of = node_get(body, STR("of"));
	s->of = -1;
	if (of && !node_text(of).n)
		return load_fault(l, of, "'of' is the name of a field");
	if (of && (s->of = fields_add(l->formats->fields, node_text(of))) < 0)
		return load_fault(l, of, "too many fields");
	return load_under(l, body, s) && (!s->kind->load || s->kind->load(l, body, s));
}

bool
decode_load(struct load *l, const struct node *list, struct steps *steps)
{
	steps->n = node_count(list);
	steps->v = arena_zero(l->formats->a, steps->n * sizeof(*steps->v));
	for (size_t i = 0; i < steps->n; i++)
		if (!load_step(l, node_at(list, i), &steps->v[i]))
			return false;
	return true;
}

/* A field below the prefix may come out of the text. */
static void
touch_under(const struct fields *fields, struct str under, bool *touched)
{
	for (size_t i = 0; under.n && i < fields_count(fields); i++) {
		struct str name = fields_get(fields, (int)i)->name;

		if (str_starts(name, under) && name.n > under.n && name.p[under.n] == '.')
			touched[i] = true;
	}
}

void
decode_touch(const struct fields *fields, const struct steps *steps, bool *touched)
{
	for (size_t i = 0; i < steps->n; i++) {
		touch_under(fields, steps->v[i].under, touched);
		if (steps->v[i].kind->touch)
			steps->v[i].kind->touch(&steps->v[i], touched);
	}
}

/* --- at work --- */

static bool
is_wanted(const struct norm *n, const struct step *s)
{
	struct str v = s->when < 0 ? STR_NONE : event_value(&n->ev, s->when);

	for (size_t i = 0; v.p && i < s->n_values; i++)
		if (str_glob(s->values[i], v))
			return true;
	return s->when < 0;
}

void
decode_run(
    struct norm *n, const struct format *f, const struct steps *steps, struct str text)
{
	n->ev.again = true;
	for (size_t i = 0; i < steps->n; i++) {
		const struct step *s = &steps->v[i];
		struct str of = s->of < 0 ? text : event_value(&n->ev, s->of);

		if (!is_wanted(n, s))
			continue;
		norm_trace(n, "decode\t%s\t%zu bytes\n", s->kind->name, of.n);
		s->kind->run(n, f, s, of);
	}
	n->ev.again = false;
}
