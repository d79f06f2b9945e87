/*
 * The literals of all rules, looked for in the values of events: our own tables beside
 * Hyperscan (or Vectorscan), one database for each name of a field in both.
 *
 *   literal RULES EVENTS RUNS TABLE...
 *
 * Prints the seconds of each (median) for every value, and for each different value once,
 * which is what irdetect searches: what a value was found to hold is remembered.
 */
#include <hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fold.h"
#include "literal.h"
#include "map.h"
#include "mem.h"
#include "ruleset.h"

struct set {
	struct str name;
	struct literals *ours;
	hs_database_t *theirs;
	struct pattern *v; /* what is looked for */
	size_t n, cap;
};

struct value {
	uint32_t set;
	bool first; /* not seen before */
	struct str text;
};

struct bench {
	struct arena *a;
	struct map *by_name;
	struct set *sets;
	size_t n_sets, sets_cap;
	struct value *values;
	size_t n_values, values_cap;
	hs_scratch_t *scratch;
	/* of the text in hand */
	const struct set *set;
	size_t n;
	uint64_t hits;
};

static void
stop(const char *why)
{
	fprintf(stderr, "literal: %s\n", why);
	exit(2);
}

static struct set *
set_of(struct bench *b, struct str name, bool make)
{
	void **id = make ? map_put(b->by_name, name) : NULL;
	uintptr_t n = (uintptr_t)(make ? *id : map_get(b->by_name, name));

	if (n || !make)
		return n ? &b->sets[n - 1] : NULL;
	b->sets = mem_grow(b->sets, &b->sets_cap, b->n_sets + 1, sizeof(*b->sets));
	b->sets[b->n_sets] = (struct set){.name = name, .ours = literals_new()};
	*id = (void *)(uintptr_t)++b->n_sets;
	return &b->sets[b->n_sets - 1];
}

static void
gather_literals(struct bench *b, const struct views *views, const struct atoms *atoms)
{
	for (size_t i = 0; i < atoms_count(atoms); i++) {
		const struct atom *x = atoms_at(atoms, (uint32_t)i);
		struct pattern p = x->pat;
		struct set *s;

		if (x->op != ATOM_TEXT || x->cased || x->field == VIEWS_ALL)
			continue;
		p.text = pattern_literal(&x->pat);
		p.kind = p.kind == PATTERN_GLOB ? PATTERN_CONTAINS : p.kind;
		if (p.text.n == 0)
			continue;
		s = set_of(b, views_name(views, x->field), true);
		s->v = mem_grow(s->v, &s->cap, s->n + 1, sizeof(*s->v));
		s->v[s->n++] = p;
		literals_add(s->ours, p.kind, p.text, (uint32_t)i);
	}
}

static void
compile(struct bench *b, struct set *s)
{
	const char **text = mem_new(s->n, sizeof(char *));
	unsigned *flags = mem_new(s->n, sizeof(*flags)),
		 *ids = mem_new(s->n, sizeof(*ids));
	size_t *lens = mem_new(s->n, sizeof(*lens));
	hs_compile_error_t *why;

	for (size_t i = 0; i < s->n; i++) {
		text[i] = s->v[i].text.p;
		lens[i] = s->v[i].text.n;
		ids[i] = (unsigned)i;
	}
	if (hs_compile_lit_multi(text, flags, ids, lens, (unsigned)s->n, HS_MODE_BLOCK,
		NULL, &s->theirs, &why) != HS_SUCCESS)
		stop(why->message);
	if (hs_alloc_scratch(s->theirs, &b->scratch) != HS_SUCCESS)
		stop("no scratch");
	literals_ready(s->ours);
	mem_free(text);
	mem_free(flags);
	mem_free(ids);
	mem_free(lens);
}

static void
gather_values(struct bench *b, struct views *views, struct rec *rec, struct map *seen)
{
	for (size_t f = 1; f < views_count(views); f++) {
		struct set *s = set_of(b, views_name(views, (int)f), false);
		const struct view *v = s ? views_get(views, (int)f) : NULL;

		for (size_t i = 0; v && i < v->n; i++) {
			struct str low = arena_copy(b->a, views_low(views, &v->v[i]));
			uint32_t set = (uint32_t)(s - b->sets);
			void **known = map_put(
			    seen, CAT(rec_arena(rec),
				      (struct str){(char *)&set, sizeof(set)}, low));

			b->values = mem_grow(b->values, &b->values_cap, b->n_values + 1,
			    sizeof(*b->values));
			b->values[b->n_values++] = (struct value){set, !*known, low};
			*known = b;
		}
	}
}

