#include "lru.h"
#include "map.h"
#include "mem.h"

/* The value stands right behind this; the key behind the value. */
struct entry {
	struct entry *older, *newer;
	uint64_t hash;
	uint32_t at, n; /* of the key: where it begins behind `value`, its bytes */
	_Alignas(16) char value[];
};

struct lru {
	struct entry *oldest, *newest;
	struct entry *
	    *index; /* open addressing; a power of two, three quarters full at most */
	size_t slots;
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

static struct str
key_of(const struct entry *e)
{
	return (struct str){e->value + e->at, e->n};
}

struct lru *
lru_new(size_t max, size_t size, void (*drop)(void *ctx, struct str key, void *value),
    void *ctx)
{
	struct lru *t = mem_new(1, sizeof(*t));

	t->slots = 16;
	t->index = mem_new(t->slots, sizeof(struct entry *));
	t->max = max ? max : 1;
	t->size = size;
	t->drop = drop;
	t->ctx = ctx;
	return t;
}

/* --- the index --- */

/* Where the key stands or would stand. */
static size_t
find(const struct lru *t, struct str key, uint64_t hash)
{
	size_t i = hash & (t->slots - 1);

	for (; t->index[i]; i = (i + 1) & (t->slots - 1)) {
		const struct entry *e = t->index[i];

		if (e->hash == hash && e->n == key.n &&
		    (key.n == 0 || memcmp(e->value + e->at, key.p, key.n) == 0))
			break;
	}
	return i;
}

static void
grow(struct lru *t)
{
	t->slots *= 2;
	mem_free(t->index);
	t->index = mem_new(t->slots, sizeof(struct entry *));
	for (struct entry *e = t->oldest; e; e = e->newer) {
		size_t i = e->hash & (t->slots - 1);

		while (t->index[i])
			i = (i + 1) & (t->slots - 1);
		t->index[i] = e;
	}
}

/* Those behind move up, so that no hole ends a search too early. */
static void
unindex(struct lru *t, size_t i)
{
	size_t mask = t->slots - 1;

	t->index[i] = NULL;
	for (size_t k = (i + 1) & mask; t->index[k]; k = (k + 1) & mask) {
		size_t home = t->index[k]->hash & mask;

		if (((k - home) & mask) < ((k - i) & mask))
			continue;
		t->index[i] = t->index[k];
		t->index[k] = NULL;
		i = k;
	}
}

/* --- the order --- */

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
	unlink_entry(t, e);
	unindex(t, find(t, key_of(e), e->hash));
	t->count--;
	if (t->drop)
		t->drop(t->ctx, key_of(e), e->value);
	mem_free(e);
}

void
lru_free(struct lru *t)
{
	if (!t)
		return;
	for (struct entry *e = t->oldest, *next; e; e = next) {
		next = e->newer;
		if (t->drop)
			t->drop(t->ctx, key_of(e), e->value);
		mem_free(e);
	}
	mem_free(t->index);
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
	struct entry *e = t->index[find(t, key, map_hash(key))];

	return e ? e->value : NULL;
}

static void *
touch(struct lru *t, struct entry *e)
{
	if (e != t->newest) {
		unlink_entry(t, e);
		link_newest(t, e);
	}
	return e->value;
}

void *
lru_get(struct lru *t, struct str key)
{
	struct entry *e = t->index[find(t, key, map_hash(key))];

	return e ? touch(t, e) : NULL;
}

void *
lru_put(struct lru *t, struct str key, bool *fresh)
{
	uint64_t hash = map_hash(key);
	size_t at = find(t, key, hash);
	struct entry *e = t->index[at];

	if (fresh)
		*fresh = !e;
	if (e)
		return touch(t, e);
	if (t->count == t->max) {
		t->evicted++;
		forget(t, t->oldest);
		at = find(t, key, hash);
	}
	if (t->count * 4 >= t->slots * 3) {
		grow(t);
		at = find(t, key, hash);
	}
	e = mem_new(1, sizeof(*e) + t->size + key.n);
	e->hash = hash;
	e->at = (uint32_t)t->size;
	e->n = (uint32_t)key.n;
	if (key.n)
		memcpy(e->value + t->size, key.p, key.n);
	link_newest(t, e);
	t->index[at] = e;
	t->count++;
	return e->value;
}

struct str
lru_key(const void *value)
{
	return key_of(entry_of(value));
}

bool
lru_del(struct lru *t, struct str key)
{
	struct entry *e = t->index[find(t, key, map_hash(key))];

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
