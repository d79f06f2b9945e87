/* Rows whose columns a header named: members are JSON, none too many. */
#include <stdlib.h>

#include "header.h"
#include "json.h"

#define COLUMNS_AND_OURS 258

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct leaves *l, struct arena *a)
{
	if (l->n > COLUMNS_AND_OURS)
		abort();
	for (size_t i = 0; i < l->n; i++) {
		struct str raw = l->v[i].raw;
		char *copy = arena_zero(a, raw.n + JSON_PAD);

		if (!raw.p)
			continue;
		memcpy(copy, raw.p, raw.n);
		if (!json_valid((struct str){copy, raw.n}, NULL))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	char *text = arena_zero(a, size + JSON_PAD);
	struct str rest = {text, size};
	struct header *h = NULL;
	struct leaves l = {0};

	if (size)
		memcpy(text, data, size);
	while (rest.p) {
		struct str line = str_cut(&rest, '\n');

		if (header_note(&h, line) == HEADER_NONE && header_row(h, line, a, &l))
			check(&l, a);
	}
	leaves_free(&l);
	header_free(h);
	arena_free(a);
	return 0;
}
