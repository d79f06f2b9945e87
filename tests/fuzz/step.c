/* A step that can be read can be written, read and sent, and stays the same. */
#include <assert.h>

#include "action.h"
#include "json.h"
#include "plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new();
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD};
	struct str text = CAT(a, (struct str){(const char *)p, n}, pad);
	struct buf b = buf_make(1 << 16);
	struct action one, two;
	struct plan plan;
	struct err e = {0};
	struct node *node;
	struct str in;

	text.n = n;
	if (json_valid(text, NULL)) {
		node = node_json(a, text);
		plan_read(a, node, &plan, &e);
		if (action_read(a, node, &one, &e)) {
			action_write(&one, &b);
			assert(!b.full);
			assert(action_read(a, node_json(a, buf_str(&b)), &two, &e));
			assert(strcmp(one.key, two.key) == 0);
			buf_reset(&b);
			action_pack(&one, &b);
			in = buf_str(&b);
			assert(action_unpack(a, &in, &two) && in.n == 0);
			assert(strcmp(one.key, two.key) == 0);
		}
	}
	buf_free(&b);
	arena_free(a);
	return 0;
}
