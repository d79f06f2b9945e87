#include "arena.h"
#include "map.h"
#include "mem.h"
#include "vocab.h"

struct vocab {
	struct arena *names;
	struct {
		uint64_t id;
		struct str text;
	} * v;
	size_t n, cap, max;
	uint32_t *index; /* to v, plus one; 0 is free */
	size_t size;     /* of index, a power of two */
	uint64_t secret;
};

struct vocab *
vocab_new(size_t max)
{
	struct vocab *o = mem_new(1, sizeof(*o));

	o->names = arena_new();
	o->max = max < VOCAB_NONE - 1 ? max : VOCAB_NONE - 1;
	o->size = 1024;
	o->index = mem_new(o->size, sizeof(*o->index));
	o->secret = map_hash(STR("vocab")) | 1;
	return o;
}

void
vocab_free(struct vocab *o)
{
	if (!o)
		return;
	arena_free(o->names);
	mem_free(o->v);
	mem_free(o->index);
	mem_free(o);
}

uint64_t
vocab_id(struct str s)
{
	static const uint64_t key[2] = {0x69726c6561726e31u, 0x766f636162756c61u};
	uint64_t id = map_hash_by(key, s);

	return id ? id : 1;
}

static uint32_t *
find(const struct vocab *o, uint64_t id)
{
	size_t i = (id * o->secret >> 20) & (o->size - 1);

	while (o->index[i] && o->v[o->index[i] - 1].id != id)
		i = (i + 1) & (o->size - 1);
	return &o->index[i];
}

static void
grow(struct vocab *o)
{
	o->size *= 2;
	mem_free(o->index);
	o->index = mem_new(o->size, sizeof(*o->index));
	for (size_t i = 0; i < o->n; i++)
		*find(o, o->v[i].id) = (uint32_t)i + 1;
}

uint32_t
vocab_add(struct vocab *o, uint64_t id, struct str text)
{
	uint32_t *at = find(o, id);

	if (*at)
		return *at - 1;
	if (o->n >= o->max)
		return VOCAB_NONE;
	if (o->n * 2 >= o->size) {
		grow(o);
		at = find(o, id);
	}
	o->v = mem_grow(o->v, &o->cap, o->n + 1, sizeof(*o->v));
	o->v[o->n].id = id;
	o->v[o->n].text = arena_copy(o->names, text);
	*at = (uint32_t)++o->n;
	return *at - 1;
}

struct word
vocab_word(struct vocab *o, struct str text)
{
	struct word w = {vocab_id(text), VOCAB_NONE};

	w.ref = vocab_add(o, w.id, text);
	return w;
}

struct str
vocab_text(const struct vocab *o, uint32_t ref)
{
	return ref < o->n ? o->v[ref].text : STR("");
}

uint64_t
vocab_number(const struct vocab *o, uint32_t ref)
{
	return ref < o->n ? o->v[ref].id : 0;
}
