/* Candidates by logsource, field and literal; then the conditions. */
#include <stdlib.h>

#include "engine.h"
#include "fold.h"
#include "literal.h"
#include "mem.h"

#define NEVER (UINT32_C(1) << 30) /* cost of what cannot be looked for */

/* Rules of a bucket that one field can call up. */
struct watch {
	int field;
	struct literals *literals;
	bool any_literal;
	uint32_t *present; /* rules that are tried when the field is there at all */
	size_t n_present, present_cap;
};

struct squad {
	struct watch *watches;
	size_t n, cap;
	uint32_t *always;
	size_t n_always, always_cap;
};

struct engine {
	struct views *views;
	struct atoms *atoms;
	struct sources *sources;
	const struct ruleset *rules;
	struct squad *squads; /* by bucket */
	size_t n_squads;
	uint64_t *tried; /* by rule: the last record it was called up for */
	uint32_t *called, *matched;
	size_t n_called;
	uint64_t at, count;
};

/* --- building --- */

static uint32_t
atom_cost(const struct atom *x)
{
	struct str literal;

	switch (x->op) {
	case ATOM_NULL:
		return NEVER;
	case ATOM_TEXT:
		literal = pattern_literal(&x->pat);
		if (literal.n == 0)
			return x->pat.kind == PATTERN_EXACT ? 400 : 1000;
		return (x->pat.kind == PATTERN_EXACT        ? 1
			   : x->pat.kind < PATTERN_CONTAINS ? 2
							    : 4) +
		       (literal.n < 4 && x->pat.kind >= PATTERN_CONTAINS ? 100 : 0);
	case ATOM_REGEX:
	case ATOM_CIDR:
	case ATOM_EXISTS:
	case ATOM_LT:
	case ATOM_LTE:
	case ATOM_GT:
	case ATOM_GTE:
	case ATOM_FIELD:
	case ATOM_TIME:
		break;
	}
	return 1000;
}

/* What it costs to watch for this expression: that of the cheapest branch of an AND,
 * of all branches of an OR together. */
static uint32_t
cost(const struct engine *en, const struct expr *x)
{
	uint32_t sum = 0, least = NEVER;

	switch (x->op) {
	case EXPR_FALSE:
		return 0;
	case EXPR_TRUE:
	case EXPR_NOT:
		return NEVER;
	case EXPR_ATOM:
		return atom_cost(atoms_at(en->atoms, x->atom));
	case EXPR_AND:
		for (size_t i = 0; i < x->n; i++) {
			uint32_t c = cost(en, x->kids[i]);

			least = c < least ? c : least;
		}
		return least;
	case EXPR_OR:
		for (size_t i = 0; i < x->n && sum < NEVER; i++)
			sum += cost(en, x->kids[i]);
		return sum < NEVER ? sum : NEVER;
	}
	return NEVER;
}

static struct watch *
watch_of(struct squad *s, int field)
{
	struct watch *w;

	for (size_t i = 0; i < s->n; i++)
		if (s->watches[i].field == field)
			return &s->watches[i];
	s->watches = mem_grow(s->watches, &s->cap, s->n + 1, sizeof(*w));
	w = &s->watches[s->n++];
	w->field = field;
	w->literals = literals_new();
	return w;
}

static void
watch_atom(struct engine *en, struct squad *s, uint32_t atom, uint32_t rule)
{
	const struct atom *x = atoms_at(en->atoms, atom);
	struct watch *w = watch_of(s, x->field);
	struct str literal = x->op == ATOM_TEXT ? pattern_literal(&x->pat) : STR("");

	if (literal.n) {
		enum pattern_kind kind = x->pat.kind == PATTERN_GLOB ? PATTERN_CONTAINS
								     : x->pat.kind;
		struct arena *a = arena_new();

		literals_add(
		    w->literals, kind, x->cased ? fold(a, literal) : literal, rule);
		arena_free(a);
		w->any_literal = true;
		return;
	}
	w->present = mem_grow(
	    w->present, &w->present_cap, w->n_present + 1, sizeof(uint32_t));
	w->present[w->n_present++] = rule;
}

