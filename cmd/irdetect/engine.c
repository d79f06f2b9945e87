/* Candidates by logsource, field and literal; then the conditions. */
#include <stdlib.h>
#include <time.h>

#include "engine.h"
#include "fold.h"
#include "literal.h"
#include "map.h"
#include "mem.h"
#include "memo.h"
#include "need.h"
#include "way.h"

#define HOWS    4 /* ways to see a value, of views_raw() */
#define SCANNED 8 /* values of one name that are remembered as scanned */

/* The literals that rules look for in fields of one name. */
struct crew {
	struct literals *literals;
	uint32_t number;
	uint64_t of; /* the record whose `done` it is */
	const char *done[SCANNED];
	size_t n_done;
};

/* What a field calls up. */
struct watch {
	struct crew *crew;
	uint64_t of;       /* the record that it was looked at for */
	uint32_t *present; /* rules that are tried when the field is there at all */
	size_t n_present, cap;
};

struct engine {
	struct arena *a; /* folded literals */
	struct views *views;
	struct atoms *atoms;
	struct sources *sources;
	const struct ruleset *rules;
	struct ways *ways;
	struct watch *watches; /* by field */
	struct crew **crews;
	size_t n_watches, n_crews, crews_cap;
	uint32_t *bucket; /* by rule */
	uint64_t *open;   /* by bucket: the last record that belonged to it */
	uint64_t *tried;  /* by rule: the last record it was called up for */
	struct memo *memo;
	uint32_t *found; /* rules that the value in hand calls up */
	uint64_t *noted; /* by rule: the last value it was found for */
	size_t n_found;
	uint64_t values;
	uint32_t *called, *matched, *there;
	size_t n_called, there_cap;
	struct engine_cost *costs; /* by rule, or NULL */
	struct rec *rec;
	uint64_t at, count;
};

/* --- building --- */

static struct crew *
crew_of(struct engine *en, struct map *names, int field)
{
	void **at = map_put(names, views_name(en->views, field));
	struct crew *c = *at;

	if (!c) {
		*at = c = mem_new(1, sizeof(*c));
		c->literals = literals_new();
		c->number = (uint32_t)en->n_crews;
		en->crews = mem_grow(
		    en->crews, &en->crews_cap, en->n_crews + 1, sizeof(struct crew *));
		en->crews[en->n_crews++] = c;
	}
	return c;
}

/* The longest run of bytes that JSON writes as they are. */
static struct str
as_in_json(struct str s)
{
	struct str best = STR("");

	for (size_t i = 0, from = 0; i <= s.n; i++)
		if (i == s.n || (unsigned char)s.p[i] < ' ' || s.p[i] == '"' ||
		    s.p[i] == '\\') {
			if (i - from > best.n)
				best = str_sub(s, from, i - from);
			from = i + 1;
		}
	return best;
}

struct adding {
	struct engine *en;
	struct map *crews;
	uint32_t rule;
	size_t bucket;
};

static void
add_need(void *ctx, uint32_t atom)
{
	struct adding *ad = ctx;
	struct engine *en = ad->en;
	const struct atom *x = atoms_at(en->atoms, atom);
	struct watch *w = &en->watches[x->field];
	struct str literal = x->op == ATOM_TEXT ? pattern_literal(&x->pat) : STR("");
	enum pattern_kind kind = x->pat.kind == PATTERN_GLOB ? PATTERN_CONTAINS
							     : x->pat.kind;

	if (x->field == VIEWS_ALL) {
		literal = as_in_json(literal);
		kind = PATTERN_CONTAINS;
	}
	literal = x->cased ? fold(en->a, literal) : literal;
	if (x->field == VIEWS_ALL)
		ways_keyword(en->ways, ad->bucket, literal);
	else
		ways_field(en->ways, ad->bucket, x->field);
	if (literal.n) {
		if (!w->crew)
			w->crew = crew_of(en, ad->crews, x->field);
		literals_add(w->crew->literals, kind, literal, ad->rule);
	} else {
		w->present = mem_grow(
		    w->present, &w->cap, w->n_present + 1, sizeof(*w->present));
		w->present[w->n_present++] = ad->rule;
	}
}