static void
read_events(struct bench *b, struct paths *paths, struct views *views, const char *path)
{
	struct arena *a = arena_new();
	struct rec *rec = rec_new(paths, a);
	struct map *seen = map_new();
	FILE *in = fopen(path, "r");
	static char line[1 << 20];

	while (in && fgets(line, sizeof(line) - JSON_PAD, in)) {
		struct str s = str_of(line);

		if (!rec_scan(rec, str_sub(s, 0, s.n - 1), NULL))
			continue;
		views_start(views, rec);
		gather_values(b, views, rec, seen);
		arena_reset(a);
	}
	if (!in || b->n_values == 0)
		stop("no events");
	fclose(in);
	map_free(seen);
	rec_free(rec);
	arena_free(a);
}

static void
hit(void *ctx, uint32_t owner)
{
	struct bench *b = ctx;

	(void)owner;
	b->hits++;
}

static int
match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
    void *ctx)
{
	struct bench *b = ctx;
	const struct pattern *p = &b->set->v[id];
	bool front = to == p->text.n, back = to == b->n;

	(void)from;
	(void)flags;
	b->hits += p->kind == PATTERN_CONTAINS || (p->kind == PATTERN_STARTS && front) ||
		   (p->kind == PATTERN_ENDS && back) || (front && back);
	return 0;
}

static double
run(struct bench *b, bool ours, bool once)
{
	struct timespec from, to;

	b->hits = 0;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (size_t i = 0; i < b->n_values; i++) {
		const struct value *v = &b->values[i];

		if (once && !v->first)
			continue;
		b->set = &b->sets[v->set];
		b->n = v->text.n;
		if (ours)
			literals_find(b->set->ours, v->text, hit, b);
		else
			hs_scan(b->set->theirs, v->text.p, (unsigned)v->text.n, 0,
			    b->scratch, match, b);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) +
	       (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* They take turns. */
static void
compare(struct bench *b, bool once, size_t runs)
{
	double *times[2] = {mem_new(runs, sizeof(double)), mem_new(runs, sizeof(double))};
	uint64_t hits[2] = {0, 0};

	for (size_t i = 0; i < runs; i++)
		for (size_t k = 0; k < 2; k++) {
			times[k][i] = run(b, k == 0, once);
			hits[k] = b->hits;
		}
	for (size_t k = 0; k < 2; k++)
		qsort(times[k], runs, sizeof(double), by_size);
	printf("%s %.2f: own %.4f s, %llu hits; theirs %.4f s, %llu hits\n",
	    once ? "once" : "every", times[1][runs / 2] / times[0][runs / 2],
	    times[0][runs / 2], (unsigned long long)hits[0], times[1][runs / 2],
	    (unsigned long long)hits[1]);
	mem_free(times[0]);
	mem_free(times[1]);
}

int
main(int argc, char **argv)
{
	struct paths *paths = paths_new();
	struct views *views = views_new(paths);
	struct atoms *atoms = atoms_new(views);
	struct sources *sources = sources_new(views, atoms);
	struct ruleset *rules = ruleset_new(atoms, sources, NULL);
	struct bench b = {.a = arena_new(), .by_name = map_new()};
	struct err e;

	if (argc < 5)
		stop("usage: literal RULES EVENTS RUNS TABLE...");
	for (int i = 4; i < argc; i++)
		if (!sources_load(sources, NULL, argv[i], &e))
			stop(e.msg);
	if (!ruleset_load(rules, argv[1], &e))
		stop(e.msg);
	gather_literals(&b, views, atoms);
	for (size_t i = 0; i < b.n_sets; i++)
		compile(&b, &b.sets[i]);
	read_events(&b, paths, views, argv[2]);
	compare(&b, false, (size_t)atoi(argv[3]));
	compare(&b, true, (size_t)atoi(argv[3]));
	return 0;
}
