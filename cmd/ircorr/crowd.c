#include <math.h>

#include "crowd.h"
#include "mem.h"

#define WAYS  8                             /* things in one place of the table */
#define START ((size_t)64)                  /* places */
#define DAY   (INT64_C(86400) * 1000000000) /* ns */
#define BITS  64

struct thing {
	uint64_t key;         /* 0: free */
	uint64_t now, before; /* a bit for each who shares it, of this day and the last */
	int32_t day;
	uint32_t used; /* when it was noted, in the table's own time */
};

struct crowd {
	struct thing *v;
	size_t places, most, n;
	uint32_t clock;
	uint64_t evicted;
};

struct crowd *
crowd_new(size_t max)
{
	struct crowd *c = mem_new(1, sizeof(*c));

	c->places = c->most = START;
	while (c->most * WAYS < max && c->most < SIZE_MAX / 2 / WAYS)
		c->most *= 2;
	c->v = mem_new(c->places * WAYS, sizeof(*c->v));
	return c;
}

void
crowd_free(struct crowd *c)
{
	if (!c)
		return;
	mem_free(c->v);
	mem_free(c);
}

/* The same in every run, as what comes of it is. */
static uint64_t
hash(uint64_t h, struct str s, bool fold)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (fold && c >= 'A' && c <= 'Z')
			c |= 0x20;
		h = (h ^ c) * UINT64_C(0x100000001b3);
	}
	h ^= h >> 30;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	h ^= h >> 27;
	h *= UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

uint64_t
crowd_hash(struct str s)
{
	return hash(UINT64_C(0xcbf29ce484222325), s, false);
}

static uint64_t
key_of(enum crowd_of kind, struct str thing)
{
	uint64_t key = hash(UINT64_C(0xcbf29ce484222325) + (uint64_t)kind, thing, true);

	return key ? key : 1;
}

static struct thing *
find(const struct crowd *c, uint64_t key)
{
	struct thing *place = &c->v[(key & (c->places - 1)) * WAYS];

	for (size_t i = 0; i < WAYS; i++)
		if (place[i].key == key)
			return &place[i];
	return NULL;
}

/* A free one of its place, else the one noted longest ago. */
static struct thing *
room(struct crowd *c, uint64_t key)
{
	struct thing *place = &c->v[(key & (c->places - 1)) * WAYS], *oldest = place;

	for (size_t i = 0; i < WAYS; i++) {
		if (!place[i].key)
			return &place[i];
		if (c->clock - place[i].used > c->clock - oldest->used)
			oldest = &place[i];
	}
	return oldest;
}

static void
grow(struct crowd *c)
{
	struct crowd wide = *c;

	wide.places *= 2;
	wide.v = mem_new(wide.places * WAYS, sizeof(*wide.v));
	/* each place opens into two, so that all find room */
	for (size_t i = 0; i < c->places * WAYS; i++)
		if (c->v[i].key)
			*room(&wide, c->v[i].key) = c->v[i];
	mem_free(c->v);
	*c = wide;
}

static struct thing *
thing_of(struct crowd *c, uint64_t key)
{
	struct thing *t = find(c, key);

	if (t)
		return t;
	while (
	    c->places < c->most && (c->n >= c->places * (WAYS / 2) || room(c, key)->key))
		grow(c);
	t = room(c, key);
	if (t->key)
		c->evicted++;
	else
		c->n++;
	*t = (struct thing){.key = key};
	return t;
}

void
crowd_note(
    struct crowd *c, enum crowd_of kind, struct str thing, struct str party, int64_t ns)
{
	int32_t day = (int32_t)(ns / DAY);
	struct thing *t;

	if (!thing.n || !party.n)
		return;
	t = thing_of(c, key_of(kind, thing));
	t->used = ++c->clock;
	if (day > t->day) {
		t->before = day == t->day + 1 ? t->now : 0;
		t->now = 0;
		t->day = day;
	}
	t->now |= UINT64_C(1) << (hash(UINT64_C(0x9e3779b97f4a7c15), party, true) % BITS);
}

unsigned
crowd_count(const struct crowd *c, enum crowd_of kind, struct str thing)
{
	const struct thing *t = thing.n ? find(c, key_of(kind, thing)) : NULL;
	uint64_t bits = t ? t->now | t->before : 0;
	unsigned set = 0;

	for (; bits; bits &= bits - 1)
		set++;
	if (set <= 1)
		return 1;
	/* some fell on the same bit */
	return set == BITS ? 5 * BITS
			   : (unsigned)lround(-BITS * log(1 - (double)set / BITS));
}

double
crowd_weight(unsigned n)
{
	return 1 / (1 + log2(n ? n : 1));
}

uint64_t
crowd_evicted(const struct crowd *c)
{
	return c->evicted;
}

void
crowd_save(const struct crowd *c, struct buf *b)
{
	pack_str(b, STR("crowd"));
	pack_u64(b, c->places);
	pack_u64(b, c->clock);
	pack_u64(b, c->n);
	for (size_t i = 0; i < c->places * WAYS; i++) {
		const struct thing *t = &c->v[i];

		if (!t->key)
			continue;
		pack_u64(b, i);
		pack_u64(b, t->key);
		pack_u64(b, t->now);
		pack_u64(b, t->before);
		pack_i64(b, t->day);
		pack_u64(b, t->used);
	}
}

void
crowd_load(struct crowd *c, struct unpack *u)
{
	uint64_t places, n;

	unpack_tag(u, "crowd");
	places = unpack_u64(u);
	c->clock = (uint32_t)unpack_u64(u);
	n = unpack_max(u, places * WAYS);
	if (u->bad || places < START || places & (places - 1) || places > c->most) {
		u->bad = true;
		return;
	}
	while (c->places < places)
		grow(c);
	for (c->n = 0; c->n < n && !u->bad; c->n++) {
		struct thing *t = &c->v[unpack_max(u, places * WAYS - 1)];

		t->key = unpack_u64(u);
		t->now = unpack_u64(u);
		t->before = unpack_u64(u);
		t->day = (int32_t)unpack_i64(u);
		t->used = (uint32_t)unpack_u64(u);
	}
}