static void
add_rules(struct engine *en)
{
	struct adding ad = {.en = en, .crews = map_new()};

	for (size_t i = 0; i < ruleset_count(en->rules); i++) {
		const struct rule *r = ruleset_at(en->rules, i);

		if (r->kind != SIGMA_RULE || r->bad)
			continue;
		ad.rule = (uint32_t)i;
		ad.bucket = r->bucket;
		en->bucket[i] = (uint32_t)r->bucket;
		if (!need_atoms(en->atoms, r->cond, add_need, &ad))
			ways_always(en->ways, r->bucket, ad.rule);
	}
	map_free(ad.crews);
	for (size_t i = 0; i < en->n_crews; i++)
		literals_ready(en->crews[i]->literals);
}

struct engine *
engine_new(struct views *views, struct atoms *atoms, struct sources *sources,
    const struct ruleset *rules)
{
	struct engine *en = mem_new(1, sizeof(*en));
	size_t n = ruleset_count(rules);

	en->a = arena_new();
	en->views = views;
	en->atoms = atoms;
	en->sources = sources;
	en->rules = rules;
	en->ways = ways_new(views, sources_buckets(sources));
	en->n_watches = views_count(views);
	en->watches = mem_new(en->n_watches + 1, sizeof(*en->watches));
	en->bucket = mem_new(n + 1, sizeof(*en->bucket));
	en->open = mem_new(sources_buckets(sources) + 1, sizeof(*en->open));
	en->tried = mem_new(n + 1, sizeof(*en->tried));
	en->noted = mem_new(n + 1, sizeof(*en->noted));
	en->found = mem_new(n + 1, sizeof(*en->found));
	en->memo = memo_new();
	en->called = mem_new(n + 1, sizeof(*en->called));
	en->matched = mem_new(n + 1, sizeof(*en->matched));
	add_rules(en);
	return en;
}

void
engine_free(struct engine *en)
{
	if (!en)
		return;
	for (size_t i = 0; i < en->n_crews; i++) {
		literals_free(en->crews[i]->literals);
		mem_free(en->crews[i]);
	}
	for (size_t i = 0; i < en->n_watches; i++)
		mem_free(en->watches[i].present);
	ways_free(en->ways);
	mem_free(en->crews);
	mem_free(en->watches);
	mem_free(en->bucket);
	mem_free(en->open);
	mem_free(en->tried);
	mem_free(en->costs);
	mem_free(en->noted);
	mem_free(en->found);
	memo_free(en->memo);
	mem_free(en->called);
	mem_free(en->matched);
	mem_free(en->there);
	arena_free(en->a);
	mem_free(en);
}

/* --- running --- */

static void
call(void *ctx, uint32_t rule)
{
	struct engine *en = ctx;

	if (en->tried[rule] == en->at || en->open[en->bucket[rule]] != en->at)
		return;
	en->tried[rule] = en->at;
	en->called[en->n_called++] = rule;
}

static void
note(void *ctx, uint32_t rule)
{
	struct engine *en = ctx;

	if (en->noted[rule] == en->values)
		return;
	en->noted[rule] = en->values;
	en->found[en->n_found++] = rule;
}

/* Was this value scanned already, for a field of the same name? */
static bool
is_done(struct engine *en, struct crew *c, const char *raw)
{
	if (c->of != en->at) {
		c->of = en->at;
		c->n_done = 0;
	}
	for (size_t i = 0; i < c->n_done; i++)
		if (c->done[i] == raw)
			return true;
	if (c->n_done < SCANNED)
		c->done[c->n_done++] = raw;
	return false;
}

/* The rules that a field's value calls up, known already or looked for. */
static const uint32_t *
scan(struct engine *en, const struct crew *c, int field, size_t *n)
{
	const struct view *v = views_get(en->views, field);

	en->values++;
	en->n_found = 0;
	for (size_t i = 0; i < v->n; i++)
		literals_find(c->literals, views_low(en->views, &v->v[i]), note, en);
	*n = en->n_found;
	return en->found;
}

