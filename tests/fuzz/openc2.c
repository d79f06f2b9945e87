/* Any JSON is a command or a refusal; what is one crosses the wire and comes back the same. */
#include <assert.h>

#include "json.h"
#include "openc2.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* An action written as a command is read as that action. */
static void
there_and_back(struct arena *a, const struct action *one)
{
	struct buf b = buf_make(1 << 16);
	struct openc2 c;

	openc2_write(one, &b);
	assert(b.n > 0 && !b.full);
	assert(json_valid(
	    CAT(a, buf_str(&b),
		STR("                                                                ")),
	    NULL));
	openc2_read(a, node_json(a, arena_copy(a, buf_str(&b))), &c);
	assert(c.sort == OPENC2_DO && strcmp(c.a.key, one->key) == 0);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new();
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD};
	struct str text = CAT(a, (struct str){(const char *)p, n}, pad), in;
	struct buf b = buf_make(1 << 17), answer = buf_make(1 << 17);
	struct openc2 c, again;

	text.n = n;
	if (json_valid(text, NULL) && openc2_is(node_json(a, text))) {
		openc2_read(a, node_json(a, text), &c);
		openc2_pack(&c, &b);
		in = buf_str(&b);
		assert(!b.full && openc2_unpack(a, &in, &again) && in.n == 0);
		assert(again.sort == c.sort && str_eq(again.text, c.text));
		if (c.sort == OPENC2_DO)
			there_and_back(a, &c.a);
		openc2_answer(&again, 200, c.text, STR_NONE, 0, &answer);
	} else {
		in = (struct str){(const char *)p, n};
		openc2_unpack(a, &in, &c);
	}
	buf_free(&answer);
	buf_free(&b);
	arena_free(a);
	return 0;
}
