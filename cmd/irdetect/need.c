#include "need.h"

#define NEVER    (UINT32_C(1) << 30) /* cost of what cannot be looked for */
#define UNKNOWN  100000              /* ... and of what may hold for any record */
#define USES_MAX 40
#define COMMON   50 /* times dearer is what holds for the record in hand, an example */

static bool
is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/*
 * How often a text will be there: short ones, numbers and those that many rules ask for
 * are what systems do all day.
 */
static uint32_t
text_cost(enum pattern_kind kind, struct str s)
{
	uint32_t base = kind == PATTERN_EXACT ? 8 : kind < PATTERN_CONTAINS ? 10 : 12;

	if (s.n < 4)
		return kind >= PATTERN_CONTAINS ? 4000 : 80;
	if (kind == PATTERN_EXACT)
		return is_number(s) ? 60 : s.n < 6 ? base * 3 : base;
	return s.n < 6 ? base * 3 : s.n < 10 ? base * 2 : base;
}

static uint32_t
pattern_cost(struct atoms *atoms, uint32_t id)
{
	const struct atom *x = atoms_at(atoms, id);
	struct str literal = pattern_literal(&x->pat);
	uint32_t c;

	if (literal.n == 0)
		return x->pat.kind == PATTERN_EXACT ? 40000 : UNKNOWN;
	c = text_cost(x->pat.kind, literal) *
	    (4 + (x->uses < USES_MAX ? x->uses : USES_MAX));
	return x->field != VIEWS_ALL && atoms_true(atoms, id) ? c * COMMON : c;
}

/* Is one of the hints in the record in hand? */
static bool
is_hinted(struct atoms *atoms, const struct atom *x)
{
	const struct view *v = views_get(atoms_views(atoms), x->field);

	for (size_t i = 0; i < v->n; i++)
		for (size_t k = 0; k < x->hints->n; k++)
			if (str_find(views_low(atoms_views(atoms), &v->v[i]),
				x->hints->v[k]) != STR_NPOS)
				return true;
	return false;
}

static uint32_t
regex_cost(struct atoms *atoms, const struct atom *x)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < x->hints->n; i++)
		sum += text_cost(PATTERN_CONTAINS, x->hints->v[i]) * 8;
	if (sum && x->field != VIEWS_ALL && is_hinted(atoms, x))
		sum *= COMMON;
	return sum && sum < UNKNOWN ? sum : UNKNOWN;
}

static uint32_t
atom_cost(struct atoms *atoms, uint32_t id)
{
	const struct atom *x = atoms_at(atoms, id);

	switch (x->op) {
	case ATOM_NULL:
		return NEVER;
	case ATOM_TEXT:
		return pattern_cost(atoms, id);
	case ATOM_REGEX:
		return regex_cost(atoms, x);
	case ATOM_CIDR:
	case ATOM_EXISTS:
	case ATOM_LT:
	case ATOM_LTE:
	case ATOM_GT:
	case ATOM_GTE:
	case ATOM_FIELD:
	case ATOM_TIME:
	case ATOM_STIX:
		break;
	}
	return UNKNOWN;
}

/* What it costs to watch for this expression. */
static uint32_t
cost(struct atoms *atoms, const struct expr *x)
{
	uint32_t sum = 0, least = NEVER, c;

	switch (x->op) {
	case EXPR_FALSE:
		return 0;
	case EXPR_TRUE:
	case EXPR_NOT:
		return NEVER;
	case EXPR_ATOM:
		return atom_cost(atoms, x->atom);
	case EXPR_AND:
		for (size_t i = 0; i < x->n; i++) {
			c = cost(atoms, x->kids[i]);
			least = c < least ? c : least;
		}
		return least;
	case EXPR_OR:
		for (size_t i = 0; i < x->n; i++) {
			c = cost(atoms, x->kids[i]);
			if (c == NEVER)
				return NEVER;
			sum = sum + c < NEVER ? sum + c : NEVER - 1;
		}
		return sum;
	}
	return NEVER;
}

/* The cheapest part of an AND; NULL: all of them have to be worked out. */
static const struct expr *
cheapest(struct atoms *atoms, const struct expr *x)
{
	const struct expr *best = NULL;
	uint32_t least = NEVER;

	for (size_t i = 0; i < x->n; i++) {
		uint32_t c = cost(atoms, x->kids[i]);

		if (c < least) {
			least = c;
			best = x->kids[i];
		}
	}
	return best;
}

/* Of what can be looked for. */
static void
each_atom(struct atoms *atoms, const struct expr *x,
    void (*each)(void *ctx, uint32_t atom), void *ctx)
{
	while (x && x->op == EXPR_AND)
		x = cheapest(atoms, x);
	if (x && x->op == EXPR_ATOM)
		each(ctx, x->atom);
	for (size_t i = 0; x && x->op == EXPR_OR && i < x->n; i++)
		each_atom(atoms, x->kids[i], each, ctx);
}

bool
need_atoms(struct atoms *atoms, const struct expr *x,
    void (*each)(void *ctx, uint32_t atom), void *ctx)
{
	while (x && x->op == EXPR_AND)
		x = cheapest(atoms, x);
	if (!x || cost(atoms, x) == NEVER)
		return false;
	each_atom(atoms, x, each, ctx);
	return true;
}
