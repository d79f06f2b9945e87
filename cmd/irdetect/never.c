/* Conditions that nothing can fulfil. */
#include "never.h"

#define FACTS_MAX 64

/* Tests that must hold, and that must not, all at once. */
struct facts {
	uint32_t yes[FACTS_MAX], no[FACTS_MAX];
	size_t n_yes, n_no;
};

static void
gather(const struct expr *x, bool yes, struct facts *f)
{
	if (x->op == EXPR_ATOM && yes && f->n_yes < FACTS_MAX)
		f->yes[f->n_yes++] = x->atom;
	else if (x->op == EXPR_ATOM && !yes && f->n_no < FACTS_MAX)
		f->no[f->n_no++] = x->atom;
	else if (x->op == EXPR_NOT)
		gather(x->kids[0], !yes, f);
	else if (x->op == (yes ? EXPR_AND : EXPR_OR))
		for (size_t i = 0; i < x->n; i++)
			gather(x->kids[i], yes, f);
}

static bool
is_exact(const struct atom *x)
{
	return x->op == ATOM_TEXT && x->pat.kind == PATTERN_EXACT;
}

/* Can one value be both: "a" and "b", above 5 and below 3? */
static bool
excludes(const struct atom *a, const struct atom *b)
{
	bool above = a->op == ATOM_GT || a->op == ATOM_GTE;
	bool below = b->op == ATOM_LT || b->op == ATOM_LTE;

	if (a->field != b->field || a->field == VIEWS_ALL)
		return false;
	if (a->op == ATOM_NULL)
		return b->op != ATOM_NULL && b->op != ATOM_EXISTS &&
		       !(b->op == ATOM_TEXT && pattern_match(&b->pat, STR("")));
	if (is_exact(a) && b->op == ATOM_TEXT && a->cased == b->cased)
		return !pattern_match(&b->pat, a->pat.text);
	return above && below &&
	       (a->num > b->num ||
		   (a->num == b->num && (a->op == ATOM_GT || b->op == ATOM_LT)));
}

/* Does `yes` mean that `no`, which must not hold, holds as well? */
static bool
implies(const struct atom *yes, const struct atom *no)
{
	if (yes->field != no->field || yes->field == VIEWS_ALL)
		return false;
	if (no->op == ATOM_EXISTS)
		return yes->op != ATOM_NULL;
	return is_exact(yes) && no->op == ATOM_TEXT && yes->cased == no->cased &&
	       pattern_match(&no->pat, yes->pat.text);
}

static bool
is_impossible(const struct atoms *atoms, const struct expr *x, unsigned depth)
{
	struct facts f = {.n_yes = 0};
	bool any = x->op == EXPR_FALSE;

	if (depth > CONDITION_DEPTH)
		return false;
	if (x->op == EXPR_OR) {
		for (size_t i = 0; i < x->n; i++)
			if (!is_impossible(atoms, x->kids[i], depth + 1))
				return false;
		return x->n > 0;
	}
	gather(x, true, &f);
	for (size_t i = 0; i < f.n_yes && !any; i++) {
		for (size_t k = 0; k < f.n_no && !any; k++)
			any = f.yes[i] == f.no[k] || implies(atoms_at(atoms, f.yes[i]),
							 atoms_at(atoms, f.no[k]));
		for (size_t k = 0; k < f.n_yes && !any; k++)
			any = excludes(
			    atoms_at(atoms, f.yes[i]), atoms_at(atoms, f.yes[k]));
	}
	for (size_t i = 0; x->op == EXPR_AND && i < x->n && !any; i++)
		any = is_impossible(atoms, x->kids[i], depth + 1);
	return any;
}

bool
never_holds(const struct atoms *atoms, const struct expr *x)
{
	return is_impossible(atoms, x, 0);
}
