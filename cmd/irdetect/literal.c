/*
 * Anchored literals are found by hashes of the text's head and tail, one step a
 * byte; the others by their rarest four (or two) bytes, through a bitmap that
 * sorts out almost all places of the text.
 */
#include "literal.h"
#include "mem.h"

#define KEY   24u /* bytes of a head or tail that are hashed at most */
#define GRAMS 16 /* places of a literal that are compared to find its rarest four bytes */

struct entry {
	uint64_t hash;
	struct str text;
	uint32_t owner;
	uint32_t at;   /* where in the text its gram stands */
	uint32_t next; /* of the same slot, + 1 */
	enum pattern_kind kind;
};

/* A hash table of entries, by `hash`. */
struct table {
	uint32_t *slot; /* entry number + 1 */
	size_t mask;    /* slots - 1 */
	uint64_t *bits; /* of mix(hash): sorts out almost all that is not there */
	unsigned shift;
};

enum which { EXACT, HEAD, TAIL, GRAM4, GRAM2, GRAM1, TABLES };

struct literals {
	struct entry *v;
	size_t n, cap;
	struct table table[TABLES];
	size_t count[TABLES];
	uint32_t lengths[2]; /* bit n: there are heads, tails of n bytes */
	size_t longest;      /* of those that must be all of the text */
};

struct literals *
literals_new(void)
{
	return mem_new(1, sizeof(struct literals));
}

void
literals_free(struct literals *ls)
{
	if (!ls)
		return;
	for (size_t i = 0; i < TABLES; i++) {
		mem_free(ls->table[i].slot);
		mem_free(ls->table[i].bits);
	}
	mem_free(ls->v);
	mem_free(ls);
}

static uint64_t
step(uint64_t h, char c)
{
	return (h ^ (unsigned char)c) * UINT64_C(0x9E3779B97F4A7C15) + (h >> 29);
}

static uint64_t
hash_head(struct str s)
{
	uint64_t h = 0;

	for (size_t i = 0; i < s.n; i++)
		h = step(h, s.p[i]);
	return h;
}

static uint64_t
hash_tail(struct str s)
{
	uint64_t h = 0;

	for (size_t i = s.n; i > 0; i--)
		h = step(h, s.p[i - 1]);
	return h;
}

static uint32_t
mix(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32) * UINT32_C(0x85EBCA6B);
}

/* Grams are mixed already. */
static inline uint32_t
place_of(const struct table *t, enum which w, uint64_t hash)
{
	return (w == GRAM4 ? (uint32_t)hash : mix(hash)) >> t->shift;
}

static inline bool
may_have(const struct table *t, enum which w, uint64_t hash)
{
	uint32_t m = place_of(t, w, hash);

	return t->bits[m >> 6] >> (m & 63) & 1;
}

static uint32_t
gram4(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v * UINT32_C(0x9E3779B1);
}

