#include "counts.h"
#include "map.h"
#include "mem.h"

struct slot {
	uint64_t key;
	uint32_t at; /* in all, plus one; 0: free */
};

struct counts {
	struct slot *slots;
	size_t size; /* a power of two */
	uint64_t secret;
	struct counted *all;
	size_t n, cap, max;
	uint64_t spilled;
	uint32_t
	    *sketch; /* COUNTS_ROWS times COUNTS_WIDTH; NULL until something spills */
	bool mixed;  /* what is exact may have spilled elsewhere */
};

struct counts *
counts_new(size_t max)
{
	struct counts *c = mem_new(1, sizeof(*c));

	c->size = 1024;
	c->slots = mem_new(c->size, sizeof(*c->slots));
	c->max = max < UINT32_MAX - 1 ? max : UINT32_MAX - 1;
	c->secret = map_hash(STR("counts")) | 1;
	return c;
}

void
counts_free(struct counts *c)
{
	if (!c)
		return;
	mem_free(c->slots);
	mem_free(c->all);
	mem_free(c->sketch);
	mem_free(c);
}

static struct slot *
find(const struct counts *c, uint64_t key)
{
	size_t i = (key * c->secret >> 20) & (c->size - 1);

	while (c->slots[i].at && c->slots[i].key != key)
		i = (i + 1) & (c->size - 1);
	return &c->slots[i];
}

static void
grow(struct counts *c)
{
	struct slot *old = c->slots;
	size_t size = c->size;

	c->size *= 2;
	c->slots = mem_new(c->size, sizeof(*c->slots));
	for (size_t i = 0; i < size; i++)
		if (old[i].at)
			*find(c, old[i].key) = old[i];
	mem_free(old);
}

/* --- the sketch: the same cells in every run, so that sketches add up --- */

static uint32_t *
cell(const struct counts *c, uint64_t key, size_t row)
{
	uint64_t h = vocab_mix(key + row * 0x9e3779b97f4a7c15u);

	return &c->sketch[row * COUNTS_WIDTH + (h & (COUNTS_WIDTH - 1))];
}

static uint64_t
estimate(const struct counts *c, uint64_t key)
{
	uint64_t least = UINT64_MAX;

	for (size_t r = 0; r < COUNTS_ROWS; r++)
		if (*cell(c, key, r) < least)
			least = *cell(c, key, r);
	return least;
}

static void
need_sketch(struct counts *c)
{
	if (!c->sketch)
		c->sketch = mem_new(COUNTS_ROWS * COUNTS_WIDTH, sizeof(*c->sketch));
}

/* Only the smallest cells grow: the estimate stays as close as it can. */
static void
spill(struct counts *c, uint64_t key, int64_t n)
{
	uint64_t now;

	need_sketch(c);
	now = estimate(c, key);
	c->spilled += now == 0 && n > 0;
	for (size_t r = 0; r < COUNTS_ROWS; r++) {
		uint32_t *at = cell(c, key, r);
		int64_t to = (int64_t)now + n;

		if (n > 0 && (int64_t)*at < to)
			*at = to < UINT32_MAX ? (uint32_t)to : UINT32_MAX;
		else if (n < 0)
			*at = (int64_t)*at > -n ? (uint32_t)((int64_t)*at + n) : 0;
	}
}

const uint32_t *
counts_sketch(const struct counts *c)
{
	return c->sketch;
}

void
counts_sketch_add(struct counts *c, size_t at, uint32_t n, bool mixed)
{
	need_sketch(c);
	c->mixed = c->mixed || mixed;
	if (at < COUNTS_ROWS * COUNTS_WIDTH)
		c->sketch[at] = n < UINT32_MAX - c->sketch[at] ? c->sketch[at] + n
							       : UINT32_MAX;
}

bool
counts_mixed(const struct counts *c)
{
	return c->mixed;
}

void
counts_spilled_add(struct counts *c, uint64_t n)
{
	c->spilled += n;
}

/* --- both --- */

static struct counted *
exact_new(struct counts *c, uint64_t key, const struct counted *name)
{
	if (c->n * 2 >= c->size)
		grow(c);
	c->all = mem_grow(c->all, &c->cap, c->n + 1, sizeof(*c->all));
	c->all[c->n] = *name;
	c->all[c->n].n = 0;
	*find(c, key) = (struct slot){key, (uint32_t)++c->n};
	return &c->all[c->n - 1];
}

struct counted *
counts_at(const struct counts *c, uint64_t key)
{
	uint32_t at = find(c, key)->at;

	return at ? &c->all[at - 1] : NULL;
}

void
counts_add(
    struct counts *c, uint64_t key, int64_t n, const struct counted *name, bool exact)
{
	struct counted *s = counts_at(c, key);

	if (!s) {
		if (!exact || c->n >= c->max) {
			spill(c, key, n);
			return;
		}
		if (n <= 0)
			return;
		s = exact_new(c, key, name);
	}
	s->n = n < 0 && s->n < (uint64_t)-n ? 0 : s->n + (uint64_t)n;
}

uint64_t
counts_of(const struct counts *c, uint64_t key)
{
	const struct counted *s = counts_at(c, key);
	uint64_t n = s ? s->n : 0;

	return c->sketch && (!s || c->mixed) ? n + estimate(c, key) : n;
}

uint64_t
counts_spilled(const struct counts *c)
{
	return c->spilled;
}

const struct counted *
counts_all(const struct counts *c, size_t *n)
{
	*n = c->n;
	return c->all;
}

size_t
counts_forget(struct counts *c, bool (*is)(void *ctx, const struct counted *), void *ctx)
{
	size_t gone = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->all[i].n && is(ctx, &c->all[i])) {
			c->all[i].n = 0;
			gone++;
		}
	return gone;
}
