/*
 * A search in depth: a list of goals, each a part of the pattern that is still to
 * be met.  Meeting one puts others before the rest; a leaf is met by choosing an
 * observation, the latest first.
 */
#include "bind.h"

/* What the observations chosen from `from` on have to keep to, and what is outside of it. */
struct scope {
	const struct scope *up;
	size_t from;
	int64_t span;   /* between the first and the last; INT64_MAX: any */
	int64_t lo, hi; /* within these */
};

enum aim {
	MEET,   /* the part `o` */
	REPEAT, /* `o` `left` times more; if a leaf, below place `below` */
	BEFORE, /* `o`, not after the first of those chosen from `from` on */
	AFTER   /* `o`, not before the last of them */
};

struct goal {
	enum aim aim;
	const struct stix_obs *o;
	const struct scope *scope;
	bool fresh; /* the new observation must be in it */
	uint32_t left;
	size_t below, from;
	const struct goal *next;
};

struct search {
	const struct stix *p;
	const struct shelf *shelf;
	size_t leaf, at; /* the new observation */
	struct bound *chosen;
	size_t n;
	unsigned steps;
};

static const struct seen *
seen_of(const struct search *s, size_t i)
{
	return &s->shelf[s->chosen[i].leaf].v[s->chosen[i].at];
}

/* The first and the last of those chosen from `from` on. */
static void
ends_of(const struct search *s, size_t from, int64_t *first, int64_t *last)
{
	*first = INT64_MAX;
	*last = INT64_MIN;
	for (size_t i = from; i < s->n; i++) {
		int64_t t = seen_of(s, i)->t;

		*first = t < *first ? t : *first;
		*last = t > *last ? t : *last;
	}
}

/* Between which times may the next observation be? */
static void
range_of(const struct search *s, const struct scope *scope, int64_t *lo, int64_t *hi)
{
	*lo = INT64_MIN;
	*hi = INT64_MAX;
	for (; scope; scope = scope->up) {
		int64_t first, last;

		*lo = scope->lo > *lo ? scope->lo : *lo;
		*hi = scope->hi < *hi ? scope->hi : *hi;
		if (scope->span == INT64_MAX || scope->from == s->n)
			continue;
		ends_of(s, scope->from, &first, &last);
		if (last > INT64_MIN + scope->span && last - scope->span > *lo)
			*lo = last - scope->span;
		if (first < INT64_MAX - scope->span && first + scope->span < *hi)
			*hi = first + scope->span;
	}
}

static bool
is_chosen(const struct search *s, uint64_t record)
{
	for (size_t i = s->n; i > 0; i--)
		if (seen_of(s, i - 1)->record == record)
			return true;
	return false;
}

static bool meet(struct search *, const struct goal *);

/* Take the observation `at` of the leaf, and go on to what is left of the goal. */
static bool
choose(struct search *s, const struct goal *g, size_t at, uint32_t left)
{
	const struct seen *one = &s->shelf[g->o->leaf].v[at];
	struct goal more = *g;

	if (is_chosen(s, one->record))
		return false;
	if (s->steps == 0 || s->n == s->p->needs)
		return false;
	s->steps--;
	s->chosen[s->n++] = (struct bound){(uint32_t)g->o->leaf, (uint32_t)at};
	more.aim = REPEAT;
	more.fresh = false;
	more.left = left;
	more.below = at;
	if (meet(s, left ? &more : g->next))
		return true;
	s->n--;
	return false;
}

/* `left` of the observations of a leaf, each before the one chosen last. */
static bool
meet_leaf(struct search *s, const struct goal *g, size_t below, uint32_t left)
{
	const struct shelf *sh = &s->shelf[g->o->leaf];
	int64_t lo, hi;

	range_of(s, g->scope, &lo, &hi);
	for (size_t i = below < sh->n ? below : sh->n; i >= left && s->steps; i--) {
		if (sh->v[i - 1].t > hi)
			continue;
		if (sh->v[i - left].t < lo)
			return false;
		if (choose(s, g, i - 1, left - 1))
			return true;
	}
	return false;
}

static bool
meet_fresh_leaf(struct search *s, const struct goal *g)
{
	int64_t lo, hi, t;

	if (g->o->leaf != s->leaf)
		return false;
	range_of(s, g->scope, &lo, &hi);
	t = s->shelf[s->leaf].v[s->at].t;
	return t >= lo && t <= hi && choose(s, g, s->at, 0);
}

/* All kids, one after the other; `first` before the others. */
static bool
meet_all(struct search *s, const struct goal *g, size_t first)
{
	struct goal kids[STIX_LEAVES];
	size_t n = 0;

	for (size_t i = 0; i < g->o->n && n < STIX_LEAVES; i++) {
		size_t k = i == 0 ? first : i <= first ? i - 1 : i;

		kids[n] = (struct goal){.aim = MEET,
		    .o = g->o->kids[k],
		    .scope = g->scope,
		    .fresh = g->fresh && i == 0,
		    .next = g->next};
		if (n > 0)
			kids[n - 1].next = &kids[n];
		n++;
	}
	return meet(s, &kids[0]);
}

