/* Each comparison becomes the cheapest tests that say the same. */
#include "fold.h"
#include "lower.h"

#define LITERAL_MIN 3 /* bytes of a LIKE that are worth looking for */

static struct expr *
atom(const struct lower *l, const struct atom *x)
{
	return expr_atom(l->a, atoms_add(l->atoms, x));
}

/* AND or OR without what is always false or cannot change anything. */
static struct expr *
join(const struct lower *l, bool all, size_t n, struct expr **kids)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (kids[i]->op == (all ? EXPR_FALSE : EXPR_TRUE))
			return kids[i];
		if (kids[i]->op != (all ? EXPR_TRUE : EXPR_FALSE))
			kids[k++] = kids[i];
	}
	return expr_join(l->a, all ? EXPR_AND : EXPR_OR, k, kids);
}

static struct expr *
is_text(const struct lower *l, int field, struct str s, bool folded)
{
	struct atom x = {.op = ATOM_TEXT, .field = field, .cased = !folded};

	x.pat.kind = PATTERN_EXACT;
	x.pat.text = folded ? fold(l->a, s) : s;
	return atom(l, &x);
}

static struct expr *
is_stix(const struct lower *l, int field, const struct stix_test *t)
{
	return atom(
	    l, &(struct atom){
		   .op = ATOM_STIX, .field = field, .pat.text = STR(""), .stix = t});
}

static struct expr *
is_net(const struct lower *l, int field, const struct net *net)
{
	return atom(
	    l, &(struct atom){
		   .op = ATOM_CIDR, .field = field, .pat.text = STR(""), .net = *net});
}

/* An address, or any of a network; of IPv6 as written, or as it ought to be. */
static struct expr *
is_address(const struct lower *l, int field, const struct stix_value *v)
{
	char text[IP_MAX];
	struct str rest = v->text;
	struct expr *kids[2];

	if (v->net.bits < (v->net.ip.v == 4 ? 32 : 128))
		return is_net(l, field, &v->net);
	kids[0] = is_text(l, field,
	    arena_copy(l->a, (struct str){text, ip_text(text, &v->net.ip)}), true);
	kids[1] = is_text(l, field, str_cut(&rest, '/'), true);
	return join(l, false, v->net.ip.v == 6 ? 2 : 1, kids);
}

/* Equal to one literal; NULL: that is no matter of text. */
static struct expr *
is_value(const struct lower *l, int field, const struct stix_test *t,
    const struct stix_value *v)
{
	switch (v->type) {
	case STIX_TEXT:
		if (v->net.ip.v)
			return is_address(l, field, v);
		if (v->text.n >= 20 && v->text.p[10] == 'T') /* may be a time */
			return NULL;
		return v->text.n ? is_text(l, field, v->text, t->folded) : NULL;
	case STIX_INT:
	case STIX_BOOL:
		return is_text(l, field, v->text, true);
	case STIX_FLOAT:
	case STIX_TIME:
	case STIX_HEX:
	case STIX_BINARY:
		break;
	}
	return NULL;
}

static struct expr *
is_in(const struct lower *l, int field, const struct stix_test *t)
{
	struct expr **kids = arena_alloc(l->a, (t->n + 1) * sizeof(*kids));

	for (size_t i = 0; i < t->n; i++)
		if (!(kids[i] = is_value(l, field, t, &t->v[i])))
			return NULL;
	return join(l, false, t->n, kids);
}

/* The longest run without wildcards must be there; then the rest is looked at. */
static struct expr *
is_like(const struct lower *l, int field, const struct stix_test *t)
{
	struct str rest = t->v[0].text, best = STR("");
	struct atom x = {.op = ATOM_TEXT, .field = field};
	struct expr *kids[2] = {NULL, is_stix(l, field, t)};

	for (size_t i = 0, from = 0; i <= rest.n; i++)
		if (i == rest.n || rest.p[i] == '%' || rest.p[i] == '_') {
			if (i - from > best.n)
				best = str_sub(rest, from, i - from);
			from = i + 1;
		}
	if (best.n < LITERAL_MIN)
		return kids[1];
	x.pat.kind = PATTERN_CONTAINS;
	x.pat.text = fold(l->a, best);
	kids[0] = atom(l, &x);
	return join(l, true, 2, kids);
}

static struct expr *
test_at(const struct lower *l, const struct stix_test *t, size_t object)
{
	struct str places[STIXMAP_PLACES];
	size_t n = stixmap_places(l->map, l->a, &t->path, object, places);
	struct expr *x = NULL;
	int field;

	if (n == 0)
		return expr_leaf(
		    l->a, t->op == STIX_EXISTS && t->negated ? EXPR_TRUE : EXPR_FALSE);
	field = views_field(l->views, places[0], places, n);
	if (t->op == STIX_EXISTS) {
		x = is_stix(l, field, t);
		return t->negated ? expr_not(l->a, x) : x;
	}
	if (!t->negated && (t->op == STIX_EQ || t->op == STIX_IN))
		x = is_in(l, field, t);
	else if (!t->negated && t->op == STIX_LIKE)
		x = is_like(l, field, t);
	else if (!t->negated && t->op == STIX_SUBSET)
		x = is_net(l, field, &t->v[0].net);
	return x ? x : is_stix(l, field, t);
}

static struct expr *
comp_at(const struct lower *l, const struct stix_comp *c, size_t object)
{
	struct expr **kids;

	if (c->join == STIX_ONE)
		return test_at(l, c->test, object);
	kids = arena_alloc(l->a, c->n * sizeof(*kids));
	for (size_t i = 0; i < c->n; i++)
		kids[i] = comp_at(l, c->kids[i], object);
	return join(l, c->join == STIX_AND, c->n, kids);
}

/* Some object for which all kids hold that are about the type of kid `first`. */
static struct expr *
among(const struct lower *l, const struct stix_comp *c, size_t first)
{
	struct str type = c->kids[first]->object;
	size_t n = stixmap_objects(l->map, type), k;
	struct expr **any = arena_alloc(l->a, n * sizeof(*any));
	struct expr **all = arena_alloc(l->a, c->n * sizeof(*all));

	for (size_t i = 0; i < first; i++)
		if (str_eq(c->kids[i]->object, type))
			return expr_leaf(l->a, EXPR_TRUE); /* that was asked before */
	for (size_t object = 0; object < n; object++) {
		k = 0;
		for (size_t i = first; i < c->n; i++)
			if (str_eq(c->kids[i]->object, type))
				all[k++] = comp_at(l, c->kids[i], object);
		any[object] = join(l, true, k, all);
	}
	return join(l, false, n, any);
}

struct expr *
lower_comp(const struct lower *l, const struct stix_comp *c)
{
	size_t n = c->object.p ? stixmap_objects(l->map, c->object) : c->n;
	struct expr **kids = arena_alloc(l->a, (n + 1) * sizeof(*kids));

	for (size_t i = 0; i < n; i++) {
		if (c->object.p)
			kids[i] = comp_at(l, c, i);
		else if (c->join == STIX_OR || !c->kids[i]->object.p)
			kids[i] = lower_comp(l, c->kids[i]);
		else
			kids[i] = among(l, c, i);
	}
	return join(l, !c->object.p && c->join == STIX_AND, n, kids);
}
