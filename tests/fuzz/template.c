/* Any lines: a line that was noted is found again, and the bound holds. */
#include <assert.h>
#include <stdint.h>

#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct templates *t = templates_new(7);
	struct str rest = {(const char *)p, n};

	while (rest.n) {
		struct str line = str_cut(&rest, '\n');
		const struct template *at = templates_note(t, line);

		assert(template_count(at) >= 1 && template_id(at).n == 32);
		assert(templates_find(t, line) == at);
		assert(templates_count(t) <= 7);
		if (!rest.p)
			break;
	}
	templates_free(t);
	return 0;
}
