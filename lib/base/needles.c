#include <assert.h>

#include "map.h"
#include "mem.h"
#include "needles.h"

#define BITS_MAX 18 /* of the bitmap's index */

struct needle {
	struct str text;
	uint32_t gram; /* hash of four bytes */
	uint32_t at;   /* where they stand in it */
	uint32_t next; /* of the same slot, + 1 */
};

struct needles {
	struct needle *v;
	size_t n, cap;
	struct map *numbers; /* text to number + 1 */
	uint64_t *bits;      /* grams that there are, by their upper bits */
	unsigned shift;
	uint32_t *slot; /* number + 1, by lower bits */
	uint32_t mask;
};

struct needles *
needles_new(void)
{
	struct needles *ns = mem_new(1, sizeof(*ns));

	ns->numbers = map_new();
	return ns;
}

void
needles_free(struct needles *ns)
{
	if (!ns)
		return;
	map_free(ns->numbers);
	mem_free(ns->v);
	mem_free(ns->bits);
	mem_free(ns->slot);
	mem_free(ns);
}

uint32_t
needles_add(struct needles *ns, struct str text)
{
	void **number = map_put(ns->numbers, text);

	assert(text.n >= NEEDLE_LEAST);
	if (!*number) {
		ns->v = mem_grow(ns->v, &ns->cap, ns->n + 1, sizeof(*ns->v));
		ns->v[ns->n++] = (struct needle){.text = text};
		*number = (void *)(uintptr_t)ns->n;
	}
	return (uint32_t)((uintptr_t)*number - 1);
}

size_t
needles_count(const struct needles *ns)
{
	return ns->n;
}

static uint32_t
gram(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v * UINT32_C(0x9E3779B1);
}

/* How many of the literals hold each gram, by its hash's upper bits. */
static uint32_t *
count_grams(const struct needles *ns)
{
	uint32_t *seen = mem_new((size_t)1 << (32 - ns->shift), sizeof(*seen));

	for (size_t i = 0; i < ns->n; i++)
		for (size_t k = 0; k + 4 <= ns->v[i].text.n; k++)
			seen[gram(ns->v[i].text.p + k) >> ns->shift]++;
	return seen;
}

static void
choose_gram(const struct needles *ns, const uint32_t *seen, struct needle *x)
{
	uint32_t least = UINT32_MAX;

	for (size_t k = 0; k + 4 <= x->text.n; k++) {
		uint32_t g = gram(x->text.p + k), n = seen[g >> ns->shift];

		if (n < least) {
			least = n;
			x->gram = g;
			x->at = (uint32_t)k;
		}
	}
}

void
needles_ready(struct needles *ns)
{
	unsigned bits = 10;
	uint32_t *seen;

	while (bits < BITS_MAX && (size_t)1 << bits < ns->n * 64)
		bits++;
	ns->shift = 32 - bits;
	ns->mask = 15;
	while (ns->mask < ns->n * 2)
		ns->mask = ns->mask * 2 + 1;
	ns->bits = mem_new(((size_t)1 << bits) / 64, sizeof(*ns->bits));
	ns->slot = mem_new((size_t)ns->mask + 1, sizeof(*ns->slot));
	seen = count_grams(ns);
	for (size_t i = 0; i < ns->n; i++) {
		struct needle *x = &ns->v[i];
		uint32_t *slot, b;

		choose_gram(ns, seen, x);
		b = x->gram >> ns->shift;
		ns->bits[b >> 6] |= UINT64_C(1) << (b & 63);
		slot = &ns->slot[x->gram & ns->mask];
		x->next = *slot;
		*slot = (uint32_t)i + 1;
	}
	mem_free(seen);
}

static void
look(const struct needles *ns, struct str text, size_t i, uint32_t g,
    void (*hit)(void *ctx, uint32_t number), void *ctx)
{
	for (uint32_t k = ns->slot[g & ns->mask]; k; k = ns->v[k - 1].next) {
		const struct needle *x = &ns->v[k - 1];

		if (x->gram == g && i >= x->at &&
		    str_starts(str_from(text, i - x->at), x->text))
			hit(ctx, k - 1);
	}
}

void
needles_find(const struct needles *ns, struct str text,
    void (*hit)(void *ctx, uint32_t number), void *ctx)
{
	const uint64_t *bits = ns->bits;
	unsigned shift = ns->shift;

	for (size_t i = 0; i + 4 <= text.n; i++) {
		uint32_t g = gram(text.p + i), b = g >> shift;

		if (bits[b >> 6] >> (b & 63) & 1)
			look(ns, text, i, g, hit, ctx);
	}
}
