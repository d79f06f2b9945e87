#include "lru.h"
#include "map.h"
#include "mem.h"

/* The value stands right behind this; the key behind the value. */
struct entry {
	struct entry *older, *newer;
	const char *key;
	size_t n;
	_Alignas(16) char value[];
};

struct lru {
	struct map *map;
	struct entry *oldest, *newest;
	size_t max, size, count;
	uint64_t evicted;
	void (*drop)(void *ctx, struct str key, void *value);
	void *ctx;
};

static struct entry *
entry_of(const void *value)
{
	return (struct entry *)((char *)(uintptr_t)value - offsetof(struct entry, value));
}

struct lru *
lru_new(size_t max, size_t size, void (*drop)(void *ctx, struct str key, void *value),
    void *ctx)
{
	struct lru *t = mem_new(1, sizeof(*t));

	t->map = map_new();
	t->max = max ? max : 1;
	t->size = size;
	t->drop = drop;
	t->ctx = ctx;
	return t;
}

static void
unlink_entry(struct lru *t, struct entry *e)
{
	*(e->older ? &e->older->newer : &t->oldest) = e->newer;
	*(e->newer ? &e->newer->older : &t->newest) = e->older;
}

static void
link_newest(struct lru *t, struct entry *e)
{
	e->newer = NULL;
	e->older = t->newest;
	*(t->newest ? &t->newest->newer : &t->oldest) = e;
	t->newest = e;
}

static void
forget(struct lru *t, struct entry *e)
{
	struct str key = {e->key, e->n};

	unlink_entry(t, e);
	map_del(t->map, key);
	t->count--;
	if (t->drop)
		t->drop(t->ctx, key, e->value);
	mem_free(e);
}

void
lru_free(struct lru *t)
{
	if (!t)
		return;
	while (t->oldest)
		forget(t, t->oldest);
	map_free(t->map);
	mem_free(t);
}

size_t
lru_count(const struct lru *t)
{
	return t->count;
}

void *
lru_peek(const struct lru *t, struct str key)
{
	struct entry *e = map_get(t->map, key);

	return e ? e->value : NULL;
}

void *
lru_get(struct lru *t, struct str key)
{
	struct entry *e = map_get(t->map, key);

	if (!e)
		return NULL;
	unlink_entry(t, e);
	link_newest(t, e);
	return e->value;
}

void *
lru_put(struct lru *t, struct str key, bool *fresh)
{
	void *value = lru_get(t, key);
	struct entry *e;
	char *copy;

	if (fresh)
		*fresh = !value;
	if (value)
		return value;
	if (t->count == t->max) {
		t->evicted++;
		forget(t, t->oldest);
	}
	e = mem_new(1, sizeof(*e) + t->size + key.n + 1);
	copy = e->value + t->size;
	if (key.n)
		memcpy(copy, key.p, key.n);
	e->key = copy;
	e->n = key.n;
	link_newest(t, e);
	*map_put(t->map, key) = e;
	t->count++;
	return e->value;
}

struct str
lru_key(const void *value)
{
	const struct entry *e = entry_of(value);

	return (struct str){e->key, e->n};
}

bool
lru_del(struct lru *t, struct str key)
{
	struct entry *e = map_get(t->map, key);

	if (e)
		forget(t, e);
	return e != NULL;
}

uint64_t
lru_evicted(const struct lru *t)
{
	return t->evicted;
}

void *
lru_next(const struct lru *t, const void *value)
{
	struct entry *e = value ? entry_of(value)->newer : t->oldest;

	return e ? e->value : NULL;
}
