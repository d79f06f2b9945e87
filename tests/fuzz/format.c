/*
 * Any bytes are a format or an error with its place; whatever a format says, each
 * line becomes one event that is JSON.  Behind a line "%%" stand the lines.
 */
#include <stdlib.h>

#include "json.h"
#include "norm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
run_line(struct norm *n, struct origin *o, struct str text)
{
	static const char zeros[65] =
	    "0000000000000000000000000000000000000000000000000000000000000000";
	struct arena *a = arena_new();
	struct buf out = buf_make((size_t)64 * 1024 * 1024);
	char *line = arena_zero(a, text.n + JSON_PAD), *event;
	struct norm_line l = {.text = {line, text.n}, .source = zeros};
	int64_t ns;

	if (text.n)
		memcpy(line, text.p, text.n);
	norm_event(n, o, &l, a, &out, &ns);
	event = arena_zero(a, out.n + JSON_PAD);
	memcpy(event, out.p, out.n);
	if (out.full || !json_valid((struct str){event, out.n}, NULL))
		abort();
	buf_free(&out);
	arena_free(a);
}

static void
run_lines(struct fields *fields, struct formats *formats, struct str lines)
{
	struct norm *n;
	struct origin o;

	formats_link(formats);
	n = norm_new(fields, formats, NULL);
	origin_init(&o, n, NULL, STR_NONE);
	while (lines.p)
		run_line(n, &o, str_cut(&lines, '\n'));
	origin_free(&o);
	norm_free(n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size}, lines = STR_NONE;
	size_t at = str_find(text, STR("\n%%\n"));
	struct fields *fields = fields_new();
	struct formats *formats = formats_new(fields);
	struct err e = {0};

	if (at != STR_NPOS) {
		lines = str_from(text, at + 4);
		text = str_sub(text, 0, at + 1);
	}
	if (formats_read(formats, text, "f", &e)) {
		run_lines(fields, formats, lines);
		return 0;
	}
	if (e.kind == ERR_NONE)
		abort();
	formats_free(formats);
	fields_free(fields);
	return 0;
}
