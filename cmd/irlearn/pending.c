#include "map.h"
#include "mem.h"
#include "pending.h"

#define CHUNK 1024 /* glimpses */

struct waiting {
	uint64_t id;
	int64_t ns;
	uint8_t n; /* glimpses; 0: dropped, `was` are to be skipped */
	uint8_t was;
};

struct chunk {
	struct chunk *next;
	size_t n;
	struct glimpse v[CHUNK];
};

struct pending {
	int64_t span;
	struct waiting *ring;
	size_t cap, head, n, max;   /* cap is a power of two */
	struct chunk *first, *last; /* what they saw, one after the other */
	size_t at;                  /* in the first chunk */
	uint32_t *by_id;            /* open addressing: places in the ring plus one */
	size_t size;                /* of it: twice cap */
};

struct pending *
pending_new(int64_t span, size_t max)
{
	struct pending *p = mem_new(1, sizeof(*p));

	p->span = span;
	p->max = max < UINT32_MAX / 4 ? max : UINT32_MAX / 4;
	return p;
}

void
pending_free(struct pending *p)
{
	if (!p)
		return;
	for (struct chunk *c; (c = p->first);) {
		p->first = c->next;
		mem_free(c);
	}
	mem_free(p->ring);
	mem_free(p->by_id);
	mem_free(p);
}

/* --- ids to places; the newest of equal ids counts --- */

/* Where the id stands or would stand. */
static size_t
find(const struct pending *p, uint64_t id)
{
	size_t i = id & (p->size - 1);

	while (p->by_id[i] && p->ring[p->by_id[i] - 1].id != id)
		i = (i + 1) & (p->size - 1);
	return i;
}

/* Those behind move up, so that no hole ends a search too early. */
static void
unindex(struct pending *p, uint64_t id, uint32_t place)
{
	size_t i = find(p, id), k;

	if (p->by_id[i] != place + 1)
		return;
	p->by_id[i] = 0;
	for (k = (i + 1) & (p->size - 1); p->by_id[k]; k = (k + 1) & (p->size - 1)) {
		size_t home = p->ring[p->by_id[k] - 1].id & (p->size - 1);

		if (((k - home) & (p->size - 1)) < ((k - i) & (p->size - 1)))
			continue;
		p->by_id[i] = p->by_id[k];
		p->by_id[k] = 0;
		i = k;
	}
}

/* --- the ring --- */

static void
take_first(struct pending *p, struct habit *h)
{
	struct waiting *w = &p->ring[p->head];
	struct glimpse g[LENSES + 1];

	for (size_t i = 0; i < w->was; i++) {
		struct chunk *c = p->first;

		g[i] = c->v[p->at++];
		if (p->at == c->n && c->n == CHUNK) {
			p->first = c->next;
			if (!p->first)
				p->last = NULL;
			mem_free(c);
			p->at = 0;
		}
	}
	habit_learn(h, g, w->n, w->ns, 1);
	unindex(p, w->id, (uint32_t)p->head);
	p->head = (p->head + 1) & (p->cap - 1);
	p->n--;
}

void
pending_flush(struct pending *p, struct habit *h, int64_t now)
{
	while (p->n && (now == INT64_MAX || p->ring[p->head].ns < now - p->span))
		take_first(p, h);
}

static void
make_room(struct pending *p)
{
	size_t cap = p->cap ? p->cap * 2 : 1024;
	struct waiting *ring;

	if (p->n < p->cap)
		return;
	ring = mem_new(cap, sizeof(*ring));
	for (size_t i = 0; i < p->n; i++)
		ring[i] = p->ring[(p->head + i) & (p->cap - 1)];
	mem_free(p->ring);
	mem_free(p->by_id);
	p->ring = ring;
	p->cap = cap;
	p->head = 0;
	p->size = 2 * cap;
	p->by_id = mem_new(p->size, sizeof(*p->by_id));
	for (size_t i = 0; i < p->n; i++)
		p->by_id[find(p, ring[i].id)] = (uint32_t)i + 1;
}

static void
keep(struct pending *p, const struct glimpse *g, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!p->last || p->last->n == CHUNK) {
			struct chunk *c = mem_new(1, sizeof(*c));

			*(p->last ? &p->last->next : &p->first) = c;
			p->last = c;
		}
		p->last->v[p->last->n++] = g[i];
	}
}

void
pending_add(struct pending *p, struct habit *h, struct str id, int64_t ns)
{
	uint32_t place;

	if (p->n >= p->max)
		take_first(p, h);
	make_room(p);
	place = (uint32_t)((p->head + p->n) & (p->cap - 1));
	/* the secret of this run: who makes ids does not choose their places */
	p->ring[place] = (struct waiting){
	    map_hash(id), ns, (uint8_t)h->n_seen, (uint8_t)h->n_seen};
	keep(p, h->seen, h->n_seen);
	p->n++;
	p->by_id[find(p, p->ring[place].id)] = place + 1;
}

bool
pending_drop(struct pending *p, struct str id)
{
	size_t at = p->size ? find(p, map_hash(id)) : 0;

	if (!p->size || !p->by_id[at])
		return false;
	p->ring[p->by_id[at] - 1].n = 0;
	return true;
}
