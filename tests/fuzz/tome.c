/* A model of irlearn: what is read can be written, and reads as the same. */
#include <stdlib.h>

#include "json.h"
#include "mem.h"
#include "sha256.h"
#include "tome.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Three lenses made by hand: those of share/models may change. */
static void
make_lenses(struct lenses *ls, struct paths *paths)
{
	static struct lens v[4];
	static const enum lens_kind kinds[4] = {
	    LENS_PAIR, LENS_DISTINCT, LENS_WEEK, LENS_SHAPE};
	static const struct str ids[4] = {{"m.p", 3}, {"m.d", 3}, {"m.w", 3}, {"m.s", 3}};

	*ls = (struct lenses){.v = v, .n = 4, .hash = "x"};
	ls->fields[0] = (struct lens_field){.slot = {paths_add(paths, STR("a"))}, .n = 1};
	ls->n_fields = ls->host = ls->dataset = 1;
	for (int i = 0; i < 4; i++)
		v[i] = (struct lens){.kind = kinds[i],
		    .span = 1000,
		    .id = ids[i],
		    .context = {1},
		    .n_context = 1,
		    .n_shape = 1,
		    .shape = {1},
		    .hash = vocab_id(ids[i])};
}

/* The end that fits, so that what stands before it is looked at. */
static void
add_end(struct buf *b)
{
	uint8_t hash[SHA256_SIZE];
	struct sha256 sum;
	size_t lines = 0;
	char hex[65];

	for (size_t i = 0; i < b->n; i++)
		lines += b->p[i] == '\n';
	sha256_init(&sum);
	sha256_add(&sum, buf_str(b));
	sha256_end(&sum, hash);
	sha256_hex(hash, hex, 64);
	buf_fmt(b, "{\"end\":%zu,\"sha256\":\"%.64s\"}\n", lines, hex);
}

static bool
read_back(const struct lenses *ls, struct str text, struct buf *out)
{
	struct habit_set set = {.max = 1000, .teach = 10, .alpha = 0.1};
	struct habit *h = habit_new(ls, &set);
	struct err e = {0};
	bool ok = tome_read(h, text, "model", &e);

	if (ok)
		tome_write(h, out);
	habit_free(h);
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct paths *paths = paths_new();
	struct buf in = buf_make(1 << 22), once = buf_make(1 << 26),
		   twice = buf_make(1 << 26);
	static struct lenses ls;

	make_lenses(&ls, paths);
	read_back(&ls, (struct str){(const char *)data, size}, &once);
	buf_reset(&once);
	buf_add(&in, STR("{\"format\":\"irlearn-model\",\"version\":2,\"lenses\":\"x\","
			 "\"events\":0,\"capped\":0,\"first\":\"\",\"last\":\"\","
			 "\"spilled\":0,\"mixed\":0}\n"));
	buf_add(&in, (struct str){(const char *)data, size});
	if (in.n && in.p[in.n - 1] != '\n')
		buf_ch(&in, '\n');
	add_end(&in);
	if (read_back(&ls, buf_str(&in), &once)) {
		if (!read_back(&ls, buf_str(&once), &twice) ||
		    !str_eq(buf_str(&once), buf_str(&twice)))
			abort();
	}
	buf_free(&in);
	buf_free(&once);
	buf_free(&twice);
	paths_free(paths);
	return 0;
}
