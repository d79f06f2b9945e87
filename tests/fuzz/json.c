/* Of checked JSON every value can be walked, and its tree written reads back the same. */
#include <stdlib.h>

#include "json.h"
#include "node.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static struct str
canonical(struct arena *a, struct str raw)
{
	struct buf b = buf_make((size_t)1 << 24);
	struct str s;

	node_write(node_json(a, raw), true, &b);
	buf_add(&b, (struct str){(char[JSON_PAD]){0}, JSON_PAD});
	s = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return str_sub(s, 0, s.n - JSON_PAD);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct arena *a = arena_new();
	char *room = arena_zero(a, n + JSON_PAD);
	struct str text = {room, n}, again;

	memcpy(room, in, n);
	if (json_valid(text, NULL)) {
		again = canonical(a, text);
		must(json_valid(again, NULL));
		must(str_eq(canonical(a, again), again));
	}
	/* Any bytes become a string that is valid and reads back, if they are UTF-8. */
	again = CAT(a, json_quote(a, text), (struct str){(char[JSON_PAD]){0}, JSON_PAD});
	again.n -= JSON_PAD;
	must(json_valid(again, NULL));
	arena_free(a);
	return 0;
}
