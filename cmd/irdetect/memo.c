#include "mem.h"
#include "memo.h"

#define PLACES    8192 /* a power of two */
#define RAW_MAX   1000 /* bytes of a value */
#define RULES_MAX 60

struct kept {
	uint64_t hash;
	uint32_t who;
	uint16_t n, len, room; /* rules, bytes of the value, bytes of `mem` */
	uint32_t *mem;         /* the rules, then the value */
};

struct memo {
	struct kept v[PLACES];
};

struct memo *
memo_new(void)
{
	return mem_new(1, sizeof(struct memo));
}

void
memo_free(struct memo *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < PLACES; i++)
		mem_free(m->v[i].mem);
	mem_free(m);
}

/* Whoever makes values collide gets them searched for again, no more. */
static uint64_t
hash_of(uint32_t who, struct str s)
{
	uint64_t h = (s.n + 1) * UINT64_C(0x9E3779B97F4A7C15) ^ who, w;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&w, s.p + i, 8);
		h = (h ^ w) * UINT64_C(0xD6E8FEB86659FD93);
		h ^= h >> 32;
	}
	w = 0;
	memcpy(&w, s.p + i, s.n - i);
	h = (h ^ w) * UINT64_C(0xD6E8FEB86659FD93);
	return h ^ h >> 29;
}

const uint32_t *
memo_get(const struct memo *m, uint32_t who, struct str raw, size_t *n)
{
	uint64_t h;
	const struct kept *k;

	if (raw.n > RAW_MAX)
		return NULL;
	h = hash_of(who, raw);
	k = &m->v[h & (PLACES - 1)];
	if (k->hash != h || k->who != who || k->len != raw.n || !k->mem ||
	    memcmp(k->mem + k->n, raw.p, raw.n) != 0)
		return NULL;
	*n = k->n;
	return k->mem;
}

void
memo_put(struct memo *m, uint32_t who, struct str raw, const uint32_t *rules, size_t n)
{
	size_t need = n * sizeof(*rules) + raw.n;
	struct kept *k;
	uint64_t h;

	if (raw.n > RAW_MAX || n > RULES_MAX)
		return;
	h = hash_of(who, raw);
	k = &m->v[h & (PLACES - 1)];
	if (!k->mem || k->room < need) {
		mem_free(k->mem);
		k->room = (uint16_t)(need < 96 ? 96 : need);
		k->mem = mem_new(k->room, 1);
	}
	k->hash = h;
	k->who = who;
	k->n = (uint16_t)n;
	k->len = (uint16_t)raw.n;
	if (n)
		memcpy(k->mem, rules, n * sizeof(*rules));
	memcpy(k->mem + n, raw.p, raw.n);
}
