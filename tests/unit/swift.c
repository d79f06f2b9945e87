/* What is done many bytes at a time gives what the plain way gives, at every length and place. */
#include "buf.h"
#include "mem.h"
#include "sha256.h"
#include "test.h"
#include "when.h"

#define LONGEST 300
#define ROUNDS  40000

static uint64_t state = 42;

static unsigned
any(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % below;
}

/* Mostly of one kind, at times with some of the others; in a block that ends where it ends. */
static struct str
some_text(void)
{
	static const char *const kinds[] = {"abc XYZ~ 09", "\"", "\\", "\"\\",
	    "{\"a\":1,", "\n\t\x01\x1f\x7f", "\xc3\xa9\xe2\x80\xae\xf0\x9f\x98\x80",
	    "\x80\xff\xc3\xed"};
	size_t n = any(LONGEST);
	char *p = mem_new(n + 1, 1);
	char *exact = mem_new(n ? n : 1, 1);
	unsigned main = any(8), other = any(8), each = 1 + any(60);

	for (size_t i = 0; i < n; i++) {
		const char *kind = kinds[any(each) ? main : other];

		p[i] = kind[main == 6 ? i % strlen(kind) : any((unsigned)strlen(kind))];
	}
	memcpy(exact, p, n);
	mem_free(p);
	return (struct str){exact, n};
}

/* As buf.h promises, one character after the other. */
static void
quote_plainly(struct buf *b, struct str s)
{
	static const char from[] = "\"\\\b\t\n\f\r", to[] = "\"\\btnfr";

	buf_ch(b, '"');
	while (s.n) {
		unsigned char c = (unsigned char)s.p[0];
		size_t n = buf_utf8(s);
		const char *at = c ? strchr(from, c) : NULL;

		if (at) {
			buf_ch(b, '\\');
			buf_ch(b, to[at - from]);
		} else if (c < 0x20 || c == 0x7f) {
			buf_fmt(b, "\\u%04x", c);
		} else {
			buf_add(b, n ? str_sub(s, 0, n) : STR("\xef\xbf\xbd"));
		}
		s = str_from(s, n ? n : 1);
	}
	buf_ch(b, '"');
}

static void
strings_of_json_are_quoted_alike(void)
{
	struct buf fast = buf_make(1 << 16), plain = buf_make(1 << 16);
	size_t wrong = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct str s = some_text();

		buf_reset(&fast);
		buf_reset(&plain);
		buf_json(&fast, s);
		quote_plainly(&plain, s);
		wrong += !str_eq(buf_str(&fast), buf_str(&plain));
		/* what is not ASCII is never called clean, though it may stand there */
		wrong += buf_json_clean(s) != (plain.n == s.n + 2 && str_ascii(s) == s.n);
		mem_free((char *)(uintptr_t)s.p);
	}
	T(wrong == 0);
	buf_free(&fast);
	buf_free(&plain);
}

static void
no_more_is_written_than_fits(void)
{
	struct str s = {"a\"b\\c\"d\\e\"f\\g\"h\\i\"j\\k\"l\\m\"n\\o\"p\\q\"r\\s\"t", 39};

	for (size_t max = 0; max < 90; max++) {
		struct buf b = buf_make(max);

		buf_json(&b, s);
		T(b.n <= max && b.full == (max < 60));
		buf_free(&b);
	}
}

static void
ascii_ends_where_it_ends(void)
{
	for (unsigned i = 0; i < ROUNDS / 4; i++) {
		struct str s = some_text();
		size_t n = 0;

		while (n < s.n && !(s.p[n] & 0x80))
			n++;
		T(str_ascii(s) == n);
		mem_free((char *)(uintptr_t)s.p);
	}
}

/* --- hashes --- */

#define TEXTS  300
#define TEXT_N 1500

/* Some number of texts of some lengths, each where its room ends. */
static bool
hash_alike(unsigned n, unsigned longest)
{
	static struct sha256_text t[TEXTS];
	static uint8_t out[TEXTS][SHA256_SIZE], want[SHA256_SIZE];
	struct sha256 begun, s;
	bool same = true;

	sha256_init(&begun);
	sha256_add(&begun, (struct str){(const char *)out, SHA256_BLOCK});
	for (unsigned i = 0; i < n; i++) {
		size_t len = any(longest);

		t[i] = (struct sha256_text){
		    any(2) ? &begun : NULL, mem_new(len + SHA256_TAIL, 1), len};
		for (size_t k = 0; k < len; k++)
			t[i].p[k] = (char)any(256);
	}
	sha256_many(t, n, out);
	for (unsigned i = 0; i < n; i++) {
		sha256_init(&s);
		if (t[i].begun)
			s = *t[i].begun;
		sha256_add(&s, (struct str){t[i].p, t[i].n});
		sha256_end(&s, want);
		same = same && memcmp(want, out[i], sizeof(want)) == 0;
		mem_free(t[i].p);
	}
	return same;
}

