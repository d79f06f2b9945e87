/* Settings and a text: taking it apart ends, and nothing comes out that did not go in. */
#include <stdlib.h>

#include "split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct split settings[] = {
    {{" ", 1}, {"=", 1}, '"', '\\', false},
    {{" ", 1}, {"=", 1}, '\0', '\\', true},
    {{", ", 2}, {": ", 2}, '\0', '\0', true},
    {{",", 1}, {"=", 1}, '"', '\0', false},
    {{"|", 1}, {"=", 1}, '\0', '\\', false},
    {{" - ", 3}, {" ", 1}, '"', '"', true},
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct split *sp;
	struct arena *a = arena_new();
	struct str text, rest, key, value;
	size_t out = 0, n = 0;

	if (size > 0) {
		sp = &settings[data[0] % (sizeof(settings) / sizeof(*settings))];
		text = rest = (struct str){(const char *)data + 1, size - 1};
		while (split_pair(sp, a, &rest, &key, &value)) {
			out += key.n + value.n;
			if (key.n > SPLIT_KEY + 1 || ++n > size)
				abort();
		}
		if (out > text.n)
			abort();
		for (out = n = 0, rest = text; rest.p && n <= size; n++)
			out += split_column(sp, a, &rest).n;
		if (rest.p || out > text.n)
			abort();
	}
	arena_free(a);
	return 0;
}
