#include "need.h"

#define NEVER (UINT32_C(1) << 30) /* cost of what cannot be looked for */

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

/* What it costs to watch for this expression. */
static uint32_t
cost(const struct atoms *atoms, const struct expr *x)
{
	uint32_t sum = 0, least = NEVER;

	switch (x->op) {
	case EXPR_FALSE:
		return 0;
	case EXPR_TRUE:
	case EXPR_NOT:
		return NEVER;
	case EXPR_ATOM:
		return atom_cost(atoms_at(atoms, x->atom));
	case EXPR_AND:
		for (size_t i = 0; i < x->n; i++) {
			uint32_t c = cost(atoms, x->kids[i]);

			least = c < least ? c : least;
		}
		return least;
	case EXPR_OR:
		for (size_t i = 0; i < x->n && sum < NEVER; i++)
			sum += cost(atoms, x->kids[i]);
		return sum < NEVER ? sum : NEVER;
	}
	return NEVER;
}

bool
need_atoms(const struct atoms *atoms, const struct expr *x,
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
