/* Any bytes are a tree of bounded size or an error with its place. */
#include <stdlib.h>

#include "buf.h"
#include "yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct yaml_docs docs;
	struct err e = {0};
	struct buf b = buf_make((size_t)64 * 1024 * 1024);

	if (yaml_parse(a, (struct str){(const char *)data, size}, "f", &docs, &e)) {
		for (size_t i = 0; i < docs.n && i < 4; i++)
			node_write(docs.v[i], false, &b);
	} else if (e.kind == ERR_NONE) {
		abort();
	}
	buf_free(&b);
	arena_free(a);
	return 0;
}
