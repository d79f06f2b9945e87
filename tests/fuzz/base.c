/* Readers of the base floor: what they write, they can read. */
#include <assert.h>
#include <stdlib.h>

#include "buf.h"
#include "ip.h"
#include "span.h"
#include "when.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
addresses(struct str s)
{
	char text[IP_MAX], again[IP_MAX];
	struct net n, m, v4;
	size_t len;

	if (!net_parse(s, &n))
		return;
	len = net_text(text, &n);
	assert(net_parse((struct str){text, len}, &m));
	net_text(again, &m);
	assert(strcmp(text, again) == 0);
	assert(net_overlap(&n, &m) && net_has(&n, &n.ip));
	if (net_embedded(&n, &v4))
		assert(v4.ip.v == 4);
	ip_scope(&n.ip);
}

static void
times(struct str s)
{
	static bool (*const scans[])(struct str *, struct when *) = {when_scan_iso,
	    when_scan_bsd, when_scan_clf, when_scan_slash, when_scan_ctime};
	char text[WHEN_MAX];
	int64_t ns, back;

	for (size_t i = 0; i < sizeof(scans) / sizeof(*scans); i++) {
		struct str rest = s;
		struct when w;

		if (!scans[i](&rest, &w) || !when_ns(&w, &ns))
			continue;
		assert(rest.n < s.n);
		assert(when_parse((struct str){text, when_text(text, ns)}, &back));
		assert(back == ns);
	}
	if (when_epoch(s, &ns))
		when_text(text, ns);
}

static void
strings(struct str s)
{
	struct buf b = buf_make(8 * s.n + 2);
	struct str rest;

	buf_json(&b, s);
	assert(!b.full || s.n < 2);
	rest = buf_str(&b);
	while (rest.n > 0) {
		size_t n = buf_utf8(rest);

		assert(b.full || (n > 0 && (unsigned char)rest.p[0] >= 0x20));
		rest = str_from(rest, n ? n : 1);
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str s = {(const char *)p, n};
	size_t half = n / 2;
	uint64_t size;
	int64_t ms;

	addresses(s);
	times(s);
	strings(s);
	if (span_parse(s, &ms)) {
		char text[SPAN_MAX];
		int64_t back;

		assert(ms >= 0 && span_parse(str_of(span_text(text, ms)), &back) &&
		       back == ms);
	}
	span_size(s, &size);
	str_glob(str_sub(s, 0, half < 40 ? half : 40), str_from(s, half));
	str_distance(str_sub(s, 0, half), str_from(s, half), 2);
	return 0;
}
