/* Of any text: paths stand once, and their values are JSON texts. */
#include <stdlib.h>

#include "json.h"
#include "xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char pad[JSON_PAD];
	struct arena *a = arena_new();
	struct leaves leaves = {0};
	bool more;

	if (xml_read((struct str){(const char *)data, size}, a, &leaves, &more)) {
		must(!leaves.twice);
		for (size_t i = 0; i < leaves.n; i++) {
			const struct leaf *leaf = &leaves.v[i];
			struct str raw = CAT(a, leaf->raw, (struct str){pad, JSON_PAD});

			must(leaves_find(&leaves, leaf->path) == leaf);
			must(json_valid(str_sub(raw, 0, raw.n - JSON_PAD), NULL));
			must(json_type(leaf->raw) == JSON_TEXT);
		}
	}
	leaves_free(&leaves);
	arena_free(a);
	return 0;
}
