#include "map.h"
#include "mem.h"
#include "pending.h"
#include "when.h"

struct waiting {
	char *id, *keys;
	size_t id_n, keys_n;
	int64_t t;
	bool dropped;
};

struct pending {
	int64_t span;
	struct waiting *ring;
	size_t cap, head, n, max;
	struct map *by_id; /* to the place in order of arrival, plus one */
	uint64_t taken;    /* out of the ring so far */
};

struct pending *
pending_new(int64_t span, size_t max)
{
	struct pending *p = mem_new(1, sizeof(*p));

	p->span = span;
	p->max = max;
	p->by_id = map_new();
	return p;
}

static void
free_one(struct waiting *w)
{
	mem_free(w->id);
	mem_free(w->keys);
	*w = (struct waiting){0};
}

void
pending_free(struct pending *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		free_one(&p->ring[(p->head + i) % p->cap]);
	mem_free(p->ring);
	map_free(p->by_id);
	mem_free(p);
}

static void
take_first(struct pending *p, struct habit *h)
{
	struct waiting *w = &p->ring[p->head];
	struct str id = {w->id, w->id_n};

	if (!w->dropped)
		habit_learn(h, (struct str){w->keys, w->keys_n}, 1,
		    w->t > 0 ? (uint32_t)(w->t / (86400 * WHEN_S)) : 0);
	if ((uint64_t)(uintptr_t)map_get(p->by_id, id) == p->taken + 1)
		map_del(p->by_id, id);
	free_one(w);
	p->head = (p->head + 1) % p->cap;
	p->n--;
	p->taken++;
}

void
pending_flush(struct pending *p, struct habit *h, int64_t now)
{
	while (p->n && (now == INT64_MAX || p->ring[p->head].t < now - p->span))
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
		ring[i] = p->ring[(p->head + i) % p->cap];
	mem_free(p->ring);
	p->ring = ring;
	p->cap = cap;
	p->head = 0;
}

void
pending_add(struct pending *p, struct habit *h, struct str id, int64_t t, struct str keys)
{
	struct waiting *w;

	if (p->n >= p->max)
		take_first(p, h);
	make_room(p);
	w = &p->ring[(p->head + p->n) % p->cap];
	*w = (struct waiting){mem_text(id), mem_text(keys), id.n, keys.n, t, false};
	p->n++;
	*map_put(p->by_id, id) = (void *)(uintptr_t)(p->taken + p->n);
}

bool
pending_drop(struct pending *p, struct str id)
{
	uint64_t place = (uint64_t)(uintptr_t)map_get(p->by_id, id);

	if (place <= p->taken || place > p->taken + p->n)
		return false;
	p->ring[(p->head + (size_t)(place - p->taken - 1)) % p->cap].dropped = true;
	return true;
}
