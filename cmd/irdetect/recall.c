/* One place for each hash of a list. */
#include <string.h>

#include "mem.h"
#include "recall.h"

#define PLACES 512 /* a power of two */

struct place {
	uint32_t *v; /* the list, then what was kept for it */
	size_t n, n_out, cap;
};

struct recall {
	struct place places[PLACES];
};

struct recall *
recall_new(void)
{
	return mem_new(1, sizeof(struct recall));
}

void
recall_free(struct recall *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < PLACES; i++)
		mem_free(r->places[i].v);
	mem_free(r);
}

static size_t
place_of(const uint32_t *list, size_t n)
{
	uint32_t h = (uint32_t)n;

	for (size_t i = 0; i < n; i++)
		h = (h ^ list[i]) * UINT32_C(0x9E3779B1);
	return (h ^ h >> 16) & (PLACES - 1);
}

const uint32_t *
recall_get(const struct recall *r, const uint32_t *list, size_t n, size_t *n_out)
{
	const struct place *p = &r->places[place_of(list, n)];

	if (!p->v || p->n != n || (n && memcmp(p->v, list, n * sizeof(*list)) != 0))
		return NULL;
	*n_out = p->n_out;
	return p->v + n;
}

void
recall_put(
    struct recall *r, const uint32_t *list, size_t n, const uint32_t *out, size_t n_out)
{
	struct place *p = &r->places[place_of(list, n)];

	p->v = mem_grow(p->v, &p->cap, n + n_out + 1, sizeof(*p->v));
	p->n = n;
	p->n_out = n_out;
	if (n)
		memcpy(p->v, list, n * sizeof(*list));
	if (n_out)
		memcpy(p->v + n, out, n_out * sizeof(*out));
}
