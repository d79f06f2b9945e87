#include "arena.h"
#include "mem.h"
#include "scan.h"
#include "test.h"

/* What is found for "a", "a.b", "a.b.c" and "s"; "~" is spread, "!" is twice. */
struct row {
	const char *line;
	const char *a, *ab, *abc, *s;
};

#define N 4

static struct paths *paths;

static bool
scan(const char *text, struct found f[N], struct scanned *got, struct json_fault *fault)
{
	size_t n = strlen(text);
	static char *room;
	uint32_t hit[N];
	struct finds finds = {.v = f, .hit = hit};

	mem_free(room);
	room = mem_new(n + JSON_PAD, 1);
	memset(room, '{', n + JSON_PAD);
	memcpy(room, text, n);
	memset(f, 0, N * sizeof(*f));
	return scan_record(paths, (struct str){room, n}, &finds, got, fault);
}

static bool
is(const struct found *f, const char *want)
{
	struct str w = str_of(want);
	bool spread = false, twice = false;

	if (w.n && w.p[w.n - 1] == '!') {
		twice = true;
		w.n--;
	}
	if (w.n && w.p[w.n - 1] == '~') {
		spread = true;
		w.n--;
	}
	if (w.n == 0)
		w.p = NULL;
	return str_eq(f->raw, w) && f->spread == spread && f->twice == twice;
}

static void
finds_fields_however_they_are_spelled(void)
{
	static const struct row rows[] = {
	    {"{\"a.b\":1}", "~", "1", "", ""},
	    {"{\"a\":{\"b\":1}}", "{\"b\":1}", "1", "", ""},
	    {" { \"a\" : { \"b\" : [ 1 ] } } ", "{ \"b\" : [ 1 ] }", "[ 1 ]", "", ""},
	    {"{\"a\":{\"b.c\":1}}", "{\"b.c\":1}", "~", "1", ""},
	    {"{\"a.b\":{\"c\":\"x\"}}", "~", "{\"c\":\"x\"}", "\"x\"", ""},
	    {"{\"\\u0061\\u002eb\":1}", "~", "1", "", ""},
	    {"{\"a\\u002Eb.\\u0063\":1}", "~", "~", "1", ""},
	    {"{\"ab\":1,\"a.\":2,\".a\":3,\"a..b\":4,\"\":5}", "~", "", "", ""},
	    {"{\"x\":{\"a\":1},\"x.a\":2}", "", "", "", ""},
	    {"{\"s\":null,\"a\":[{\"b\":1}]}", "[{\"b\":1}]", "", "", "null"},
	    {"{\"x\":[{\"a\":{\"b\":1}}]}", "", "", "", ""},
	    {"{\"s\":\"}\\\\\",\"a\":\"\\\"\"}", "\"\\\"\"", "", "", "\"}\\\\\""},
	};
	struct found f[N];
	struct scanned got;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		T(scan(rows[i].line, f, &got, NULL));
		T(is(&f[0], rows[i].a) && is(&f[1], rows[i].ab) &&
		    is(&f[2], rows[i].abc) && is(&f[3], rows[i].s));
	}
}

/* What is claimed of characters is true, and the fast ways find it out. */
static void
says_what_it_is_sure_of(void)
{
	static const struct {
		const char *line;
		bool ascii, literal;
	} rows[] = {
	    {"{\"s\":\"C:\\\\users\\\\u0041\"}", true, true},
	    {"{\"s\":\"\\u0041\"}", true, false},
	    {"{\"s\":\"\\\\\\u0041\"}", true, false},
	    {"{\"s\":\"\xC3\xA4\"}", false, true},
	    {"{\"\xC3\xA4\":\"\\u00e4\"}", false, false},
	    {"{}", true, true},
	};
	struct found f[N];
	struct scanned got;
	static const char *const variants[] = {"scalar", "sse2", "avx2", "avx512"};

	for (size_t v = 0; v < sizeof(variants) / sizeof(*variants); v++)
		for (size_t i = 0;
		     scan_variant(variants[v]) && i < sizeof(rows) / sizeof(*rows); i++) {
			T(scan(rows[i].line, f, &got, NULL));
			T(got.ascii == (v > 0 && rows[i].ascii));
			T(got.literal == (v > 0 && rows[i].literal));
		}
	scan_variant(NULL);
}

static void
lets_the_last_win(void)
{
	static const struct row rows[] = {
	    {"{\"s\":1,\"s\":2}", "", "", "", "2!"},
	    {"{\"a.b\":1,\"a\":{\"b\":2}}", "{\"b\":2}!", "2!", "", ""},
	    {"{\"a\":{\"b\":2},\"a.b\":1}", "{\"b\":2}~", "1!", "", ""},
	    {"{\"a\":{\"b\":1},\"a\":{}}", "{}!", "!", "", ""},
	    {"{\"a\":{\"b\":1},\"a\":5}", "5!", "!", "", ""},
	    {"{\"a.b.c\":1,\"a\":null}", "null!", "!", "!", ""},
	    {"{\"a\":5,\"a.b\":1}", "~!", "1", "", ""},
	    {"{\"a\":[],\"a.b.c\":1}", "~!", "~", "1", ""},
	    {"{\"a\":{\"b\":{\"c\":1}},\"a.b\":2}", "{\"b\":{\"c\":1}}~", "2!", "!", ""},
	    {"{\"a.b\":1,\"a.b.c\":2,\"a.x\":3}", "~", "~!", "2", ""},
	    {"{\"\\u0073\":1,\"s\":{}}", "", "", "", "{}!"},
	};
	struct found f[N];
	struct scanned got;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		T(scan(rows[i].line, f, &got, NULL));
		T(got.twice);
		T(is(&f[0], rows[i].a) && is(&f[1], rows[i].ab) &&
		    is(&f[2], rows[i].abc) && is(&f[3], rows[i].s));
	}
}

