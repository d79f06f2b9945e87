/* Observations, and what joins and qualifies them. */
#include "mem.h"
#include "stixcomp.h"
#include "when.h"

static bool
fault(struct stixparser *ps, const char *why)
{
	return stixlex_fault(&ps->lex, why);
}

static struct stix_obs *
new_obs(struct stixparser *ps, enum stix_what what, struct stixkids *k)
{
	struct stix_obs *o = arena_zero(ps->a, sizeof(*o));

	o->what = what;
	o->kids = (struct stix_obs **)k->v;
	o->n = k->n;
	return o;
}

static struct stix_obs *
new_leaf(struct stixparser *ps, struct stix_comp *c)
{
	struct stix_obs *o = new_obs(ps, STIX_SEEN, &(struct stixkids){NULL, 0, 0});

	if (ps->p->n_leaves == STIX_LEAVES)
		return fault(ps, "too many observations"), NULL;
	o->leaf = ps->p->n_leaves;
	ps->p->leaf[ps->p->n_leaves++] = c;
	return o;
}

static bool
read_positive(struct stixparser *ps, double max, double *n)
{
	const struct stix_value *v = &ps->lex.value;

	if (ps->lex.token != STIX_LITERAL ||
	    (v->type != STIX_INT && v->type != STIX_FLOAT) || !(v->num > 0) ||
	    v->num > max)
		return fault(ps, "a positive number, not too large, was expected");
	*n = v->num;
	if (max <= STIX_TIMES && v->type != STIX_INT)
		return fault(ps, "a whole number was expected");
	stixlex_next(&ps->lex);
	return true;
}

static bool
read_moment(struct stixparser *ps, int64_t *t)
{
	const struct stix_value *v = &ps->lex.value;
	bool text = ps->lex.token == STIX_LITERAL && v->type == STIX_TEXT;

	if (text && v->text.n >= 20 && when_parse(v->text, t)) /* as STIX 2.0 wrote it */
		;
	else if (ps->lex.token == STIX_LITERAL && v->type == STIX_TIME)
		*t = v->t;
	else
		return fault(ps, "a time like t'2024-01-02T03:04:05Z' was expected");
	stixlex_next(&ps->lex);
	return true;
}

/* One qualifier, if there is one, around *o.  `had`: those that stood there before. */
static bool
qualify(struct stixparser *ps, struct stix_obs **o, unsigned *had, bool *more)
{
	struct stixkids k = {NULL, 0, 0};
	struct stix_obs *q;
	double n = 0;

	*more = stixlex_is(&ps->lex, "WITHIN") || stixlex_is(&ps->lex, "REPEATS") ||
		stixlex_is(&ps->lex, "START");
	if (!*more)
		return true;
	stixcomp_add(ps, &k, *o);
	*o = q = new_obs(ps, STIX_WITHIN, &k);
	if (stixcomp_take(ps, "WITHIN")) {
		if (!read_positive(ps, 1e9, &n) || !stixcomp_want(ps, "SECONDS"))
			return false;
		q->span = (int64_t)(n * 1e9);
		return true;
	}
	q->what = stixlex_is(&ps->lex, "START") ? STIX_DURING : STIX_REPEATS;
	if (*had & 1U << q->what)
		return fault(ps, "the same qualifier twice");
	*had |= 1U << q->what;
	if (stixcomp_take(ps, "REPEATS")) {
		if (!read_positive(ps, STIX_TIMES, &n) || !stixcomp_want(ps, "TIMES"))
			return false;
		q->times = (uint32_t)n;
		return true;
	}
	stixlex_next(&ps->lex);
	if (!read_moment(ps, &q->start) || !stixcomp_want(ps, "STOP") ||
	    !read_moment(ps, &q->stop))
		return false;
	return q->start < q->stop || fault(ps, "STOP is not after START");
}

static struct stix_obs *read_followed(struct stixparser *);

static struct stix_obs *
read_obs(struct stixparser *ps)
{
	struct stix_obs *o;
	unsigned had = 0;
	bool more = true;

	if (stixcomp_take(ps, "(")) {
		if (!stixcomp_deeper(ps) || !(o = read_followed(ps)) ||
		    !stixcomp_want(ps, ")"))
			return NULL;
		ps->depth--;
	} else {
		struct stix_comp *c;

		if (!stixlex_is(&ps->lex, "["))
			return fault(ps, "'[' was expected"), NULL;
		stixlex_next(&ps->lex);
		if (!(c = stixcomp_read(ps)) || !stixcomp_want(ps, "]") ||
		    !(o = new_leaf(ps, c)))
			return NULL;
	}
	for (unsigned i = 0; more; i++)
		if (i > STIX_DEPTH)
			return fault(ps, "too many qualifiers"), NULL;
		else if (!qualify(ps, &o, &had, &more))
			return NULL;
	return o;
}