static void
many_texts_hash_as_one_after_the_other(void)
{
	T(hash_alike(TEXTS, TEXT_N));
	for (unsigned n = 0; n < 40; n++)
		for (unsigned longest = 1; longest < 8000; longest *= 4)
			T(hash_alike(n, longest));
}

static void
and_without_the_instructions_as_well(void)
{
	sha256_plainly(true);
	T(hash_alike(TEXTS, TEXT_N));
	for (unsigned n = 0; n < 4; n++)
		T(hash_alike(n, 200));
	sha256_plainly(false);
}

static void
digits_are_those_of_printf(void)
{
	char text[24], want[24];

	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t v = ((uint64_t)any(1u << 31) << 33 | any(1u << 31)) >> any(64);
		char *at = str_digits(text + 24, v);

		snprintf(want, sizeof(want), "%llu", (unsigned long long)v);
		T(strlen(want) == (size_t)(text + 24 - at) &&
		    memcmp(want, at, (size_t)(text + 24 - at)) == 0);
	}
	T(str_digits(text + 24, UINT64_MAX) == text + 4 &&
	    memcmp(text + 4, "18446744073709551615", 20) == 0);
}

/* --- times --- */

static bool
fits(const char *text, size_t n)
{
	static const char spelled[] = "dddd-dd-ddTdd:dd:dd";

	for (size_t i = 0; spelled[i]; i++) {
		bool digit = i < n && text[i] >= '0' && text[i] <= '9';

		if (i >= n ||
		    (spelled[i] == 'd'      ? !digit
			: spelled[i] == 'T' ? !strchr("T t", text[i]) || !text[i]
					    : text[i] != spelled[i]))
			return false;
	}
	return true;
}

static void
each_byte_of_a_stamp_counts(void)
{
	static const char good[] = "2026-11-24T07:38:59";
	size_t wrong = 0;

	for (size_t n = 0; n < sizeof(good); n++)
		for (size_t at = 0; at < n; at++)
			for (int c = 0; c < 256; c++) {
				char *text = mem_new(n, 1);
				struct str s = {text, n};
				struct when w;

				memcpy(text, good, n);
				text[at] = (char)c;
				wrong += when_scan_iso(&s, &w) != fits(text, n);
				mem_free(text);
			}
	T(wrong == 0);
}

static void
a_stamp_says_what_its_digits_say(void)
{
	for (unsigned i = 0; i < ROUNDS / 4; i++) {
		int v[] = {(int)any(10000), (int)any(100), (int)any(100), (int)any(100),
		    (int)any(100), (int)any(100), (int)any(1000000)};
		char text[64];
		struct str s;
		struct when w;

		snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%06d+0130x",
		    v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
		s = str_of(text);
		T(when_scan_iso(&s, &w) && w.year == v[0] && w.mon == v[1] &&
		    w.day == v[2] && w.hour == v[3] && w.min == v[4] && w.sec == v[5] &&
		    w.ns == v[6] * 1000 && w.digits == 6 && w.zone == 5400 && s.n == 1);
	}
}

static void
times_are_respelled_as_they_are_written(void)
{
	static const char *const zones[] = {
	    "Z", "+0000", "-00:00", "+01:00", "-1130", "", "x"};

	for (unsigned i = 0; i < ROUNDS / 4; i++) {
		char text[64], is[WHEN_MAX], want[WHEN_MAX];
		bool ok, same;
		size_t n = 0;
		int64_t ns;

		snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02u.%0*u%s",
		    1600 + any(700), any(14), any(33), any(25), any(61), any(62),
		    (int)(1 + any(9)), any(2) ? any(10) : 0, zones[any(7)]);
		ok = when_respell(str_of(text), is, &n);
		same = ok == when_parse(str_of(text), &ns);
		T(same &&
		    (!ok || (when_text(want, ns) == n && memcmp(is, want, n) == 0)));
	}
}

int
main(void)
{
	FACT(strings_of_json_are_quoted_alike);
	FACT(no_more_is_written_than_fits);
	FACT(ascii_ends_where_it_ends);
	FACT(many_texts_hash_as_one_after_the_other);
	FACT(and_without_the_instructions_as_well);
	FACT(digits_are_those_of_printf);
	FACT(each_byte_of_a_stamp_counts);
	FACT(a_stamp_says_what_its_digits_say);
	FACT(times_are_respelled_as_they_are_written);
	return TEST_END;
}