static bool
meet_each(struct search *s, const struct goal *g)
{
	if (!g->fresh)
		return meet_all(s, g, 0);
	for (size_t i = 0; i < g->o->n; i++)
		if (meet_all(s, g, i))
			return true;
	return false;
}

static bool
meet_either(struct search *s, const struct goal *g)
{
	struct goal one = *g;

	for (size_t i = 0; i < g->o->n; i++) {
		one.o = g->o->kids[i];
		if (meet(s, &one))
			return true;
	}
	return false;
}

/* The later part first, since its first moment bounds the earlier one; or the other way. */
static bool
meet_followed(struct search *s, const struct goal *g, bool later_first)
{
	struct goal rest = {.aim = later_first ? BEFORE : AFTER,
	    .o = g->o->kids[!later_first],
	    .scope = g->scope,
	    .from = s->n,
	    .next = g->next};
	struct goal first = {.aim = MEET,
	    .o = g->o->kids[later_first],
	    .scope = g->scope,
	    .fresh = g->fresh,
	    .next = &rest};

	return meet(s, &first);
}

/* The rest of a sequence, bound by what was chosen. */
static bool
meet_bound(struct search *s, const struct goal *g)
{
	struct scope scope = {g->scope, s->n, INT64_MAX, INT64_MIN, INT64_MAX};
	struct goal one = {.aim = MEET, .o = g->o, .scope = &scope, .next = g->next};
	int64_t first, last;

	ends_of(s, g->from, &first, &last);
	if (g->aim == BEFORE)
		scope.hi = first;
	else
		scope.lo = last;
	return meet(s, &one);
}

static bool
meet_scoped(struct search *s, const struct goal *g)
{
	const struct stix_obs *o = g->o;
	struct scope scope = {g->scope, s->n, INT64_MAX, INT64_MIN, INT64_MAX};
	struct goal one = *g;

	if (o->what == STIX_WITHIN) {
		scope.span = o->span;
	} else {
		scope.lo = o->start;
		scope.hi = o->stop - 1;
	}
	one.o = o->kids[0];
	one.scope = &scope;
	return meet(s, &one);
}

static bool
meet_repeats(struct search *s, const struct goal *g)
{
	struct goal rest = {.aim = REPEAT,
	    .o = g->o->kids[0],
	    .scope = g->scope,
	    .left = g->o->times - 1,
	    .below = SIZE_MAX,
	    .next = g->next};
	struct goal first = {.aim = MEET,
	    .o = g->o->kids[0],
	    .scope = g->scope,
	    .fresh = true,
	    .next = &rest};

	if (!g->fresh) {
		rest.left++;
		return meet(s, &rest);
	}
	return meet(s, &first);
}

static bool
meet_again(struct search *s, const struct goal *g)
{
	struct goal rest = *g,
		    one = {.aim = MEET, .o = g->o, .scope = g->scope, .next = &rest};

	if (g->left == 0)
		return meet(s, g->next);
	if (g->o->what == STIX_SEEN)
		return meet_leaf(s, g, g->below, g->left);
	rest.left--;
	return meet(s, &one);
}

static bool
meet_part(struct search *s, const struct goal *g)
{
	switch (g->o->what) {
	case STIX_SEEN:
		return g->fresh ? meet_fresh_leaf(s, g) : meet_leaf(s, g, SIZE_MAX, 1);
	case STIX_ALL:
		return meet_each(s, g);
	case STIX_EITHER:
		return meet_either(s, g);
	case STIX_FOLLOWED:
		return meet_followed(s, g, true) ||
		       (g->fresh && meet_followed(s, g, false));
	case STIX_WITHIN:
	case STIX_DURING:
		return meet_scoped(s, g);
	case STIX_REPEATS:
		return meet_repeats(s, g);
	}
	return false;
}

static bool
meet(struct search *s, const struct goal *g)
{
	if (!g)
		return true;
	switch (g->aim) {
	case MEET:
		return meet_part(s, g);
	case REPEAT:
		return meet_again(s, g);
	case BEFORE:
	case AFTER:
		return meet_bound(s, g);
	}
	return false;
}

/* Is there anything at all for each part? */
static bool
is_possible(const struct shelf *shelf, const struct stix_obs *o)
{
	bool all = o->what != STIX_EITHER;

	if (o->what == STIX_SEEN)
		return shelf[o->leaf].n > 0;
	if (o->what == STIX_REPEATS && o->kids[0]->what == STIX_SEEN)
		return shelf[o->kids[0]->leaf].n >= o->times;
	for (size_t i = 0; i < o->n; i++)
		if (is_possible(shelf, o->kids[i]) != all)
			return !all;
	return all;
}

enum bind_got
bind_find(const struct stix *p, const struct shelf *shelf, size_t leaf, size_t at,
    struct bound *out, size_t *n)
{
	struct search s = {p, shelf, leaf, at, out, 0, BIND_STEPS};
	struct goal root = {.aim = MEET, .o = p->root, .fresh = true};

	*n = 0;
	if (!is_possible(shelf, p->root))
		return BIND_NO;
	if (!meet(&s, &root))
		return s.steps ? BIND_NO : BIND_LIMIT;
	*n = s.n;
	return BIND_YES;
}
