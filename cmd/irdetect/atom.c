/* Tests of one field. */
#include "atom.h"
#include "fold.h"
#include "literal.h"
#include "map.h"
#include "mem.h"
#include "when.h"

#define MANY_USES 64   /* of an OR, before its alternatives are prepared */
#define BUILT_MAX 4096 /* of them */
#define LONG      128  /* bytes of a text that is not folded for the sake of one end */

struct atoms {
	struct arena *arena, *scratch;
	struct views *views;
	struct map *ids;
	struct atom *v;
	size_t n, cap;
	uint32_t *memo; /* 2 * generation, + 1 when true */
	size_t memo_cap;
	uint32_t now;
	size_t given_up;
	struct literals **built; /* for ORs of many alternatives */
	size_t n_built, built_cap;
};

struct atoms *
atoms_new(struct views *views)
{
	struct atoms *as = mem_new(1, sizeof(*as));

	as->arena = arena_new();
	as->scratch = arena_new();
	as->views = views;
	as->ids = map_new();
	as->now = 1;
	return as;
}

void
atoms_free(struct atoms *as)
{
	if (!as)
		return;
	for (size_t i = 0; i < as->n; i++)
		if (as->v[i].op == ATOM_REGEX)
			regex_free(as->v[i].re);
	for (size_t i = 0; i < as->n_built; i++)
		literals_free(as->built[i]);
	mem_free(as->built);
	map_free(as->ids);
	arena_free(as->arena);
	arena_free(as->scratch);
	mem_free(as->v);
	mem_free(as->memo);
	mem_free(as);
}

struct views *
atoms_views(const struct atoms *as)
{
	return as->views;
}

/* What atoms of one operation, field and text may differ in. */
static struct str
detail_of(struct arena *a, const struct atom *x)
{
	char net[IP_MAX] = "";

	switch (x->op) {
	case ATOM_REGEX:
		return arena_u64(a, x->flags);
	case ATOM_CIDR:
		net_text(net, &x->net);
		return arena_copy(a, str_of(net));
	case ATOM_LT:
	case ATOM_LTE:
	case ATOM_GT:
	case ATOM_GTE:
	case ATOM_TIME:
		return CAT(a, arena_u64(a, x->unit), STR(" "), arena_u64(a, x->order),
		    (struct str){(const char *)&x->num, sizeof(x->num)});
	case ATOM_FIELD:
		return arena_u64(a, (uint64_t)x->other);
	case ATOM_STIX:
		return arena_u64(a, (uintptr_t)x->stix);
	case ATOM_TEXT:
	case ATOM_NULL:
	case ATOM_EXISTS:
		break;
	}
	return STR("");
}

/* All of an atom that tells it from others. */
static struct str
key_of(struct arena *a, const struct atom *x)
{
	const int parts[] = {(int)x->op, x->field, x->cased, (int)x->pat.kind};

	return CAT(a, (struct str){(const char *)parts, sizeof(parts)}, detail_of(a, x),
	    STR(" "), x->pat.text);
}

static const struct hints *
hints_of(struct atoms *as, struct str regex)
{
	struct hints *h = arena_alloc(as->arena, sizeof(*h));

	*h = hints_read(as->arena, regex);
	return h;
}

uint32_t
atoms_add(struct atoms *as, const struct atom *x)
{
	void **id = map_put(as->ids, key_of(as->scratch, x));

	arena_reset(as->scratch);
	if (*id) {
		if (x->op == ATOM_REGEX)
			regex_free(x->re);
		as->v[(uintptr_t)*id - 1].uses++;
		return (uint32_t)((uintptr_t)*id - 1);
	}
	as->v = mem_grow(as->v, &as->cap, as->n + 1, sizeof(*as->v));
	as->v[as->n] = *x;
	as->v[as->n].pat.text = arena_copy(as->arena, x->pat.text);
	if (x->op == ATOM_REGEX)
		as->v[as->n].hints = hints_of(as, as->v[as->n].pat.text);
	as->memo = mem_grow(as->memo, &as->memo_cap, as->n + 1, sizeof(*as->memo));
	*id = (void *)(uintptr_t)++as->n;
	return (uint32_t)(as->n - 1);
}

const struct atom *
atoms_at(const struct atoms *as, uint32_t id)
{
	return &as->v[id];
}

size_t
atoms_count(const struct atoms *as)
{
	return as->n;
}

void
atoms_start(struct atoms *as)
{
	if (++as->now < UINT32_MAX / 2)
		return;
	as->now = 1;
	for (size_t i = 0; i < as->n; i++)
		as->memo[i] = 0;
}

