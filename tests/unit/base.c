/* The base floor: slices, spans, times, addresses, buffers, maps, arenas. */
#include "arena.h"
#include "buf.h"
#include "err.h"
#include "ip.h"
#include "map.h"
#include "mem.h"
#include "sha256.h"
#include "span.h"
#include "str.h"
#include "test.h"
#include "when.h"

static void
absent_and_empty_differ(void)
{
	T(!str_eq(STR_NONE, STR("")));
	T(str_eq(STR(""), STR("")));
	T(str_cmp(STR_NONE, STR("")) < 0);
	T(str_cmp(STR("a"), STR("ab")) < 0);
}

static void
cut_visits_each_field_once(void)
{
	struct str rest = STR("a,,b");
	size_t n = 0;

	while (rest.p) {
		str_cut(&rest, ',');
		n++;
	}
	T(n == 3);
	T(str_find(STR("xxabc"), STR("abc")) == 2);
	T(str_find(STR("ab"), STR("abc")) == STR_NPOS);
	T(str_find(STR("aaab"), STR("ab")) == 2);
	T(str_rchr(STR("a/b/c"), '/') == 3);
}

static void
numbers_are_whole_strings(void)
{
	uint64_t u;
	int64_t i;

	T(str_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
	T(!str_u64(STR("18446744073709551616"), &u));
	T(!str_u64(STR("1x"), &u) && !str_u64(STR(""), &u) && !str_u64(STR("-1"), &u));
	T(str_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
	T(!str_i64(STR("9223372036854775808"), &i));
}

static void
globs_and_distances(void)
{
	T(str_glob(STR("web*"), STR("web01")) && !str_glob(STR("web*"), STR("xweb")));
	T(str_glob(STR("*a*b?"), STR("xxaybz")) && !str_glob(STR("a"), STR("")));
	T(str_distance(STR("verbose"), STR("vrebose"), 2) == 1);
	T(str_distance(STR("abc"), STR("xyz"), 2) == 3);
	T(str_ieq(STR("AbC"), STR("aBc")));
}

static void
spans_and_sizes_want_units(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {{"10", 10000}, {"10m", 600000}, {"1h30m", 5400000}, {"500ms", 500},
	    {"2d", 172800000}, {"", -1}, {"m", -1}, {"1y", -1}, {"1h30", -1},
	    {"99999999999999999999w", -1}};
	char text[SPAN_MAX];
	uint64_t n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t ms = -1;

		if (!span_parse(str_of(rows[i].text), &ms))
			ms = -1;
		T(ms == rows[i].ms);
	}
	T(strcmp(span_text(text, 5400000), "1h30m") == 0);
	T(span_size(STR("64MiB"), &n) && n == 64 << 20);
	T(span_size(STR("1kB"), &n) && n == 1000);
	T(!span_size(STR("1 k"), &n) && !span_size(STR("k"), &n));
}

static void
times_go_there_and_back(void)
{
	static const char *const same[] = {"1970-01-01T00:00:00.000Z",
	    "2000-02-29T23:59:59.123456789Z", "2026-11-24T06:05:01.250Z",
	    "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z"};
	static const char *const bad[] = {"2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
	    "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "",
	    "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+99:00"};
	char text[WHEN_MAX];
	int64_t ns;

	T(when_parse(str_of(same[1]), &ns) && ns == INT64_C(951868799123456789));
	for (size_t i = 0; i + 1 < sizeof(same) / sizeof(*same); i++) {
		T(when_parse(str_of(same[i]), &ns));
		when_text(text, ns);
		T(strcmp(text, same[i]) == 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		T(!when_parse(str_of(bad[i]), &ns));
	T(!when_parse(str_of(same[4]), &ns)); /* before 1677: does not fit */
}

static void
logs_spell_times_in_many_ways(void)
{
	static const struct {
		bool (*scan)(struct str *, struct when *);
		const char *text, *rest, *is;
	} rows[] = {
	    {when_scan_iso, "2026-11-24T07:37:25.284768+02:00 x", " x",
		"2026-11-24T05:37:25.284768Z"},
	    {when_scan_iso, "2026-11-24 07:37:25,250 x", " x",
		"2026-11-24T07:37:25.250Z"},
	    {when_scan_iso, "2026-11-24 07:37:25 +0100|", "|",
		"2026-11-24T06:37:25.000Z"},
	    {when_scan_bsd, "Nov  4 07:37:25 h", " h", "1970-11-04T07:37:25.000Z"},
	    {when_scan_bsd, "Nov 24 2026 07:37:25 h", " h", "2026-11-24T07:37:25.000Z"},
	    {when_scan_clf, "24/Nov/2026:07:37:30 -0030]", "]",
		"2026-11-24T08:07:30.000Z"},
	    {when_scan_slash, "2026/11/24 07:38:13 [", " [", "2026-11-24T07:38:13.000Z"},
	    {when_scan_ctime, "Tue Nov 24 07:37:32 2026 +01:00 x", " x",
		"2026-11-24T06:37:32.000Z"},
	    {when_scan_bsd, "Nov  24 07:37:32 x", " x", "1970-11-24T07:37:32.000Z"},
	    {when_scan_ctime, "Tue Nov 24 07:37:30.711327 2026]", "]",
		"2026-11-24T07:37:30.711327Z"},
	    {when_scan_ctime, "Tue Nov 24 07:37:32 2026 [", " [",
		"2026-11-24T07:37:32.000Z"},
	    {when_scan_bsd, "Nov 24 7:37:25", NULL, NULL},
	    {when_scan_bsd, "Nov", NULL, NULL},
	    {when_scan_ctime, "Nov 24 07:37:32 2026", NULL, NULL},
	    {when_scan_clf, "24/Nov/2026", NULL, NULL},
	};
	char text[WHEN_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str s = str_of(rows[i].text);
		struct when w;
		int64_t ns;
		bool ok = rows[i].scan(&s, &w);

		T(ok == (rows[i].is != NULL));
		if (!ok || !rows[i].is)
			continue;
		T(when_ns(&w, &ns));
		when_text(text, ns);
		T(strcmp(text, rows[i].is) == 0);
		T(str_eq(s, str_of(rows[i].rest)));
	}
}

static void
epochs_are_told_apart_by_size(void)
{
	int64_t ns;

	T(when_epoch(STR("1795505933"), &ns) && ns == 1795505933 * WHEN_S);
	T(when_epoch(STR("1795505933.446"), &ns) && ns == 1795505933446 * WHEN_MS);
	T(when_epoch(STR("1795505933446"), &ns) && ns == 1795505933446 * WHEN_MS);
	T(!when_epoch(STR("-1"), &ns) && !when_epoch(STR("12x"), &ns));
}

static void
addresses_are_read_strictly(void)
{
	static const char *const bad[] = {"127.1", "0177.0.0.1", "0x7f.0.0.1", "1.2.3",
	    "1.2.3.4.5", "256.1.1.1", "1.2.3.04", "", "1.2.3.4 ", ":::", "1::2::3",
	    "fe80::1%eth0", "12345::", "1.2.3.-4"};
	char text[IP_MAX];
	struct ip ip;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		T(!ip_parse(str_of(bad[i]), &ip));
	T(ip_parse(STR("2001:DB8:0:0::1"), &ip));
	ip_text(text, &ip);
	T(strcmp(text, "2001:db8::1") == 0);
	T(ip_parse(STR("0.0.0.0"), &ip) && ip_scope(&ip) == IP_UNSPECIFIED);
	T(ip_parse(STR("::ffff:127.0.0.1"), &ip) && ip_scope(&ip) == IP_LOOPBACK);
	T(ip_parse(STR("8.8.8.8"), &ip) && ip_scope(&ip) == IP_GLOBAL);
	T(ip_parse(STR("203.0.113.9"), &ip) && ip_scope(&ip) == IP_EXAMPLE);
}

static bool
overlap(const char *a, const char *b)
{
	struct net x, y;

	return net_parse(str_of(a), &x) && net_parse(str_of(b), &y) &&
	       net_overlap(&x, &y) && net_overlap(&y, &x);
}

static void
nets_overlap_both_ways(void)
{
	char text[IP_MAX];
	struct net n, v4;

	T(overlap("0.0.0.0/0", "192.0.2.1") && overlap("192.0.2.0/24", "192.0.2.128/25"));
	T(!overlap("192.0.2.0/25", "192.0.2.128/25") && !overlap("::/0", "0.0.0.0/0"));
	T(net_parse(STR("192.0.2.77/24"), &n));
	net_text(text, &n);
	T(strcmp(text, "192.0.2.0/24") == 0);
	T(!net_parse(STR("1.2.3.4/33"), &n) && !net_parse(STR("1.2.3.4/"), &n) &&
	    !net_parse(STR("1.2.3.4/08"), &n));
	T(net_parse(STR("2002:c000:0201::/48"), &n) && net_embedded(&n, &v4));
	net_text(text, &v4);
	T(strcmp(text, "192.0.2.1") == 0);
	T(net_parse(STR("64:ff9b::c000:200/120"), &n) && net_embedded(&n, &v4));
	net_text(text, &v4);
	T(strcmp(text, "192.0.2.0/24") == 0);
	T(net_parse(STR("2001:db8::1"), &n) && !net_embedded(&n, &v4));
}

static void
buffers_keep_their_limit(void)
{
	struct buf b = buf_make(10);

	buf_add(&b, STR("12345678"));
	buf_add(&b, STR("abc"));
	T(b.full && b.n == 8);
	buf_reset(&b);
	buf_i64(&b, INT64_MIN + 1);
	T(b.full || b.n <= 10);
	buf_free(&b);
}

static void
json_strings_are_always_valid(void)
{
	static const struct {
		const char *in;
		size_t n;
		const char *out;
	} rows[] = {{"a\"\\\n\t\x1b\x7f", 7, "\"a\\\"\\\\\\n\\t\\u001b\\u007f\""},
	    {"\0x", 2, "\"\\u0000x\""}, {"\xc3\xa9", 2, "\"\xc3\xa9\""},
	    {"\xff\xc3", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""},
	    {"\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	    {"\xf4\x90\x80\x80", 4,
		"\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf b = buf_make(1000);

		buf_json(&b, (struct str){rows[i].in, rows[i].n});
		T(str_eq(buf_str(&b), str_of(rows[i].out)));
		buf_free(&b);
	}
}

static void
maps_walk_in_order_of_insertion(void)
{
	struct map *m = map_new();
	char key[16];
	struct str k;
	void *v;
	size_t at = 0, n = 0;

	for (uintptr_t i = 1; i <= 1000; i++) {
		snprintf(key, sizeof(key), "k%u", (unsigned)i);
		*map_put(m, str_of(key)) = (void *)i;
	}
	for (unsigned i = 1; i <= 1000; i += 2) {
		snprintf(key, sizeof(key), "k%u", i);
		T(map_del(m, str_of(key)) == (void *)(uintptr_t)i);
	}
	T(map_count(m) == 500 && !map_get(m, STR("k1")) && map_get(m, STR("k2")));
	while (map_next(m, &at, &k, &v))
		n += (uintptr_t)v == 2 * (n + 1);
	T(n == 500);
	*map_put(m, STR("k1")) = (void *)1;
	T(map_count(m) == 501 && map_get(m, STR("k1")));
	map_free(m);
}

static void
arenas_hold_large_and_small(void)
{
	struct arena *a = arena_new();
	struct str big = {arena_zero(a, 300000), 300000};
	struct str s = CAT(a, STR("x="), arena_fmt(a, "%d", 42), STR(""));

	T(str_eq(s, STR("x=42")) && s.p[4] == '\0');
	T(str_eq(arena_copy(a, big), big));
	T(!arena_copy(a, STR_NONE).p);
	arena_reset(a);
	T(arena_alloc(a, 10) != NULL);
	arena_free(a);
}

static void
errors_are_one_line_with_their_place(void)
{
	struct err e = {0};

	err_set(&e, ERR_DATA, "bad %s", "a\nb\x1b");
	err_at(&e, "f:%d", 3);
	T(strcmp(e.msg, "f:3: bad a?b?") == 0 && e.kind == ERR_DATA);
}

static void
hashes_are_sha256(void)
{
	char hex[33];

	sha256_id(hex, 1, (struct str[]){STR("abc")});
	T(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223") == 0);
	sha256_id(hex, 2, (struct str[]){STR("a"), STR("bc")});
	T(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223") != 0);
}

/* Each place and length, against looking at every place. */
static void
parts_are_found_where_they_first_stand(void)
{
	char text[120];
	bool same = true;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "abab\"c"[i * i % 7 % 6];
	for (size_t n = 0; n <= sizeof(text); n += 3)
		for (size_t from = 0; from < n; from++)
			for (size_t len = 1; from + len <= n && len <= 70; len += 4) {
				struct str s = {text, n}, part = {text + from, len};
				size_t at = 0;

				while (memcmp(text + at, part.p, len) != 0)
					at++;
				same = same && str_find(s, part) == at &&
				       str_find(str_sub(s, 0, at + len - 1), part) ==
					   STR_NPOS;
			}
	T(same);
	T(str_find(STR("abc"), STR("")) == 0 &&
	    str_find(STR("ab"), STR("abc")) == STR_NPOS);
}

static void
hash_in_steps(const struct sha256_text *t, uint8_t out[SHA256_SIZE])
{
	struct sha256 s;

	sha256_init(&s);
	if (t->begun)
		s = *t->begun;
	sha256_add(&s, (struct str){t->p, t->n});
	sha256_end(&s, out);
}

/* Every way a text can end in its last block, beside another of its own length. */
static void
whole_texts_hash_as_in_steps(void)
{
	static char bytes[2][300 + SHA256_TAIL];
	uint8_t got[2][SHA256_SIZE], want[2][SHA256_SIZE], one[SHA256_SIZE];
	struct sha256 begun;
	bool same = true;

	for (size_t i = 0; i < 300; i++) {
		bytes[0][i] = (char)(i * 7);
		bytes[1][i] = (char)(i * 11 + 3);
	}
	sha256_init(&begun);
	sha256_add(&begun, (struct str){bytes[1], SHA256_BLOCK});
	for (size_t n = 0; n <= 300; n++) {
		struct sha256_text t[2] = {{n & 1 ? &begun : NULL, bytes[0], n},
		    {n & 2 ? &begun : NULL, bytes[1], n * 31 % 300}};
		char kept = n ? bytes[0][n - 1] : 0;

		hash_in_steps(&t[0], want[0]);
		hash_in_steps(&t[1], want[1]);
		sha256_two(t, got);
		sha256_one(&t[0], one);
		same = same && memcmp(got, want, sizeof(got)) == 0 &&
		       memcmp(one, want[0], sizeof(one)) == 0 &&
		       (n == 0 || bytes[0][n - 1] == kept);
		/* what was written behind it was part of the text to come */
		for (size_t i = n; i < 300; i++)
			bytes[0][i] = (char)(i * 7);
		for (size_t i = t[1].n; i < 300; i++)
			bytes[1][i] = (char)(i * 11 + 3);
	}
	T(same);
}

static void
hex_is_cut_where_asked(void)
{
	uint8_t hash[SHA256_SIZE];
	char hex[65];

	for (size_t i = 0; i < sizeof(hash); i++)
		hash[i] = (uint8_t)(i * 0x11 + 0x9a);
	sha256_hex(hash, hex, 64);
	T(strlen(hex) == 64 && memcmp(hex, "9aabbccddeef0011", 16) == 0);
	sha256_hex(hash, hex, 7);
	T(strcmp(hex, "9aabbcc") == 0);
}

int
main(void)
{
	FACT(absent_and_empty_differ);
	FACT(cut_visits_each_field_once);
	FACT(numbers_are_whole_strings);
	FACT(globs_and_distances);
	FACT(spans_and_sizes_want_units);
	FACT(times_go_there_and_back);
	FACT(logs_spell_times_in_many_ways);
	FACT(epochs_are_told_apart_by_size);
	FACT(addresses_are_read_strictly);
	FACT(nets_overlap_both_ways);
	FACT(buffers_keep_their_limit);
	FACT(json_strings_are_always_valid);
	FACT(maps_walk_in_order_of_insertion);
	FACT(arenas_hold_large_and_small);
	FACT(errors_are_one_line_with_their_place);
	FACT(parts_are_found_where_they_first_stand);
	FACT(hashes_are_sha256);
	FACT(whole_texts_hash_as_in_steps);
	FACT(hex_is_cut_where_asked);
	return TEST_END;
}