static uint64_t
gram2(const char *p)
{
	return (uint64_t)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

static enum which
where(const struct entry *x)
{
	if (x->kind == PATTERN_EXACT)
		return EXACT;
	if (x->kind == PATTERN_STARTS)
		return HEAD;
	if (x->kind == PATTERN_ENDS)
		return TAIL;
	return x->text.n >= 4 ? GRAM4 : x->text.n >= 2 ? GRAM2 : GRAM1;
}

void
literals_add(struct literals *ls, enum pattern_kind kind, struct str text, uint32_t owner)
{
	struct entry *x;

	ls->v = mem_grow(ls->v, &ls->cap, ls->n + 1, sizeof(*ls->v));
	x = &ls->v[ls->n++];
	*x = (struct entry){.text = text, .owner = owner, .kind = kind};
	ls->count[where(x)]++;
}

static void
put(struct literals *ls, enum which w, size_t i)
{
	struct table *t = &ls->table[w];
	uint32_t *slot = &t->slot[(ls->v[i].hash ^ ls->v[i].hash >> 32) & t->mask];
	uint32_t m = place_of(t, w, ls->v[i].hash);

	t->bits[m >> 6] |= UINT64_C(1) << (m & 63);
	ls->v[i].next = *slot;
	*slot = (uint32_t)i + 1;
}

/* The end of a literal, which tells more than its start, is enough to choose from. */
static size_t
first_gram(struct str s)
{
	return s.n > GRAMS + 3 ? s.n - GRAMS - 3 : 0;
}

/* The place of the four bytes that fewest others of the literals share. */
static uint32_t
rarest(const uint8_t *seen, size_t mask, struct str s)
{
	uint32_t best = 0, least = UINT32_MAX;

	for (size_t i = first_gram(s); i + 4 <= s.n; i++) {
		uint32_t n = seen[gram4(s.p + i) >> 8 & mask];

		if (n < least) {
			least = n;
			best = (uint32_t)i;
		}
	}
	return best;
}

static void
count(uint8_t *n)
{
	*n += *n < UINT8_MAX;
}

static void
choose_grams(struct literals *ls)
{
	size_t size = 1024, mask;
	uint8_t *seen;

	while (size < ls->count[GRAM4] * 32 && size < (size_t)1 << 18)
		size *= 2;
	mask = size - 1;
	seen = mem_new(size, sizeof(*seen));
	for (size_t i = 0; i < ls->n; i++) {
		struct str s = ls->v[i].text;

		for (size_t k = first_gram(s); where(&ls->v[i]) == GRAM4 && k + 4 <= s.n;
		     k++)
			count(&seen[gram4(s.p + k) >> 8 & mask]);
	}
	for (size_t i = 0; i < ls->n; i++)
		if (where(&ls->v[i]) == GRAM4)
			ls->v[i].at = rarest(seen, mask, ls->v[i].text);
	mem_free(seen);
}

static void
make_key(struct literals *ls, struct entry *x)
{
	size_t n = x->text.n < KEY ? x->text.n : KEY;

	switch (where(x)) {
	case EXACT:
		x->hash = hash_head(x->text);
		ls->longest = x->text.n > ls->longest ? x->text.n : ls->longest;
		break;
	case HEAD:
		x->hash = hash_head(str_sub(x->text, 0, n));
		ls->lengths[0] |= UINT32_C(1) << n;
		break;
	case TAIL:
		x->hash = hash_tail(str_from(x->text, x->text.n - n));
		ls->lengths[1] |= UINT32_C(1) << n;
		break;
	case GRAM4:
		x->hash = gram4(x->text.p + x->at);
		break;
	case GRAM2:
		x->hash = gram2(x->text.p);
		break;
	case GRAM1:
		x->hash = (unsigned char)x->text.p[0];
		break;
	case TABLES:
		break;
	}
}

static void
make_table(struct table *t, size_t n)
{
	size_t size = 8;
	unsigned bits = 9;

	while (size < n * 2)
		size *= 2;
	while (bits < 18 && (size_t)1 << bits < n * 256)
		bits++;
	t->slot = mem_new(size, sizeof(*t->slot));
	t->mask = size - 1;
	t->bits = mem_new(((size_t)1 << bits) / 64, sizeof(*t->bits));
	t->shift = 32 - bits;
}

void
literals_ready(struct literals *ls)
{
	for (size_t w = 0; w < TABLES; w++)
		if (ls->count[w])
			make_table(&ls->table[w], ls->count[w]);
	if (ls->count[GRAM4])
		choose_grams(ls);
	for (size_t i = 0; i < ls->n; i++) {
		make_key(ls, &ls->v[i]);
		put(ls, where(&ls->v[i]), i);
	}
}

struct search {
	const struct literals *ls;
	struct str text;
	void (*hit)(void *ctx, uint32_t owner);
	void *ctx;
};

/* Entries of this hash: all that is to be known but whether the rest of the text is there. */
static void
check(const struct search *s, enum which w, uint64_t hash, size_t at)
{
	const struct table *t = &s->ls->table[w];
	uint32_t i = t->slot[(hash ^ hash >> 32) & t->mask];

	for (const struct entry *x; i; i = x->next) {
		x = &s->ls->v[i - 1];
		if (x->hash != hash)
			continue;
		if (w >= GRAM4 &&
		    (at < x->at || !str_starts(str_from(s->text, at - x->at), x->text)))
			continue;
		s->hit(s->ctx, x->owner);
	}
}

static inline void
look(const struct search *s, enum which w, uint64_t hash, size_t at)
{
	if (may_have(&s->ls->table[w], w, hash))
		check(s, w, hash, at);
}

static void
find_ends(const struct search *s)
{
	const struct literals *ls = s->ls;
	uint64_t head = 0, tail = 0;

	if (ls->count[EXACT] && s->text.n <= ls->longest)
		look(s, EXACT, hash_head(s->text), 0);
	for (unsigned n = 1; ls->count[HEAD] && n <= s->text.n && n <= KEY; n++) {
		head = step(head, s->text.p[n - 1]);
		if (ls->lengths[0] >> n & 1)
			look(s, HEAD, head, 0);
	}
	for (unsigned n = 1; ls->count[TAIL] && n <= s->text.n && n <= KEY; n++) {
		tail = step(tail, s->text.p[s->text.n - n]);
		if (ls->lengths[1] >> n & 1)
			look(s, TAIL, tail, 0);
	}
}

static inline uint64_t
has_gram(const uint64_t *bits, uint32_t place)
{
	return bits[place >> 6] >> (place & 63) & 1;
}

/* Four places at a time, since almost none is of interest. */
static void
find_grams(const struct search *s)
{
	const struct table *t = &s->ls->table[GRAM4];
	const uint64_t *bits = t->bits;
	unsigned shift = t->shift;
	const char *p = s->text.p;
	size_t i = 0;

	for (; i + 8 <= s->text.n; i += 4) {
		uint32_t a = gram4(p + i) >> shift, b = gram4(p + i + 1) >> shift,
			 c = gram4(p + i + 2) >> shift, d = gram4(p + i + 3) >> shift;

		if (!(has_gram(bits, a) | has_gram(bits, b) | has_gram(bits, c) |
			has_gram(bits, d)))
			continue;
		for (size_t k = i; k < i + 4; k++)
			look(s, GRAM4, gram4(p + k), k);
	}
	for (; i + 4 <= s->text.n; i++)
		look(s, GRAM4, gram4(p + i), i);
}

static void
find_inside(const struct search *s)
{
	const struct literals *ls = s->ls;
	const char *p = s->text.p;

	if (ls->count[GRAM4])
		find_grams(s);
	for (size_t i = 0; ls->count[GRAM2] && i + 2 <= s->text.n; i++)
		look(s, GRAM2, gram2(p + i), i);
	for (size_t i = 0; ls->count[GRAM1] && i < s->text.n; i++)
		look(s, GRAM1, (unsigned char)p[i], i);
}

void
literals_find(const struct literals *ls, struct str text,
    void (*hit)(void *ctx, uint32_t owner), void *ctx)
{
	struct search s = {ls, text, hit, ctx};

	find_ends(&s);
	find_inside(&s);
}
