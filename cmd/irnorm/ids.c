#include <assert.h>

#include "ids.h"
#include "arena.h"
#include "mem.h"

#define MOST  256
#define BYTES ((size_t)64 * 1024) /* of texts: what the nearer caches hold */

struct ids {
	struct arena *a; /* the texts */
	size_t bytes;
	size_t n;
	struct sha256_text text[MOST];
	size_t at[MOST];
	uint8_t hash[MOST][SHA256_SIZE];
};

struct ids *
ids_new(void)
{
	struct ids *ids = mem_new(1, sizeof(*ids));

	ids->a = arena_new();
	return ids;
}

void
ids_free(struct ids *ids)
{
	if (!ids)
		return;
	arena_free(ids->a);
	mem_free(ids);
}

char *
ids_room(struct ids *ids, size_t n)
{
	ids->bytes += n;
	return arena_alloc(ids->a, n + SHA256_TAIL);
}

void
ids_add(struct ids *ids, const struct sha256_text *text, size_t at)
{
	assert(ids->n < MOST);
	ids->text[ids->n] = *text;
	ids->at[ids->n++] = at;
}

bool
ids_full(const struct ids *ids)
{
	/* an event has two */
	return ids->n + 2 > MOST || ids->bytes >= BYTES;
}

void
ids_settle(struct ids *ids, struct buf *events)
{
	sha256_many(ids->text, ids->n, ids->hash);
	for (size_t i = 0; i < ids->n; i++)
		sha256_digits(ids->hash[i], events->p + ids->at[i]);
	ids->n = ids->bytes = 0;
	arena_reset(ids->a);
}
