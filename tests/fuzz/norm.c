/* Every line becomes one event that is JSON. */
#include <stdlib.h>

#include "file.h"
#include "json.h"
#include "norm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct norm *
make(void)
{
	struct fields *fields = fields_new();
	struct formats *formats = formats_new(fields);
	struct err e;

	if (!formats_load_dir(formats, file_data(formats->a, "formats"), false, &e))
		formats_load_dir(formats, "share/formats", true, &e);
	formats_link(formats);
	return norm_new(fields, formats, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct norm *n;
	static const char zeros[65] =
	    "0000000000000000000000000000000000000000000000000000000000000000";
	struct arena *a = arena_new();
	struct origin o;
	struct buf out = buf_make((size_t)64 * 1024 * 1024);
	char *line = arena_zero(a, size + JSON_PAD), *event;
	struct norm_line l = {.text = {line, size}, .source = zeros};
	int64_t ns;

	if (!n)
		n = make();
	if (size)
		memcpy(line, data, size);
	for (size_t i = 0; i < size; i++)
		if (line[i] == '\n')
			line[i] = ' ';
	origin_init(&o, n, NULL, STR_NONE);
	norm_event(n, &o, &l, a, &out, &ns);
	event = arena_zero(a, out.n + JSON_PAD);
	memcpy(event, out.p, out.n);
	if (out.full || !json_valid((struct str){event, out.n}, NULL))
		abort();
	origin_free(&o);
	buf_free(&out);
	arena_free(a);
	return 0;
}
