/* Whatever the reading half sends: what is taken is a step that packs to the same bytes. */
#include <assert.h>

#include "action.h"
#include "plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = {(const char *)p, n}, all = in;
	struct arena *a = arena_new();
	struct buf b = buf_make(1 << 16);
	struct action step;
	struct plan plan;

	if (n > 0 && p[0] == 'p') {
		in = str_from(in, 1);
		plan_unpack(&in, &plan);
	} else if (action_unpack(a, &in, &step)) {
		action_pack(&step, &b);
		assert(str_eq(buf_str(&b), str_sub(all, 0, all.n - in.n)));
	}
	buf_free(&b);
	arena_free(a);
	return 0;
}