/* Is this number what the atom wants? */
static bool
compare(const struct atom *x, enum atom_op op, double got)
{
	switch (op) {
	case ATOM_LT:
		return got < x->num;
	case ATOM_LTE:
		return got <= x->num;
	case ATOM_GT:
		return got > x->num;
	case ATOM_GTE:
		return got >= x->num;
	case ATOM_TIME:
		return got == x->num;
	case ATOM_TEXT:
	case ATOM_REGEX:
	case ATOM_CIDR:
	case ATOM_NULL:
	case ATOM_EXISTS:
	case ATOM_FIELD:
	case ATOM_STIX:
		break;
	}
	return false;
}

/* Week of the year as ISO 8601 counts. */
static int
week_of(const struct when *w)
{
	int64_t day = when_days(w->year, w->mon, w->day);
	int64_t thursday = day - (day + 3) % 7 + 3; /* of the same week, from Monday */
	struct when t;

	when_split(thursday * 86400 * WHEN_S, &t);
	return (int)((thursday - when_days(t.year, 1, 1)) / 7) + 1;
}

/* The clock as it is written: of no zone into another. */
static bool
time_is(const struct atom *x, struct str text)
{
	struct when w = {0};
	int64_t ns;
	int got = 0;

	if (!when_scan_iso(&text, &w) || text.n || !when_ns(&w, &ns))
		return false;
	switch (x->unit) {
	case ATOM_MINUTE:
		got = w.min;
		break;
	case ATOM_HOUR:
		got = w.hour;
		break;
	case ATOM_DAY:
		got = w.day;
		break;
	case ATOM_WEEK:
		got = week_of(&w);
		break;
	case ATOM_MONTH:
		got = w.mon;
		break;
	case ATOM_YEAR:
		got = w.year;
		break;
	}
	return compare(x, x->order, got);
}

static bool
field_is(struct atoms *as, const struct atom *x, struct view_text *t)
{
	const struct view *v = views_get(as->views, x->other);
	struct str mine = x->cased ? t->text : views_low(as->views, t);

	for (size_t i = 0; i < v->n; i++) {
		struct pattern p = x->pat;

		p.text = x->cased ? v->v[i].text : views_low(as->views, &v->v[i]);
		if (pattern_match(&p, mine))
			return true;
	}
	return false;
}

static bool
match_regex(struct atoms *as, const struct atom *x, struct str text)
{
	enum regex_got got;

	if (!hints_byte(text, x->hints->byte, x->hints->times))
		return false;
	got = regex_find(x->re, text, NULL, 0);
	as->given_up += got == REGEX_LIMIT;
	return got == REGEX_YES;
}

/* A negated test is held against what stands in the record, not what it decodes to. */
static bool
stix_is(struct atoms *as, const struct atom *x, const struct view_text *t)
{
	return (t->raw.p || !(x->stix->negated || x->stix->op == STIX_NE)) &&
	       stix_passes(x->stix, views_arena(as->views), t->text);
}

/*
 * Is the text so long that it does not pay to fold all of it to look at an end?  What is
 * folded has at least a third of the bytes, and no character is longer than four.
 */
static bool
is_end_of(struct atoms *as, const struct pattern *p, const struct view_text *t, bool *yes)
{
	size_t most = 3 * p->text.n + 3;
	struct str end = str_sub(t->text, 0, most);

	if (t->low.p || t->text.n < LONG || t->text.n < 2 * most)
		return false;
	switch (p->kind) {
	case PATTERN_EXACT:
		*yes = false;
		return true;
	case PATTERN_ENDS:
		end = str_from(t->text, t->text.n - most);
		/* fallthrough */
	case PATTERN_STARTS:
		*yes = pattern_match(p, fold(views_arena(as->views), end));
		return true;
	case PATTERN_ANY:
	case PATTERN_CONTAINS:
	case PATTERN_GLOB:
		break;
	}
	return false;
}

static bool
matches(struct atoms *as, const struct atom *x, struct view_text *t)
{
	bool yes;

	if (x->cased)
		return pattern_match(&x->pat, t->text);
	if (is_end_of(as, &x->pat, t, &yes))
		return yes;
	return pattern_match(&x->pat, views_low(as->views, t));
}

static bool
text_is(struct atoms *as, const struct atom *x, struct view_text *t)
{
	struct ip ip;
	double num;

	switch (x->op) {
	case ATOM_TEXT:
		return matches(as, x, t);
	case ATOM_REGEX:
		return match_regex(as, x, t->text);
	case ATOM_CIDR:
		return ip_parse(t->text, &ip) && net_has(&x->net, &ip);
	case ATOM_LT:
	case ATOM_LTE:
	case ATOM_GT:
	case ATOM_GTE:
		return json_num(t->raw, &num) && compare(x, x->op, num);
	case ATOM_FIELD:
		return field_is(as, x, t);
	case ATOM_TIME:
		return time_is(x, t->text);
	case ATOM_STIX:
		return stix_is(as, x, t);
	case ATOM_NULL:
	case ATOM_EXISTS:
		break;
	}
	return false;
}