static void
run_field(struct engine *en, int field)
{
	struct watch *w = &en->watches[field];
	const uint32_t *found;
	uint32_t how, who;
	struct str raw;
	size_t n;

	if (w->of == en->at)
		return;
	w->of = en->at;
	raw = views_raw(en->views, field, &how);
	if (!raw.p)
		return;
	for (size_t i = 0; i < w->n_present; i++)
		call(en, w->present[i]);
	if (!w->crew || is_done(en, w->crew, raw.p))
		return;
	who = w->crew->number * HOWS + how;
	found = memo_get(en->memo, who, raw, &n);
	if (!found) {
		found = scan(en, w->crew, field, &n);
		memo_put(en->memo, who, raw, found, n);
	}
	for (size_t i = 0; i < n; i++)
		call(en, found[i]);
}

/* Does the line spell characters in a way that hides them from a plain search? */
static bool
is_veiled(struct str line)
{
	for (size_t i = 0; i < line.n; i += 2) {
		const char *p = memchr(line.p + i, '\\', line.n - i);

		if (!p)
			return false;
		i = (size_t)(p - line.p);
		if (i + 1 < line.n && (line.p[i + 1] == 'u' || line.p[i + 1] == '/'))
			return true;
	}
	return false;
}

/* Keywords are looked for in the line as it is, where that gives all there are. */
static void
run_keywords(struct engine *en, const struct sift *sift)
{
	const struct watch *w = &en->watches[VIEWS_ALL];
	struct str line = rec_line(en->rec);
	const uint32_t *found;
	size_t n;

	for (size_t i = 0; i < w->n_present; i++)
		call(en, w->present[i]);
	if (!w->crew)
		return;
	if (is_veiled(line)) {
		found = scan(en, w->crew, VIEWS_ALL, &n);
		for (size_t i = 0; i < n; i++)
			call(en, found[i]);
	} else if (sift_may(sift, line)) {
		literals_find(
		    w->crew->literals, fold(rec_arena(en->rec), line), call, en);
	}
}

static void
run_way(struct engine *en, const struct way *r)
{
	size_t n;

	if (en->there_cap < r->n_slots)
		en->there = mem_grow(
		    en->there, &en->there_cap, r->n_slots, sizeof(*en->there));
	for (size_t i = 0; i < r->n_always; i++)
		call(en, r->always[i]);
	if (r->keywords)
		run_keywords(en, r->keywords);
	n = rec_which(en->rec, r->slots, r->n_slots, en->there);
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = r->first[en->there[i]]; k < r->first[en->there[i] + 1];
		     k++)
			run_field(en, r->fields[k]);
	for (size_t i = 0; i < r->n_all && views_loose(en->views); i++)
		run_field(en, r->all[i]);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool
try_rule(struct engine *en, uint32_t rule)
{
	const struct expr *cond = ruleset_at(en->rules, rule)->cond;
	struct engine_cost *c;
	uint64_t from;
	bool yes;

	if (!en->costs)
		return atoms_hold(en->atoms, cond);
	c = &en->costs[rule];
	from = now_ns();
	yes = atoms_hold(en->atoms, cond);
	c->ns += now_ns() - from;
	c->tried++;
	c->matched += yes;
	return yes;
}

size_t
engine_run(struct engine *en, struct rec *rec, const uint32_t **out)
{
	const uint32_t *buckets;
	size_t n, matched = 0;

	en->at++;
	en->rec = rec;
	en->n_called = 0;
	views_start(en->views, rec);
	atoms_start(en->atoms);
	n = sources_find(en->sources, &buckets);
	for (size_t i = 0; i < n; i++)
		en->open[buckets[i]] = en->at;
	run_way(en, ways_find(en->ways, buckets, n));
	en->count += en->n_called;
	for (size_t i = 0; i < en->n_called; i++)
		if (try_rule(en, en->called[i]))
			en->matched[matched++] = en->called[i];
	qsort(en->matched, matched, sizeof(*en->matched), by_number);
	*out = en->matched;
	return matched;
}

void
engine_profile(struct engine *en)
{
	en->costs = mem_new(ruleset_count(en->rules) + 1, sizeof(*en->costs));
}

struct engine_cost
engine_cost(const struct engine *en, size_t rule)
{
	return en->costs[rule];
}

bool
engine_seen(const struct engine *en, size_t rule)
{
	return en->open[en->bucket[rule]] > 0;
}

uint64_t
engine_tried(const struct engine *en)
{
	return en->count;
}