static void
measures_the_record(void)
{
	struct found f[N];
	struct scanned got;

	T(scan(" {\"a\":{\"x\":[{\"y\":1}]},\"b\":2} ", f, &got, NULL));
	T(got.open == 1 && got.close == 27 && got.members == 4 && !got.empty &&
	    !got.twice);
	T(scan("{ }\r", f, &got, NULL));
	T(got.open == 0 && got.close == 2 && got.members == 0 && got.empty);
}

struct bad {
	const char *line;
	enum json_why why;
	size_t at;
};

static void
refuses_what_is_no_record(void)
{
	static const struct bad rows[] = {
	    {"", JSON_EMPTY, 0},
	    {" \t\r", JSON_EMPTY, 3},
	    {"[]", JSON_NOT_OBJECT, 0},
	    {" 12", JSON_NOT_OBJECT, 1},
	    {"hello", JSON_SYNTAX, 0},
	    {"{\"a\":1}{", JSON_TRAILING, 7},
	    {"{\"a\":\n1}", JSON_SYNTAX, 5},
	    {"{}\n", JSON_TRAILING, 2},
	    {"{\"a\":\"\n\"}", JSON_STRING, 6},
	    {"{\"a\":1", JSON_SYNTAX, 6},
	    {"{\"a", JSON_STRING, 3},
	};
	struct found f[N];
	struct scanned got;
	struct json_fault fault;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		T(!scan(rows[i].line, f, &got, &fault));
		T(fault.why == rows[i].why && fault.at == rows[i].at);
	}
}

/* {"a.a.….a":{"a":…{}}} with `dots` dots in each of `levels` names. */
static bool
deep(int levels, int dots, bool list, struct json_fault *fault)
{
	struct buf b = buf_make(65536);
	struct found f[N];
	struct scanned got;
	bool ok;

	if (list)
		buf_add(&b, STR("{\"x\":["));
	for (int i = 0; i < levels; i++) {
		buf_add(&b, STR("{\"a"));
		for (int k = 0; k < dots; k++)
			buf_add(&b, k & 1 ? STR("\\u002ea") : STR(".a"));
		buf_add(&b, STR("\":"));
	}
	buf_add(&b, STR("{}"));
	for (int i = 0; i < levels; i++)
		buf_ch(&b, '}');
	if (list)
		buf_add(&b, STR("]}"));
	buf_ch(&b, '\0');
	ok = scan(b.p, f, &got, fault);
	buf_free(&b);
	return ok;
}

static void
bounds_depth_with_dots_and_members(void)
{
	struct buf b = buf_make(1 << 20);
	struct json_fault fault;
	struct found f[N];
	struct scanned got;

	T(deep(63, 0, false, NULL));
	T(!deep(64, 0, false, &fault) && fault.why == JSON_TOO_DEEP);
	T(deep(1, 62, false, NULL));
	T(!deep(1, 63, false, &fault) && fault.why == JSON_TOO_DEEP);
	T(deep(21, 2, false, NULL));
	T(!deep(22, 2, false, &fault) && fault.why == JSON_TOO_DEEP);
	T(deep(2, 200, true, NULL));
	buf_add(&b, STR("{\"a\":0"));
	for (int i = 1; i < JSON_KEYS; i++)
		buf_add(&b, STR(",\"a\":0"));
	buf_add(&b, STR("}\0"));
	T(scan(b.p, f, &got, NULL) && got.members == JSON_KEYS);
	b.n -= 2;
	buf_add(&b, STR(",\"b\":0}\0"));
	T(!scan(b.p, f, &got, &fault) && fault.why == JSON_TOO_MANY);
	buf_free(&b);
}

static void
numbers_names_once(void)
{
	struct paths *p = paths_new();

	T(paths_add(p, STR("x.y")) == 0);
	T(paths_add(p, STR("x")) == 1);
	T(paths_add(p, STR("x.y")) == 0);
	T(paths_count(p) == 2);
	T(str_eq(paths_name(p, 1), STR("x")));
	T(str_eq(paths_key(p, 0), STR("\"x.y\":")));
	paths_free(p);
}

int
main(void)
{
	paths = paths_new();
	T(paths_add(paths, STR("a")) == 0 && paths_add(paths, STR("a.b")) == 1);
	T(paths_add(paths, STR("a.b.c")) == 2 && paths_add(paths, STR("s")) == 3);
	FACT(finds_fields_however_they_are_spelled);
	FACT(says_what_it_is_sure_of);
	FACT(lets_the_last_win);
	FACT(measures_the_record);
	FACT(refuses_what_is_no_record);
	FACT(bounds_depth_with_dots_and_members);
	FACT(numbers_names_once);
	paths_free(paths);
	return TEST_END;
}
