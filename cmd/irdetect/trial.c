#include "mem.h"
#include "trial.h"

#define PARTS_MAX 8192 /* of a rule */
#define SORT_MAX  64   /* that are put in order for a start */
#define PRICE_MAX 10000
#define ASKED_MAX (1u << 20)

/*
 * A part of a condition; its kids are in the order in which they are asked: those first
 * that decide often for what they cost.
 */
struct part {
	const struct expr *of;
	struct part *kids; /* NULL: asked as a whole */
	uint32_t price;
	uint32_t asked, decided; /* at least 1 */
};

struct trials {
	struct arena *a;
	struct atoms *atoms;
	struct part *parts; /* by rule; `of` is NULL: not asked yet */
	size_t left;        /* parts that may be made of the rule in hand */
};

struct trials *
trials_new(struct atoms *atoms, size_t rules)
{
	struct trials *ts = mem_new(1, sizeof(*ts));

	ts->a = arena_new();
	ts->atoms = atoms;
	ts->parts = mem_new(rules + 1, sizeof(*ts->parts));
	return ts;
}

void
trials_free(struct trials *ts)
{
	if (!ts)
		return;
	mem_free(ts->parts);
	arena_free(ts->a);
	mem_free(ts);
}

/* What it costs to work out a test, in comparisons of short texts. */
static uint32_t
price_of(const struct atom *x)
{
	if (x->field == VIEWS_ALL)
		return 100;
	switch (x->op) {
	case ATOM_REGEX:
	case ATOM_STIX:
		return 20;
	case ATOM_FIELD:
	case ATOM_TIME:
	case ATOM_CIDR:
		return 3;
	case ATOM_TEXT:
		return x->pat.kind >= PATTERN_CONTAINS ? 2 : 1;
	case ATOM_NULL:
	case ATOM_EXISTS:
	case ATOM_LT:
	case ATOM_LTE:
	case ATOM_GT:
	case ATOM_GTE:
		break;
	}
	return 1;
}

static bool
is_before(const struct part *a, const struct part *b)
{
	return (uint64_t)a->decided * b->asked * b->price >
	       (uint64_t)b->decided * a->asked * a->price;
}

/* For a start, what is cheap; equals as they stand. */
static void
sort(struct part *v, size_t n)
{
	for (size_t i = 1; i < n && n <= SORT_MAX; i++) {
		struct part p = v[i];
		size_t k = i;

		for (; k > 0 && is_before(&p, &v[k - 1]); k--)
			v[k] = v[k - 1];
		v[k] = p;
	}
}

/* As deep as the condition, whose depth its parser bounds. */
static void
fill(struct trials *ts, struct part *p, const struct expr *x)
{
	*p = (struct part){.of = x, .price = 1, .asked = 2, .decided = 1};
	if (x->op == EXPR_ATOM)
		p->price = price_of(atoms_at(ts->atoms, x->atom));
	else if (x->many)
		p->price = x->n < PRICE_MAX ? (uint32_t)x->n : PRICE_MAX;
	if (x->n == 0 || x->many || x->n > ts->left)
		return;
	ts->left -= x->n;
	p->kids = arena_alloc(ts->a, x->n * sizeof(*p->kids));
	for (size_t i = 0; i < x->n; i++) {
		fill(ts, &p->kids[i], x->kids[i]);
		p->price += p->kids[i].price;
	}
	p->price = p->price < PRICE_MAX ? p->price : PRICE_MAX;
	sort(p->kids, x->n);
}

/* The kid at `i` was asked, and decided or did not. */
static void
learn(struct part *kids, size_t i, bool decided)
{
	struct part *p = &kids[i], keep;

	p->decided += decided;
	if (++p->asked == ASKED_MAX) {
		p->asked /= 2;
		p->decided = p->decided / 2 + 1;
	}
	if (!decided || i == 0 || !is_before(p, p - 1))
		return;
	keep = p[-1];
	p[-1] = *p;
	*p = keep;
}

static bool
holds(struct atoms *atoms, struct part *p)
{
	const struct expr *x = p->of;

	if (!p->kids && x->n)
		return atoms_hold(atoms, x);
	switch (x->op) {
	case EXPR_FALSE:
	case EXPR_TRUE:
		return x->op == EXPR_TRUE;
	case EXPR_ATOM:
		return atoms_true(atoms, x->atom);
	case EXPR_NOT:
		return !holds(atoms, &p->kids[0]);
	case EXPR_AND:
	case EXPR_OR:
		for (size_t i = 0; i < x->n; i++) {
			bool decides = holds(atoms, &p->kids[i]) != (x->op == EXPR_AND);

			learn(p->kids, i, decides);
			if (decides)
				return x->op == EXPR_OR;
		}
		return x->op == EXPR_AND;
	}
	return false;
}

bool
trial_holds(struct trials *ts, size_t rule, const struct expr *cond)
{
	struct part *p = &ts->parts[rule];

	if (!p->of) {
		ts->left = PARTS_MAX;
		fill(ts, p, cond);
	}
	return holds(ts->atoms, p);
}
