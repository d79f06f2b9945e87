/* Of any bytes: it ends, every event is one line of text, and what was fed is taken. */
#include <stdlib.h>

#include "evtx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
take_events(struct evtx *x)
{
	struct buf out = buf_make((size_t)1 << 20);

	for (size_t i = 0; evtx_next(x, &out); i++) {
		must(i < 65536 && out.n > 0 && out.p[out.n - 1] == '\n');
		must(memchr(out.p, '\n', out.n) == out.p + out.n - 1);
		buf_reset(&out);
	}
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data, size};
	struct evtx *x = evtx_new();

	while (rest.n) {
		size_t n = evtx_feed(x, str_sub(rest, 0, 3000));

		rest = str_from(rest, n);
		if (n == 0 || rest.n == 0)
			take_events(x);
	}
	evtx_end(x);
	take_events(x);
	evtx_free(x);
	return 0;
}
