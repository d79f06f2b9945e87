/* Whatever a cache holds: trees of bounded size, or nothing. */
#ifndef IR_VERSION
#define IR_VERSION "0"
#endif
#include "cache.c" /* the reader itself, without files */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_as(struct arena *a, struct str bytes)
{
	struct cache c = {.a = a, .bytes = bytes, .entries = map_new()};
	struct buf b = buf_make((size_t)1024 * 1024);
	struct yaml_docs docs;
	void *entry;
	size_t at = 0;

	read_entries(&c);
	while (map_next(c.entries, &at, NULL, &entry)) {
		if (!get_docs(*(struct str *)entry, a, &docs))
			continue;
		for (size_t i = 0; i < docs.n && i < 4; i++)
			node_write(docs.v[i], false, &b);
		put_entry(&c, (const uint8_t[SHA256_SIZE]){0}, &docs);
	}
	buf_free(&b);
	buf_free(&c.fresh);
	map_free(c.entries);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str in = {(const char *)data, size};
	uint64_t sum = sum_of(in);

	read_as(a, in);
	read_as(a, CAT(a, STR(MAGIC), (struct str){(const char *)&sum, sizeof(sum)}, in));
	arena_free(a);
	return 0;
}
