#include <stdlib.h>

#include "arena.h"
#include "counts.h"
#include "map.h"
#include "mem.h"

#define ROWS  4
#define WIDTH ((size_t)1 << 16)

struct slot {
	uint64_t hash;
	struct str key; /* absent: free */
	uint64_t n;
	uint32_t day;
};

struct counts {
	struct arena *names;
	struct slot *v;
	size_t cap, n, max; /* cap is a power of two */
	uint64_t spilled;
	uint32_t *sketch; /* ROWS times WIDTH; NULL until something spills */
};

struct counts *
counts_new(size_t max)
{
	struct counts *c = mem_new(1, sizeof(*c));

	c->names = arena_new();
	c->cap = 1024;
	c->v = mem_new(c->cap, sizeof(*c->v));
	c->max = max;
	return c;
}

void
counts_free(struct counts *c)
{
	if (!c)
		return;
	arena_free(c->names);
	mem_free(c->v);
	mem_free(c->sketch);
	mem_free(c);
}

static struct slot *
find(const struct counts *c, uint64_t hash, struct str key)
{
	size_t i = hash & (c->cap - 1);

	while (c->v[i].key.p && (c->v[i].hash != hash || !str_eq(c->v[i].key, key)))
		i = (i + 1) & (c->cap - 1);
	return &c->v[i];
}

static void
grow(struct counts *c)
{
	struct slot *old = c->v;
	size_t cap = c->cap;

	c->cap *= 2;
	c->v = mem_new(c->cap, sizeof(*c->v));
	for (size_t i = 0; i < cap; i++)
		if (old[i].key.p)
			*find(c, old[i].hash, old[i].key) = old[i];
	mem_free(old);
}

/* --- the sketch: its hash is not keyed, so that a model is the same bytes each time --- */

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 30;
	h *= 0xbf58476d1ce4e5b9u;
	h ^= h >> 27;
	h *= 0x94d049bb133111ebu;
	return h ^ h >> 31;
}

static uint64_t
plain_hash(struct str key)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3u;
	return mix(h);
}

static uint32_t *
cell(const struct counts *c, uint64_t hash, size_t row)
{
	return &c->sketch[row * WIDTH +
			  (mix(hash + row * 0x9e3779b97f4a7c15u) & (WIDTH - 1))];
}

static uint64_t
estimate(const struct counts *c, struct str key)
{
	uint64_t hash = plain_hash(key), least = UINT64_MAX;

	for (size_t r = 0; r < ROWS; r++)
		if (*cell(c, hash, r) < least)
			least = *cell(c, hash, r);
	return least;
}

/* Only the smallest cells grow: the estimate stays as close as it can. */
static void
spill(struct counts *c, struct str key, int64_t n)
{
	uint64_t hash = plain_hash(key), now;

	if (!c->sketch)
		c->sketch = mem_new(ROWS * WIDTH, sizeof(*c->sketch));
	now = estimate(c, key);
	c->spilled += now == 0;
	for (size_t r = 0; r < ROWS; r++) {
		uint32_t *at = cell(c, hash, r);
		int64_t to = (int64_t)now + n;

		if (n > 0 && (int64_t)*at < to)
			*at = to < UINT32_MAX ? (uint32_t)to : UINT32_MAX;
		else if (n < 0)
			*at = (int64_t)*at > -n ? (uint32_t)((int64_t)*at + n) : 0;
	}
}

/* --- both --- */

void
counts_add(struct counts *c, struct str key, int64_t n, uint32_t day)
{
	uint64_t hash = map_hash(key);
	struct slot *s = find(c, hash, key);

	if (!s->key.p) {
		if (c->n >= c->max) {
			spill(c, key, n);
			return;
		}
		if (n <= 0)
			return;
		if (c->n * 4 >= c->cap * 3) {
			grow(c);
			s = find(c, hash, key);
		}
		*s = (struct slot){.hash = hash, .key = arena_copy(c->names, key)};
		c->n++;
	}
	s->n = n < 0 && s->n < (uint64_t)-n ? 0 : s->n + (uint64_t)n;
	if (day > s->day)
		s->day = day;
}

uint64_t
counts_of(const struct counts *c, struct str key)
{
	const struct slot *s = find(c, map_hash(key), key);

	if (s->key.p)
		return s->n;
	return c->sketch ? estimate(c, key) : 0;
}

uint64_t
counts_spilled(const struct counts *c)
{
	return c->spilled;
}

static int
by_key(const void *a, const void *b)
{
	return str_cmp(
	    ((const struct counted *)a)->key, ((const struct counted *)b)->key);
}

struct counted *
counts_sorted(const struct counts *c, size_t *n)
{
	struct counted *all = mem_new(c->n + 1, sizeof(*all));

	*n = 0;
	for (size_t i = 0; i < c->cap; i++)
		if (c->v[i].key.p && c->v[i].n)
			all[(*n)++] = (struct counted){
			    c->v[i].key, c->v[i].n, c->v[i].day};
	qsort(all, *n, sizeof(*all), by_key);
	return all;
}
