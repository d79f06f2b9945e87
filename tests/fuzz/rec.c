/*
 * What is written is a record, reads back what was set, and for every field the
 * slices say what the nested form says.
 */
#include <stdlib.h>

#include "node.h"
#include "rec.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *const names[] = {"a", "a.b", "a.b.c", "b", "b.a", "source.ip", "tags"};

#define NAMES ((int)(sizeof(names) / sizeof(*names)))

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static struct str
padded(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + JSON_PAD);

	memcpy(p, s.p, s.n);
	memset(p + s.n, '"', JSON_PAD);
	return (struct str){p, s.n};
}

/* A value in one form, so that two spellings of it compare. */
static struct str
form(struct arena *a, struct str raw)
{
	struct buf b;
	struct str s;

	if (!raw.p)
		return raw;
	if (json_type(raw) == JSON_MAP)
		raw = rec_nested(a, raw);
	b = buf_make((size_t)1 << 24);
	node_write(node_json(a, raw), true, &b);
	s = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* The field out of the nested form. */
static struct str
dig(struct arena *a, struct str nested, const char *name)
{
	struct str rest = str_of(name);

	while (rest.p && nested.p)
		nested = json_get(a, nested, str_cut(&rest, '.'));
	return nested;
}

static void
agree(struct arena *a, struct rec *r, struct str nested)
{
	for (int i = 0; i < NAMES; i++)
		must(str_eq(form(a, rec_raw(r, i)), form(a, dig(a, nested, names[i]))));
}

static void
check(struct rec *r, struct arena *a, struct str text, unsigned pick)
{
	struct buf out = buf_make((size_t)1 << 24);
	struct str nested, written;

	if (!rec_scan(r, padded(a, text), NULL))
		return;
	agree(a, r, rec_nest(r));
	rec_write(r, &out);
	must(str_eq(buf_str(&out), text));
	for (unsigned k = 0; k < 3; k++, pick /= 7)
		rec_set(r, (int)(pick % (unsigned)NAMES),
		    k == 1 ? STR("{\"b.c\":1}")
		    : k    ? STR("[2]")
			   : STR("\"x\""));
	nested = form(a, rec_nest(r));
	agree(a, r, rec_nest(r));
	buf_reset(&out);
	rec_write(r, &out);
	written = padded(a, buf_str(&out));
	buf_free(&out);
	/* Additions may lead beyond the bounds of depth and members. */
	if (rec_scan(r, written, NULL))
		must(str_eq(form(a, rec_nest(r)), nested));
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct arena *a = arena_new();
	struct paths *paths = paths_new();
	struct rec *r = rec_new(paths, a);

	for (int i = 0; i < NAMES; i++)
		paths_add(paths, str_of(names[i]));
	if (n > 1)
		check(r, a, (struct str){(const char *)in + 1, n - 1},
		    in[0] * 2654435761u >> 8);
	rec_free(r);
	paths_free(paths);
	arena_free(a);
	return 0;
}