static void
watch_expr(struct engine *en, struct squad *s, const struct expr *x, uint32_t rule)
{
	const struct expr *best = NULL;
	uint32_t least = NEVER;

	if (x->op == EXPR_ATOM)
		watch_atom(en, s, x->atom, rule);
	for (size_t i = 0; x->op == EXPR_OR && i < x->n; i++)
		watch_expr(en, s, x->kids[i], rule);
	for (size_t i = 0; x->op == EXPR_AND && i < x->n; i++) {
		uint32_t c = cost(en, x->kids[i]);

		if (c < least) {
			least = c;
			best = x->kids[i];
		}
	}
	if (best)
		watch_expr(en, s, best, rule);
}

static void
add_rule(struct engine *en, uint32_t number)
{
	const struct rule *r = ruleset_at(en->rules, number);
	struct squad *s;

	if (r->kind != SIGMA_RULE || r->bad)
		return;
	s = &en->squads[r->bucket];
	if (cost(en, r->cond) < NEVER) {
		watch_expr(en, s, r->cond, number);
		return;
	}
	s->always = mem_grow(
	    s->always, &s->always_cap, s->n_always + 1, sizeof(uint32_t));
	s->always[s->n_always++] = number;
}

struct engine *
engine_new(struct views *views, struct atoms *atoms, struct sources *sources,
    const struct ruleset *rules)
{
	struct engine *en = mem_new(1, sizeof(*en));
	size_t n = ruleset_count(rules);

	en->views = views;
	en->atoms = atoms;
	en->sources = sources;
	en->rules = rules;
	en->n_squads = sources_buckets(sources);
	en->squads = mem_new(en->n_squads + 1, sizeof(*en->squads));
	en->tried = mem_new(n + 1, sizeof(*en->tried));
	en->called = mem_new(n + 1, sizeof(*en->called));
	en->matched = mem_new(n + 1, sizeof(*en->matched));
	for (size_t i = 0; i < n; i++)
		add_rule(en, (uint32_t)i);
	for (size_t i = 0; i < en->n_squads; i++)
		for (size_t k = 0; k < en->squads[i].n; k++)
			literals_ready(en->squads[i].watches[k].literals);
	return en;
}

void
engine_free(struct engine *en)
{
	if (!en)
		return;
	for (size_t i = 0; i < en->n_squads; i++) {
		for (size_t k = 0; k < en->squads[i].n; k++) {
			literals_free(en->squads[i].watches[k].literals);
			mem_free(en->squads[i].watches[k].present);
		}
		mem_free(en->squads[i].watches);
		mem_free(en->squads[i].always);
	}
	mem_free(en->squads);
	mem_free(en->tried);
	mem_free(en->called);
	mem_free(en->matched);
	mem_free(en);
}

/* --- running --- */

static void
call(void *ctx, uint32_t rule)
{
	struct engine *en = ctx;

	if (en->tried[rule] == en->at)
		return;
	en->tried[rule] = en->at;
	en->called[en->n_called++] = rule;
}

static void
run_watch(struct engine *en, const struct watch *w)
{
	const struct view *v = views_get(en->views, w->field);

	if (!v->there)
		return;
	for (size_t i = 0; i < w->n_present; i++)
		call(en, w->present[i]);
	for (size_t i = 0; w->any_literal && i < v->n; i++)
		literals_find(w->literals, views_low(en->views, &v->v[i]), call, en);
}

static void
run_squad(struct engine *en, const struct squad *s)
{
	for (size_t i = 0; i < s->n_always; i++)
		call(en, s->always[i]);
	for (size_t i = 0; i < s->n; i++)
		run_watch(en, &s->watches[i]);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

size_t
engine_run(struct engine *en, struct rec *rec, const uint32_t **out)
{
	const uint32_t *buckets;
	size_t n, matched = 0;

	en->at++;
	en->n_called = 0;
	views_start(en->views, rec);
	atoms_start(en->atoms);
	n = sources_find(en->sources, &buckets);
	for (size_t i = 0; i < n; i++)
		run_squad(en, &en->squads[buckets[i]]);
	en->count += en->n_called;
	for (size_t i = 0; i < en->n_called; i++)
		if (atoms_hold(en->atoms, ruleset_at(en->rules, en->called[i])->cond))
			en->matched[matched++] = en->called[i];
	qsort(en->matched, matched, sizeof(*en->matched), by_number);
	*out = en->matched;
	return matched;
}

uint64_t
engine_tried(const struct engine *en)
{
	return en->count;
}
