#include "need.h"

#define NEVER    (UINT32_C(1) << 30) /* cost of what cannot be looked for */
#define USES_MAX 40
#define COMMON   50 /* times */

/*
 * How often a text will be there: short ones and those that many rules ask for are
 * what systems do all day.
 */
static uint32_t
text_cost(enum pattern_kind kind, size_t n)
{
	uint32_t base = kind == PATTERN_EXACT ? 8 : kind < PATTERN_CONTAINS ? 10 : 12;

	if (n < 4)
		return kind >= PATTERN_CONTAINS ? 4000 : 80;
	return n < 6 ? base * 3 : n < 10 ? base * 2 : base;
}

static uint32_t
regex_cost(const struct atom *x)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < x->hints->n; i++)
		sum += text_cost(PATTERN_CONTAINS, x->hints->v[i].n) * 8;
	return sum ? sum : 100000;
}

/* What holds for the record in hand, an example of those to come, is nothing rare. */
static uint32_t
text_atom_cost(struct atoms *atoms, uint32_t id)
{
	const struct atom *x = atoms_at(atoms, id);
	struct str literal = pattern_literal(&x->pat);
	uint32_t c;

	if (literal.n == 0)
		return x->pat.kind == PATTERN_EXACT ? 40000 : 100000;
	c = text_cost(x->pat.kind, literal.n) *
	    (4 + (x->uses < USES_MAX ? x->uses : USES_MAX));
	return x->field != VIEWS_ALL && atoms_true(atoms, id) ? c * COMMON : c;
}

static uint32_t
atom_cost(struct atoms *atoms, uint32_t id)
{
	const struct atom *x = atoms_at(atoms, id);

	switch (x->op) {
	case ATOM_NULL:
		return NEVER;
	case ATOM_TEXT:
		return text_atom_cost(atoms, id);
	case ATOM_REGEX:
		return regex_cost(x);
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
	return 100000;
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

bool
need_atoms(struct atoms *atoms, const struct expr *x,
    void (*each)(void *ctx, uint32_t atom), void *ctx)
{
	const struct expr *best = NULL;
	uint32_t least = NEVER;

	if (cost(atoms, x) == NEVER)
		return false;
	if (x->op == EXPR_ATOM)
		each(ctx, x->atom);
	for (size_t i = 0; x->op == EXPR_OR && i < x->n; i++)
		need_atoms(atoms, x->kids[i], each, ctx);
	for (size_t i = 0; x->op == EXPR_AND && i < x->n; i++) {
		uint32_t c = cost(atoms, x->kids[i]);

		if (c < least) {
			least = c;
			best = x->kids[i];
		}
	}
	if (best)
		need_atoms(atoms, best, each, ctx);
	return true;
}
