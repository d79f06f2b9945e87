/* The engine's candidates against every rule worked out for every record. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine.h"
#include "test.h"

#define RULES   120
#define RECORDS 3000

static uint64_t seed = 11;

static unsigned
roll(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static const char *const words[] = {"a", "ab", "abc", "Cab", "dir", "x\\\\y", "bcab",
    "d e f", "longer one", "q*c", "\\xC3\\xA4b", "a?c"};
#define WORDS (sizeof(words) / sizeof(words[0]))

static const char *
word(void)
{
	return words[roll(WORDS)];
}

/* One rule of a random shape. */
static void
put_rule(FILE *f, unsigned i)
{
	static const char *const mods[] = {"", "|contains", "|startswith", "|endswith",
	    "|contains|all", "|cased", "|contains|cased"};
	static const char *const conds[] = {"s1 and s2", "s1 or s2", "s1 and not s2",
	    "not s1", "1 of s*", "s1 and (s2 or kw)", "kw", "kw and s1", "s1"};

	fprintf(f, "---\ntitle: r%u\nid: r%u\nlogsource: {product: p%u}\ndetection:\n", i,
	    i, roll(3));
	for (unsigned k = 1; k <= 2; k++)
		fprintf(f, "  s%u: {f%u%s: [\"%s\", \"%s\"], g%u%s: [\"%s\"]}\n", k,
		    roll(4), mods[roll(7)], word(), word(), roll(4), mods[roll(4)],
		    word());
	fprintf(f, "  kw: [\"%s\", \"%s\"]\n  condition: %s\n", word(), word(),
	    conds[roll(9)]);
}

/* A record of random fields, some of its letters spelled in other ways. */
static void
put_record(struct buf *b)
{
	static const char *const bits[] = {"a", "b", "c", "A", "C", " ", "d", "e", "f",
	    "x", "\\\\", "y", "\\u0061", "\\/", "dir", "\xC3\x84", "\xC3\xA4", "q",
	    "bcab", "\\n"};
	static const char *const heads[] = {"{\"f0\":\"", "\",\"f1\":[\"",
	    "\"],\"f2\":\"", "\",\"f3\":\"", "\",\"g0\":\"", "\",\"g1\":\"",
	    "\",\"g2\":\"", "\",\"dir\":\""};

	buf_reset(b);
	for (unsigned k = 0; k < 8; k++) {
		if (k > 2 && k < 7 && roll(3) == 0)
			continue;
		buf_add(b, str_of(heads[k]));
		for (unsigned n = roll(3) ? roll(4) : roll(12); n > 0; n--)
			buf_add(b, str_of(bits[roll(roll(4) ? 12 : 20)]));
	}
	buf_add(b, STR("\"}"));
}

struct bench {
	struct arena *a;
	struct paths *paths;
	struct views *views;
	struct atoms *atoms;
	struct sources *sources;
	struct ruleset *rules;
	struct engine *engine;
	struct rec *rec;
};

static bool
set_up(struct bench *t)
{
	char path[] = "/tmp/engine-XXXXXX.yml";
	int fd = mkstemps(path, 4);
	FILE *f = fdopen(fd, "w");
	struct err e = {0};
	bool ok;

	for (unsigned i = 0; i < RULES; i++)
		put_rule(f, i);
	fclose(f);
	t->a = arena_new();
	t->paths = paths_new();
	t->views = views_new(t->paths);
	t->atoms = atoms_new(t->views);
	t->sources = sources_new(t->views, t->atoms);
	t->rules = ruleset_new(t->atoms, t->sources, NULL);
	ok = ruleset_load(t->rules, path, &e) && ruleset_loaded(t->rules) == RULES;
	unlink(path);
	ruleset_link(t->rules);
	t->engine = engine_new(t->views, t->atoms, t->sources, t->rules);
	t->rec = rec_new(t->paths, t->a);
	return ok;
}

static void
tear_down(struct bench *t)
{
	rec_free(t->rec);
	engine_free(t->engine);
	ruleset_free(t->rules);
	sources_free(t->sources);
	atoms_free(t->atoms);
	views_free(t->views);
	paths_free(t->paths);
	arena_free(t->a);
}

/* Nothing but the conditions, on a fresh look at the record. */
static bool
agrees(struct bench *t, const uint32_t *got, size_t n)
{
	size_t k = 0;

	views_start(t->views, t->rec);
	atoms_start(t->atoms);
	for (uint32_t i = 0; i < RULES; i++) {
		bool want = atoms_hold(t->atoms, ruleset_at(t->rules, i)->cond);

		if (want != (k < n && got[k] == i))
			return false;
		k += want;
	}
	return k == n;
}

static void
no_rule_is_missed_and_none_is_false(void)
{
	struct bench t = {0};
	struct buf b = buf_make(1 << 16);
	size_t wrong = 0, hits = 0;

	T(set_up(&t));
	for (unsigned i = 0; i < RECORDS; i++) {
		const uint32_t *got;
		struct json_fault fault;
		size_t n, len;

		put_record(&b);
		len = b.n;
		for (size_t k = 0; k < JSON_PAD; k++)
			buf_ch(&b, 0);
		if (!rec_scan(t.rec, str_sub(buf_str(&b), 0, len), &fault)) {
			wrong++;
			continue;
		}
		n = engine_run(t.engine, t.rec, &got);
		hits += n;
		wrong += !agrees(&t, got, n);
		rec_unset(t.rec);
		arena_reset(t.a);
	}
	T(wrong == 0);
	T(hits > RECORDS);
	buf_free(&b);
	tear_down(&t);
}

int
main(void)
{
	FACT(no_rule_is_missed_and_none_is_false);
	return TEST_END;
}
