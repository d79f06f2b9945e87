#include "traverse.h"

#define VISITS 5000
#define DEPTH  32
#define ROUNDS 10 /* of a while: nothing is done, so its condition seldom changes */

static int
holds(const struct stix *t, const struct stix_obs *o, const struct stix_source *src)
{
	int all = 1, any = 0;

	switch (o->what) {
	case STIX_SEEN:
		return stix_leaf_holds(t->leaf[o->leaf], src);
	case STIX_ALL:
	case STIX_EITHER:
		for (size_t i = 0; i < o->n; i++) {
			int one = holds(t, o->kids[i], src);

			all &= one == 1;
			any |= one == 1;
		}
		return o->what == STIX_ALL ? all : any;
	case STIX_FOLLOWED:
	case STIX_WITHIN:
	case STIX_REPEATS:
	case STIX_DURING:
		return -1;
	}
	return -1;
}

int
traverse_holds(struct facts *f, struct str condition, struct str *why)
{
	struct stix_source src = facts_source(f);
	struct err e = {0};
	struct stix *t = stix_parse(condition, true, &e);
	int yes;

	if (!t) {
		*why = CAT(f->a, STR("no STIX pattern: "), condition);
		return -1;
	}
	yes = holds(t, t->root, &src);
	stix_free(t);
	*why = CAT(f->a, condition,
	    yes == 1   ? STR(": yes")
	    : yes == 0 ? STR(": no")
		       : STR(": cannot be told from an incident"));
	return yes;
}

static void
say(struct traverse *w, const struct playbook_step *s, const char *way, struct str why)
{
	if (w->trace)
		w->trace(w->ctx, s, way, why);
}

static bool chain(struct traverse *, int from);

static bool
branch(struct traverse *w, const struct playbook_step *s)
{
	struct str text = node_text(node_get(s->node, STR("condition"))), why = STR_NONE;
	int yes = text.p ? traverse_holds(w->facts, text, &why) : -1;

	say(w, s, yes == 1 ? "on_true" : "on_false", why);
	return chain(w, playbook_next(s, yes == 1 ? WAY_TRUE : WAY_FALSE));
}

static bool
repeat(struct traverse *w, const struct playbook_step *s)
{
	struct str text = node_text(node_get(s->node, STR("condition"))), why = STR_NONE;

	for (int i = 0; i < ROUNDS; i++) {
		int yes = text.p ? traverse_holds(w->facts, text, &why) : -1;

		say(w, s, yes == 1 ? "on_true" : "on_completion", why);
		if (yes != 1)
			return true;
		if (!chain(w, playbook_next(s, WAY_TRUE)))
			return false;
		if (i == 0) {
			say(w, s, "on_completion",
			    STR("one round stands for all: nothing is changed"));
			return true;
		}
	}
	return true;
}

static bool
one_case(struct traverse *w, const struct playbook_step *s)
{
	struct str over = node_text(node_get(s->node, STR("switch"))), name, v = over;
	const struct playbook_edge *hit = NULL, *rest = NULL;
	size_t at = 0;
	bool valued;

	if (over.p && playbook_names(over, &at, &name, &valued))
		v = facts_value(w->facts, str_sub(name, 2, name.n - 4));
	for (size_t i = 0; i < s->n; i++) {
		if (s->edge[i].way != WAY_CASE)
			continue;
		if (v.p && str_eq(s->edge[i].label, v))
			hit = &s->edge[i];
		if (str_eq(s->edge[i].label, STR("default")))
			rest = &s->edge[i];
	}
	if (!hit)
		hit = rest;
	say(w, s, "case",
	    CAT(w->facts->a, over, STR(" is "), v.p ? v : STR("not known"), STR(": "),
		hit ? hit->label : STR("no case")));
	return !hit || chain(w, hit->step);
}

static bool
at_once(struct traverse *w, const struct playbook_step *s)
{
	bool ok = true;

	for (size_t i = 0; i < s->n && ok; i++)
		if (s->edge[i].way == WAY_NEXT) {
			say(w, s, "next_steps", STR("at once"));
			ok = chain(w, s->edge[i].step);
		}
	return ok;
}

static bool
inside(struct traverse *w, const struct playbook_step *s)
{
	switch (s->type) {
	case PLAYBOOK_ACTION:
	case PLAYBOOK_CALL:
		w->act(w->ctx, s);
		return true;
	case PLAYBOOK_IF:
		return branch(w, s);
	case PLAYBOOK_WHILE:
		return repeat(w, s);
	case PLAYBOOK_SWITCH:
		return one_case(w, s);
	case PLAYBOOK_PARALLEL:
		return at_once(w, s);
	case PLAYBOOK_START:
	case PLAYBOOK_END:
	case PLAYBOOK_UNKNOWN:
		return true;
	}
	return true;
}

static bool
chain(struct traverse *w, int from)
{
	bool ok = ++w->depth <= DEPTH;

	while (ok && from >= 0) {
		const struct playbook_step *s = &w->p->step[from];

		if (++w->visits > VISITS) {
			ok = false;
			break;
		}
		ok = inside(w, s);
		if (s->type == PLAYBOOK_END || s->type == PLAYBOOK_UNKNOWN)
			break;
		from = playbook_next(s, WAY_COMPLETION);
		if (from < 0)
			from = playbook_next(s, WAY_SUCCESS);
	}
	w->depth--;
	return ok;
}

bool
traverse_all(struct traverse *w)
{
	w->visits = w->depth = 0;
	return chain(w, w->p->start);
}
