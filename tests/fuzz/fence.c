/* A file of somebody else: our lines go in and out, and it is as it was. */
#include <assert.h>
#include <stdint.h>

#include "fence.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct fence kinds[] = {{'#', NULL}, {';', NULL}, {'#', "server:"}};
	struct str text = {(const char *)p, n}, line, with, again, without;
	struct arena *a = arena_new();
	struct err e = {0};
	bool had;

	if (n < 2)
		goto end;
	text = str_from(text, 1);
	line = str_cut(&text, '\n');
	if (!text.p)
		text = STR("");
	for (size_t i = 0; i < 3; i++) {
		const struct fence *f = &kinds[(p[0] + i) % 3];

		if (!fence_sound(f, text, &e) || line.n == 0 || line.p[0] == f->comment ||
		    line.p[0] == '\n')
			continue;
		had = fence_has(f, text, line);
		with = fence_with(a, f, text, line, true);
		assert(fence_sound(f, with, &e) && fence_has(f, with, line));
		again = fence_with(a, f, with, line, true);
		assert(str_eq(with, again));
		without = fence_with(a, f, with, line, false);
		assert(fence_sound(f, without, &e) && !fence_has(f, without, line));
		if (!had && !fence_has(f, text, line))
			assert(str_eq(without, fence_with(a, f, text, line, false)));
	}
end:
	arena_free(a);
	return 0;
}
