/* Frames cover an input, each makes progress, and each is one event that is JSON. */
#include <stdlib.h>

#include "file.h"
#include "json.h"
#include "login.h"
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
	return norm_new(fields, formats, NULL);
}

static void
event_of(struct norm *n, struct origin *o, struct str record, uint64_t offset)
{
	static const char zeros[65] =
	    "0000000000000000000000000000000000000000000000000000000000000000";
	struct arena *a = arena_new();
	struct buf out = buf_make((size_t)64 * 1024 * 1024);
	char *line = arena_zero(a, record.n + JSON_PAD), *event;
	struct norm_line l = {
	    .text = {line, record.n}, .source = zeros, .offset = offset};
	int64_t ns;

	memcpy(line, record.p, record.n);
	norm_event(n, o, &l, a, &out, &ns);
	event = arena_zero(a, out.n + JSON_PAD);
	memcpy(event, out.p, out.n);
	if (out.full || !json_valid((struct str){event, out.n}, NULL))
		abort();
	buf_free(&out);
	arena_free(a);
}

/* The first byte chooses the name of the file, the rest is in it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
	    "wtmp", "btmp", "lastlog", "audit.log", ".bash_history", NULL};
	static struct norm *n;
	const struct framing *framing;
	const char *name = size ? names[data[0] % 6] : NULL;
	struct str all = {size ? (const char *)data + 1 : "", size ? size - 1 : 0};
	struct str rest = all;
	struct origin o;

	if (!n)
		n = make();
	framing = login_frames(name, all);
	origin_init(&o, n, name, STR_NONE);
	for (size_t i = 0; rest.n && i < 64; i++) {
		size_t took = framing ? framing->next(rest, true) : rest.n;

		if (took == 0)
			abort();
		event_of(n, &o, str_sub(rest, 0, took), (uint64_t)(rest.p - all.p));
		rest = str_from(rest, took);
	}
	origin_free(&o);
	return 0;
}