static bool
work_out(struct atoms *as, const struct atom *x)
{
	bool whole = x->op == ATOM_TEXT && x->pat.kind == PATTERN_EXACT;
	const struct view *v = whole ? views_short(as->views, x->field, x->pat.text.n)
				     : views_get(as->views, x->field);

	if (!v)
		return false;
	if (x->op == ATOM_NULL)
		return v->null;
	if (x->op == ATOM_EXISTS)
		return v->there;
	for (size_t i = 0; i < v->n; i++)
		if (text_is(as, x, &v->v[i]))
			return true;
	return false;
}

bool
atoms_true(struct atoms *as, uint32_t id)
{
	uint32_t *memo = &as->memo[id];

	if (*memo >> 1 != as->now)
		*memo = as->now << 1 | work_out(as, &as->v[id]);
	return *memo & 1;
}

/* Can all alternatives be looked for in one field at once? */
static bool
is_plain(const struct atoms *as, const struct expr *x)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct atom *k;

		if (x->kids[i]->op != EXPR_ATOM)
			return false;
		k = &as->v[x->kids[i]->atom];
		if (k->op != ATOM_TEXT || k->cased || k->pat.kind == PATTERN_ANY ||
		    k->pat.kind == PATTERN_GLOB || k->pat.text.n == 0 ||
		    k->field != as->v[x->kids[0]->atom].field)
			return false;
	}
	return true;
}

/* The alternatives of an OR that is used often, as literals; NULL if it is none of those. */
static const struct literals *
literals_of(struct atoms *as, const struct expr *x)
{
	struct expr_many *m = x->many;

	if (m->looked || ++m->uses < MANY_USES)
		return m->literals;
	m->looked = true;
	if (!is_plain(as, x) || as->n_built >= BUILT_MAX)
		return NULL;
	m->field = as->v[x->kids[0]->atom].field;
	m->literals = literals_new();
	for (size_t i = 0; i < x->n; i++) {
		const struct atom *k = &as->v[x->kids[i]->atom];

		literals_add(m->literals, k->pat.kind, k->pat.text, x->kids[i]->atom);
	}
	literals_ready(m->literals);
	as->built = mem_grow(
	    as->built, &as->built_cap, as->n_built + 1, sizeof(struct literals *));
	as->built[as->n_built++] = m->literals;
	return m->literals;
}

struct any {
	const struct atoms *atoms;
	struct str text;
	bool yes;
};

static void
hit(void *ctx, uint32_t atom)
{
	struct any *any = ctx;

	any->yes = any->yes || pattern_match(&any->atoms->v[atom].pat, any->text);
}

static bool
any_holds(struct atoms *as, const struct literals *ls, int field)
{
	const struct view *v = views_get(as->views, field);
	struct any any = {as, STR_NONE, false};

	for (size_t i = 0; i < v->n && !any.yes; i++) {
		any.text = views_low(as->views, &v->v[i]);
		literals_find(ls, any.text, hit, &any);
	}
	return any.yes;
}

bool
atoms_hold(struct atoms *as, const struct expr *x)
{
	const struct literals *ls = x->many ? literals_of(as, x) : NULL;

	if (ls)
		return any_holds(as, ls, x->many->field);
	switch (x->op) {
	case EXPR_FALSE:
	case EXPR_TRUE:
		return x->op == EXPR_TRUE;
	case EXPR_ATOM:
		return atoms_true(as, x->atom);
	case EXPR_NOT:
		return !atoms_hold(as, x->kids[0]);
	case EXPR_AND:
	case EXPR_OR:
		for (size_t i = 0; i < x->n; i++)
			if (atoms_hold(as, x->kids[i]) != (x->op == EXPR_AND))
				return x->op == EXPR_OR;
		return x->op == EXPR_AND;
	}
	return false;
}

struct str
atoms_witness(struct atoms *as, uint32_t id)
{
	const struct atom *x = &as->v[id];
	const struct view *v = views_get(as->views, x->field);

	for (size_t i = 0; i < v->n; i++)
		if (text_is(as, x, &v->v[i]))
			return v->v[i].text;
	return STR_NONE;
}

size_t
atoms_given_up(const struct atoms *as)
{
	return as->given_up;
}
