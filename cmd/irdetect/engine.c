/* Candidates by logsource, field and literal; then the conditions. */
#include <stdlib.h>
#include <time.h>

#include "engine.h"
#include "fold.h"
#include "mem.h"
#include "memo.h"
#include "trial.h"
#include "way.h"

#define HOWS 4 /* ways to see a value, of views_raw() */

/* A value that is to be looked up. */
struct asked {
	const struct lookout *lookout;
	uint64_t hash;
};

struct engine {
	struct views *views;
	struct atoms *atoms;
	struct sources *sources;
	const struct ruleset *rules;
	struct ways *ways;
	struct trials *trials;
	uint32_t *bucket; /* by rule */
	uint64_t *open;   /* by bucket: the last record that belonged to it */
	uint64_t *tried;  /* by rule: the last record it was called up for */
	struct memo *memo;
	uint32_t *found; /* rules that the value in hand calls up */
	uint64_t *noted; /* by rule: the last value it was found for */
	size_t n_found;
	uint64_t values;
	struct asked *asked; /* of the record in hand */
	size_t n_asked, asked_cap;
	uint32_t *called, *matched;
	size_t n_called;
	struct engine_cost *costs; /* by rule, or NULL */
	struct rec *rec;
	uint64_t at, count;
};

struct engine *
engine_new(struct views *views, struct atoms *atoms, struct sources *sources,
    const struct ruleset *rules)
{
	struct engine *en = mem_new(1, sizeof(*en));
	size_t n = ruleset_count(rules);

	en->views = views;
	en->atoms = atoms;
	en->sources = sources;
	en->rules = rules;
	en->ways = ways_new(views, atoms, rules, sources_buckets(sources));
	en->trials = trials_new(atoms, n);
	en->bucket = mem_new(n + 1, sizeof(*en->bucket));
	en->open = mem_new(sources_buckets(sources) + 1, sizeof(*en->open));
	en->tried = mem_new(n + 1, sizeof(*en->tried));
	en->noted = mem_new(n + 1, sizeof(*en->noted));
	en->found = mem_new(n + 1, sizeof(*en->found));
	en->memo = memo_new();
	en->called = mem_new(n + 1, sizeof(*en->called));
	en->matched = mem_new(n + 1, sizeof(*en->matched));
	for (size_t i = 0; i < n; i++)
		en->bucket[i] = (uint32_t)ruleset_at(rules, i)->bucket;
	return en;
}

void
engine_free(struct engine *en)
{
	if (!en)
		return;
	ways_free(en->ways);
	trials_free(en->trials);
	mem_free(en->bucket);
	mem_free(en->open);
	mem_free(en->tried);
	mem_free(en->costs);
	mem_free(en->noted);
	mem_free(en->found);
	mem_free(en->asked);
	memo_free(en->memo);
	mem_free(en->called);
	mem_free(en->matched);
	mem_free(en);
}

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

/* Was this value searched already, for a field of the same name? */
static bool
is_done(const struct engine *en, struct crew *c, const char *raw)
{
	if (c->of != en->at) {
		c->of = en->at;
		c->n_done = 0;
	}
	for (size_t i = 0; i < c->n_done; i++)
		if (c->done[i] == raw)
			return true;
	if (c->n_done < WAY_DONE)
		c->done[c->n_done++] = raw;
	return false;
}

/* The rules that a field's value calls up, looked for. */
static const uint32_t *
search(struct engine *en, const struct literals *literals, int field, size_t *n)
{
	const struct view *v = views_get(en->views, field);

	en->values++;
	en->n_found = 0;
	for (size_t i = 0; i < v->n; i++)
		literals_find(literals, views_low(en->views, &v->v[i]), note, en);
	*n = en->n_found;
	return en->found;
}

static void
call_all(struct engine *en, const uint32_t *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		call(en, rules[i]);
}

/* Is the field there, and its value one that is to be looked up? */
static void
ask(struct engine *en, struct lookout *l)
{
	struct asked *a;
	uint32_t how;
	struct str raw;

	if (l->of == en->at)
		return;
	l->of = en->at;
	raw = views_raw(en->views, l->field, &how);
	if (!raw.p)
		return;
	call_all(en, l->present, l->n_present);
	if (!l->crew || is_done(en, l->crew, raw.p))
		return;
	en->asked = mem_grow(
	    en->asked, &en->asked_cap, en->n_asked + 1, sizeof(*en->asked));
	a = &en->asked[en->n_asked++];
	a->lookout = l;
	a->hash = memo_hash(en->memo, l->crew->number * HOWS + how, raw);
	memo_ready(en->memo, a->hash);
}

static void
answer(struct engine *en, const struct asked *a)
{
	size_t n;
	const uint32_t *found = memo_get(en->memo, a->hash, &n);

	if (!found) {
		found = search(en, a->lookout->crew->literals, a->lookout->field, &n);
		memo_put(en->memo, a->hash, found, n);
	}
	call_all(en, found, n);
}

/* Words are looked for in the line as it is, where that gives all there are. */
static void
run_words(struct engine *en, const struct words *w)
{
	struct str line = rec_line(en->rec);
	bool veiled = (!rec_literal(en->rec) && sift_spelled(line)) ||
		      (!rec_ascii(en->rec) && sift_folds(line));
	const uint32_t *found;
	size_t n;

	call_all(en, w->present, w->n_present);
	if (!w->literals)
		return;
	if (!veiled && sift_find(w->sift, line, call, en))
		return;
	if (veiled) {
		found = search(en, w->literals, VIEWS_ALL, &n);
		call_all(en, found, n);
	} else {
		literals_find(w->literals, fold(rec_arena(en->rec), line), call, en);
	}
}

static void
run_way(struct engine *en, const struct way *w)
{
	const uint32_t *slots;
	size_t n = rec_there(en->rec, &slots);

	en->n_asked = 0;
	call_all(en, w->always, w->n_always);
	for (size_t i = 0; i < n; i++) {
		uint32_t g = slots[i] < w->slots ? w->group[slots[i]] : 0;

		for (uint32_t k = g ? w->first[g - 1] : 0; g && k < w->first[g]; k++)
			ask(en, &w->lookouts[w->by_slot[k]]);
	}
	for (size_t i = 0; i < w->n && views_loose(en->views); i++)
		ask(en, &w->lookouts[i]);
	if (w->words)
		run_words(en, w->words);
	for (size_t i = 0; i < en->n_asked; i++)
		answer(en, &en->asked[i]);
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
	struct engine_cost *c;
	uint64_t from;
	bool yes;

	if (!en->costs)
		return trial_holds(en->trials, rule, ruleset_at(en->rules, rule)->cond);
	c = &en->costs[rule];
	from = now_ns();
	yes = trial_holds(en->trials, rule, ruleset_at(en->rules, rule)->cond);
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
	run_way(en, ways_find(en->ways, buckets, n, rec_line(rec)));
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
