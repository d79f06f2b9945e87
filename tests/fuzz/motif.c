/* Pattern, newline, text: compiling and matching end, and captures lie in the text. */
#include <stdlib.h>

#include "motif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct fields *f = fields_new();
	struct str text = {(const char *)data, size}, pattern = str_cut(&text, '\n');
	struct capture caps[MOTIF_CAPTURES];
	unsigned budget = 5000;
	struct motif *m;
	struct err e;
	size_t at, n;

	m = motif_new(a, f, pattern, &at, &e);
	if (m && text.p && motif_match(m, text, caps, &n, &budget))
		for (size_t i = 0; i < n; i++)
			if (caps[i].text.p < text.p ||
			    caps[i].text.p + caps[i].text.n > text.p + text.n)
				abort();
	fields_free(f);
	arena_free(a);
	return 0;
}
