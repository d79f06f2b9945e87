#include <sys/random.h>
#include <time.h>

#include "map.h"
#include "mem.h"

#define NONE UINT32_MAX

struct entry {
	char *key; /* NULL: deleted */
	size_t n;
	uint64_t hash;
	void *value;
};

struct map {
	struct entry *entries; /* in order of insertion */
	size_t n, cap, live;
	uint32_t *index; /* open addressing; NONE is free, else a place in entries */
	size_t size;     /* of index, a power of two */
};

static uint64_t seed[2];

static uint64_t
rotl(uint64_t x, int b)
{
	return x << b | x >> (64 - b);
}

static inline __attribute__((always_inline)) void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static void
seed_once(void)
{
	if (seed[0] | seed[1])
		return;
	if (getrandom(seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed)) {
		struct timespec t;

		clock_gettime(CLOCK_MONOTONIC, &t);
		seed[0] = (uint64_t)t.tv_nsec * 0x9e3779b97f4a7c15u;
		seed[1] = (uint64_t)(uintptr_t)&t ^ (uint64_t)t.tv_sec;
	}
	seed[0] |= 1;
}

/* SipHash-1-3 of Aumasson and Bernstein. */
uint64_t
map_hash_by(const uint64_t key[2], struct str s)
{
	uint64_t v[4], m, last = (uint64_t)s.n << 56;
	size_t whole = s.n & ~(size_t)7;

	v[0] = key[0] ^ 0x736f6d6570736575u;
	v[1] = key[1] ^ 0x646f72616e646f6du;
	v[2] = key[0] ^ 0x6c7967656e657261u;
	v[3] = key[1] ^ 0x7465646279746573u;
	for (size_t i = 0; i < whole; i += 8) {
		memcpy(&m, s.p + i, 8);
		v[3] ^= m;
		sip_round(v);
		v[0] ^= m;
	}
	last |= str_tail(s);
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
map_hash(struct str s)
{
	seed_once();
	return map_hash_by(seed, s);
}

struct map *
map_new(void)
{
	return mem_new(1, sizeof(struct map));
}

void
map_free(struct map *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		mem_free(m->entries[i].key);
	mem_free(m->entries);
	mem_free(m->index);
	mem_free(m);
}

size_t
map_count(const struct map *m)
{
	return m->live;
}

/* The place in the index where `key` stands or would stand. */
static size_t
find(const struct map *m, struct str key, uint64_t hash)
{
	size_t i = hash & (m->size - 1);

	for (; m->index[i] != NONE; i = (i + 1) & (m->size - 1)) {
		const struct entry *e = &m->entries[m->index[i]];

		if (e->key && e->hash == hash && e->n == key.n &&
		    memcmp(e->key, key.p, key.n) == 0)
			break;
	}
	return i;
}

/* Drop deleted entries and index the rest anew, with room for growth. */
static void
rebuild(struct map *m)
{
	size_t live = 0, size = 16;

	for (size_t i = 0; i < m->n; i++)
		if (m->entries[i].key)
			m->entries[live++] = m->entries[i];
	m->n = live;
	while (size < live * 4)
		size *= 2;
	mem_free(m->index);
	m->index = mem_new(size, sizeof(*m->index));
	m->size = size;
	memset(m->index, 0xff, size * sizeof(*m->index));
	for (size_t i = 0; i < live; i++) {
		size_t at = m->entries[i].hash & (size - 1);

		while (m->index[at] != NONE)
			at = (at + 1) & (size - 1);
		m->index[at] = (uint32_t)i;
	}
}

void *
map_get(const struct map *m, struct str key)
{
	size_t at;

	if (m->live == 0)
		return NULL;
	at = find(m, key, map_hash(key));
	return m->index[at] == NONE ? NULL : m->entries[m->index[at]].value;
}

void **
map_put(struct map *m, struct str key)
{
	uint64_t hash = map_hash(key);
	struct entry *e;
	size_t at;

	if (m->size == 0 || (m->n + 1) * 2 > m->size)
		rebuild(m);
	at = find(m, key, hash);
	if (m->index[at] != NONE)
		return &m->entries[m->index[at]].value;
	m->entries = mem_grow(m->entries, &m->cap, m->n + 1, sizeof(*m->entries));
	e = &m->entries[m->n];
	*e = (struct entry){mem_text(key), key.n, hash, NULL};
	m->index[at] = (uint32_t)m->n++;
	m->live++;
	return &e->value;
}

void *
map_del(struct map *m, struct str key)
{
	struct entry *e;
	size_t at;

	if (m->live == 0)
		return NULL;
	at = find(m, key, map_hash(key));
	if (m->index[at] == NONE)
		return NULL;
	/* The index keeps pointing at the dead entry, so that probing goes on past it. */
	e = &m->entries[m->index[at]];
	mem_free(e->key);
	e->key = NULL;
	m->live--;
	return e->value;
}

bool
map_next(const struct map *m, size_t *i, struct str *key, void **value)
{
	while (*i < m->n && !m->entries[*i].key)
		++*i;
	if (*i == m->n)
		return false;
	if (key)
		*key = (struct str){m->entries[*i].key, m->entries[*i].n};
	if (value)
		*value = m->entries[*i].value;
	++*i;
	return true;
}
