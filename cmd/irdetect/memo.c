#include "memo.h"
#include "map.h"
#include "mem.h"

#define PLACES    8192  /* of those that call up somebody; a power of two */
#define NOBODY    65536 /* of the others; a power of two */
#define INLINE    5
#define RULES_MAX 200
#define TAKEN     (UINT64_C(1) << 63) /* no hash is 0 */

struct kept {
	uint64_t hash;
	uint32_t n;
	uint32_t rules[INLINE]; /* if there are no more */
};

struct more {
	uint32_t *rules;
	size_t cap;
};

struct memo {
	uint64_t key[3]; /* nobody can know them, and so make values collide */
	uint64_t nobody[NOBODY];
	struct kept v[PLACES];
	struct more more[PLACES];
};

struct memo *
memo_new(void)
{
	struct memo *m = mem_new(1, sizeof(*m));

	m->key[0] = map_hash(STR("memo 0"));
	m->key[1] = map_hash(STR("memo 1"));
	m->key[2] = map_hash(STR("memo 2"));
	return m;
}

void
memo_free(struct memo *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < PLACES; i++)
		mem_free(m->more[i].rules);
	mem_free(m);
}

#ifdef __SIZEOF_INT128__

static inline uint64_t
mix(uint64_t a, uint64_t b)
{
	unsigned __int128 x = (unsigned __int128)a * b;

	return (uint64_t)x ^ (uint64_t)(x >> 64);
}

static inline uint64_t
load(const char *p, size_t n)
{
	uint64_t w = 0;

	memcpy(&w, p, n);
	return w;
}

uint64_t
memo_hash(const struct memo *m, uint32_t who, struct str s)
{
	uint64_t h = mix(m->key[0] ^ who, m->key[1] ^ s.n), a, b = 0;
	size_t i = 0;

	for (; i + 16 < s.n; i += 16)
		h = mix(load(s.p + i, 8) ^ m->key[1], load(s.p + i + 8, 8) ^ h);
	if (s.n >= 16) {
		a = load(s.p + s.n - 16, 8);
		b = load(s.p + s.n - 8, 8);
	} else if (s.n >= 8) {
		a = load(s.p, 8);
		b = load(s.p + s.n - 8, 8);
	} else {
		a = str_tail(s);
	}
	return mix(mix(a ^ m->key[1], b ^ h) ^ m->key[2], h ^ m->key[0]) | TAKEN;
}

#else

uint64_t
memo_hash(const struct memo *m, uint32_t who, struct str s)
{
	return ((map_hash(s) ^ m->key[0]) + (who + 1) * (m->key[1] | 1)) | TAKEN;
}

#endif

void
memo_ready(const struct memo *m, uint64_t hash)
{
	__builtin_prefetch(&m->nobody[hash & (NOBODY - 1)]);
	__builtin_prefetch(&m->v[hash & (PLACES - 1)]);
}

const uint32_t *
memo_get(const struct memo *m, uint64_t hash, size_t *n)
{
	static const uint32_t none[1];
	size_t at = hash & (PLACES - 1);
	const struct kept *k = &m->v[at];

	if (m->nobody[hash & (NOBODY - 1)] == hash) {
		*n = 0;
		return none;
	}
	if (k->hash != hash)
		return NULL;
	*n = k->n;
	return k->n <= INLINE ? k->rules : m->more[at].rules;
}

void
memo_put(struct memo *m, uint64_t hash, const uint32_t *rules, size_t n)
{
	size_t at = hash & (PLACES - 1);
	struct kept *k = &m->v[at];
	uint32_t *to = k->rules;

	if (n == 0) {
		m->nobody[hash & (NOBODY - 1)] = hash;
		return;
	}
	if (n > RULES_MAX)
		return;
	k->hash = hash;
	k->n = (uint32_t)n;
	if (n > INLINE) {
		struct more *more = &m->more[at];

		to = more->rules = mem_grow(
		    more->rules, &more->cap, n, sizeof(*more->rules));
	}
	memcpy(to, rules, n * sizeof(*rules));
}
