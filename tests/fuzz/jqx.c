/*
 * An expression, LF, a record: what the native side makes of both.  libjq is left
 * out: its own compiler is not what is tested here.
 */
#include <assert.h>

#include "jqcan.h"
#include "jqe.h"
#include "jqkeys.h"
#include "jqparse.h"
#include "jqx.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct seen {
	struct jqrun *r;
	size_t n;
};

/* What comes out must be JSON that our own reader takes. */
static enum jqe_go
emit(void *ctx, const struct jqval *v)
{
	struct seen *s = ctx;
	struct jqval copy = *v;
	struct buf padded = buf_make(SIZE_MAX);

	buf_add(&padded, jqval_output(s->r, &copy));
	memset(buf_room(&padded, JSON_PAD), '{', JSON_PAD);
	assert(s->r->over || json_valid(buf_str(&padded), NULL));
	buf_free(&padded);
	return ++s->n < 100 ? JQE_ON : JQE_STOP;
}

static void
run(struct arena *a, struct jqtree *t, const struct jqfield *root, struct paths *paths,
    struct str line)
{
	struct rec *rec = rec_new(paths, a);
	struct err e = {0};
	struct jqrun r = {.rec = rec, .a = a, .e = &e, .steps = 100000};
	struct jqval all = {.kind = JQ_OBJECT, .at = root};
	struct buf padded = buf_make(SIZE_MAX);
	struct seen seen = {&r, 0};
	struct json_fault fault;

	buf_add(&padded, line);
	memset(buf_room(&padded, JSON_PAD), '"', JSON_PAD);
	if (rec_scan(rec, buf_str(&padded), &fault) &&
	    jqe_run(&r, t, &all, emit, &seen) == JQE_FAIL)
		assert(e.kind == ERR_DATA && e.msg[0]);
	buf_free(&padded);
	rec_free(rec);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str line = {(const char *)data, n}, expr = str_cut(&line, '\n'), opened;
	struct arena *a = arena_new();
	struct paths *paths = paths_new();
	const struct jqlex *words, *stop;
	struct jqtree *t = NULL;
	struct err e = {0};

	expr = arena_copy(a, expr);
	words = jqlex_words(a, expr, &e);
	assert(words || (e.kind == ERR_CONFIG && e.msg[0]));
	if (words && jqlex_allowed(expr, words, &e)) {
		opened = jqkeys_opened(a, expr, words);
		words = jqlex_words(a, opened, &e);
		/* opening up keys makes no new mistakes */
		assert(words || opened.n > JQLEX_MAX || strstr(e.msg, "deep"));
		t = words ? jqparse(a, words, &stop) : NULL;
	}
	if (t) {
		const struct jqfield *root = jqplan_fields(a, t, paths);

		if (jqcan_tree(a, t))
			run(a, t, root, paths, line);
	}
	paths_free(paths);
	arena_free(a);
	return 0;
}