/*
 * Add an alternative.  Plain observations beside one another become one, so that
 * feeds may list thousands; `run` are their comparisons.
 */
static void
add_either(
    struct stixparser *ps, struct stixkids *any, struct stixkids *run, struct stix_obs *o)
{
	const struct stix_obs *last = any->n ? any->v[any->n - 1] : NULL;

	if (o->what != STIX_SEEN) {
		run->n = 0;
		stixcomp_add(ps, any, o);
		return;
	}
	if (!last || run->n == 0 || o->leaf != last->leaf + 1) {
		*run = (struct stixkids){NULL, 0, 0};
		stixcomp_add(ps, any, o);
	} else {
		ps->p->n_leaves--;
	}
	stixcomp_add(ps, run, ps->p->leaf[o->leaf]);
	if (run->n == 2) {
		ps->p->leaf[last->leaf] = stixcomp_join(ps, STIX_OR, run);
	} else if (run->n > 2) {
		struct stix_comp *c = ps->p->leaf[last->leaf];

		c->kids = (struct stix_comp **)run->v;
		c->n = run->n;
		if (!str_eq(c->object, c->kids[c->n - 1]->object))
			c->object = STR_NONE;
	}
}

/* AND before OR before FOLLOWEDBY. */
static struct stix_obs *
read_any(struct stixparser *ps)
{
	struct stixkids any = {NULL, 0, 0}, run = {NULL, 0, 0};

	do {
		struct stixkids all = {NULL, 0, 0};
		struct stix_obs *o;

		do {
			if (!(o = read_obs(ps)))
				return NULL;
			stixcomp_add(ps, &all, o);
		} while (stixcomp_take(ps, "AND"));
		o = all.n == 1 ? all.v[0] : new_obs(ps, STIX_ALL, &all);
		add_either(ps, &any, &run, o);
	} while (stixcomp_take(ps, "OR"));
	return any.n == 1 ? any.v[0] : new_obs(ps, STIX_EITHER, &any);
}

static struct stix_obs *
read_followed(struct stixparser *ps)
{
	struct stix_obs *o = read_any(ps);
	unsigned n = 0;

	while (o && stixcomp_take(ps, "FOLLOWEDBY")) {
		struct stixkids k = {NULL, 0, 0};
		struct stix_obs *next = read_any(ps);

		if (!next || ++n > STIX_DEPTH)
			return fault(ps, "too many steps"), NULL;
		stixcomp_add(ps, &k, o);
		stixcomp_add(ps, &k, next);
		o = new_obs(ps, STIX_FOLLOWED, &k);
	}
	return o;
}

/* Observations that a match has at most. */
static uint64_t
needs(const struct stix_obs *o)
{
	uint64_t n = o->what == STIX_SEEN, most = 0;

	for (size_t i = 0; i < o->n; i++) {
		uint64_t k = needs(o->kids[i]);

		n += k;
		most = k > most ? k : most;
	}
	n = o->what == STIX_EITHER ? most : n;
	n *= o->what == STIX_REPEATS ? o->times : 1;
	return n > STIX_TIMES ? (uint64_t)STIX_TIMES + 1 : n;
}

/* Does it begin with a bracket, behind any number of parentheses? */
static bool
has_brackets(struct str s)
{
	while ((s = str_trim(s)).n && s.p[0] == '(')
		s = str_from(s, 1);
	return s.n && s.p[0] == '[';
}

static bool
read_all(struct stixparser *ps, struct str text, bool bare)
{
	struct stix_comp *c;

	if (text.n > STIX_MAX)
		return fault(ps, "too long a pattern");
	stixlex_next(&ps->lex);
	if (bare && !has_brackets(text)) {
		if (!(c = stixcomp_read(ps)) || !(ps->p->root = new_leaf(ps, c)))
			return false;
	} else if (!(ps->p->root = read_followed(ps))) {
		return false;
	}
	if (ps->lex.token != STIX_END)
		return fault(ps, "the end was expected");
	if (needs(ps->p->root) > STIX_TIMES)
		return fault(ps, "too many observations in a match");
	ps->p->needs = (uint32_t)needs(ps->p->root);
	return true;
}

struct stix *
stix_parse(struct str pattern, bool bare, struct err *e)
{
	struct stix *p = mem_new(1, sizeof(*p));
	struct stixparser ps = {.p = p};

	p->a = ps.a = ps.lex.a = arena_new();
	ps.lex.text = pattern.n > STIX_MAX ? pattern : arena_copy(p->a, pattern);
	ps.lex.e = e;
	if (read_all(&ps, ps.lex.text, bare))
		return p;
	stix_free(p);
	return NULL;
}

void
stix_free(struct stix *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_re; i++)
		regex_free(p->re[i]);
	mem_free(p->re);
	arena_free(p->a);
	mem_free(p);
}
