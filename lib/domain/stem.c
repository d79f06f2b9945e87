#include "map.h"
#include "mem.h"
#include "stem.h"

#define KIDS 100 /* different words at one place; more are any word */

struct stems {
	struct map *stems; /* by the last of their paths */
	struct map *kids;  /* by path: how many ways lead on */
};

struct stems *
stems_new(void)
{
	struct stems *t = mem_new(1, sizeof(*t));

	t->stems = map_new();
	t->kids = map_new();
	return t;
}

void
stems_free(struct stems *t)
{
	if (!t)
		return;
	map_free(t->stems);
	map_free(t->kids);
	mem_free(t);
}

static struct str
key_of(const uint64_t *k)
{
	return (struct str){(const char *)k, sizeof(*k)};
}

uint64_t
stem_mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a ^ (b + UINT64_C(0x9e3779b97f4a7c15))) *
		     UINT64_C(0xff51afd7ed558ccd);

	return x ^ x >> 32;
}

/* How many ways lead on from a place. */
static uintptr_t
ways(const struct stems *t, const uint64_t *path)
{
	return (uintptr_t)map_get(t->kids, key_of(path));
}

static void
set_ways(struct stems *t, const uint64_t *path, uintptr_t n)
{
	*map_put(t->kids, key_of(path)) = (void *)n;
}

struct stem *
stems_at(const struct stems *t, size_t n, const uint64_t word[STEM_WORDS])
{
	uint64_t path = stem_mix(n, 0);

	for (size_t i = 0; i < STEM_WORDS; i++)
		path = stem_mix(path, word[i]);
	return map_get(t->stems, key_of(&path));
}

struct stem *
stems_make(struct stems *t, size_t n, uint64_t word[STEM_WORDS])
{
	struct stem *g = stems_at(t, n, word);
	uint64_t path[STEM_WORDS + 1] = {stem_mix(n, 0)};
	bool known = true;

	for (size_t i = 0; !g && i < STEM_WORDS; i++) {
		bool last = i + 1 == STEM_WORDS;

		path[i + 1] = stem_mix(path[i], word[i]);
		known = known && !last && ways(t, &path[i + 1]);
		if (known)
			continue;
		if (ways(t, &path[i]) >= KIDS && word[i] != STEM_ANY) {
			word[i] = STEM_ANY;
			return stems_make(t, n, word);
		}
	}
	if (g)
		return g;
	known = true;
	for (size_t i = 0; i < STEM_WORDS; i++) {
		known = known && i + 1 < STEM_WORDS && ways(t, &path[i + 1]);
		if (!known)
			set_ways(t, &path[i], ways(t, &path[i]) + 1);
	}
	g = mem_new(1, sizeof(*g));
	memcpy(g->path, path, sizeof(g->path));
	*map_put(t->stems, key_of(&path[STEM_WORDS])) = g;
	return g;
}

void
stems_drop(struct stems *t, struct stem *g)
{
	map_del(t->stems, key_of(&g->path[STEM_WORDS]));
	for (size_t i = STEM_WORDS; i-- > 0;) {
		uintptr_t n = ways(t, &g->path[i]);

		if (n > 1) {
			set_ways(t, &g->path[i], n - 1);
			break;
		}
		map_del(t->kids, key_of(&g->path[i]));
	}
	mem_free(g);
}
