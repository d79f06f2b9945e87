#include "json.h"
#include "test.h"

static struct arena *a;

/* The text with JSON_PAD bytes behind it that would change it. */
static bool
valid(const char *text, struct json_fault *f)
{
	static char room[4096];
	size_t n = strlen(text);

	memset(room, '"', sizeof(room));
	memcpy(room, text, n);
	return json_valid((struct str){room, n}, f);
}

static void
takes_what_the_standard_allows(void)
{
	static const char *const good[] = {"0", "-0.5e+10", "\"\"", "true", " null\n",
	    "[]", "{}", "[1,2,[3]]", "{\"a\":{\"b\":[{}]}}",
	    "\"\\u00e9\\ud83d\\ude00\\ud800\"", "\"\xc3\xa9\xf0\x9f\x98\x80\x7f\"",
	    "\t[ 1 , 2 ]\r\n", "{\"\":0,\"\":1}", "\"\\/\""};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		T(valid(good[i], NULL));
}

struct bad {
	const char *text;
	enum json_why why;
	size_t at;
};

static void
says_what_is_wrong_and_where(void)
{
	static const struct bad rows[] = {
	    {"", JSON_EMPTY, 0},
	    {" \n", JSON_EMPTY, 2},
	    {"{", JSON_SYNTAX, 1},
	    {"[1,]", JSON_SYNTAX, 3},
	    {"{\"a\":1,}", JSON_SYNTAX, 7},
	    {"{\"a\" 1}", JSON_SYNTAX, 5},
	    {"{1:1}", JSON_SYNTAX, 1},
	    {"[1 2]", JSON_SYNTAX, 3},
	    {"[1}", JSON_SYNTAX, 2},
	    {"tru", JSON_SYNTAX, 3},
	    {"NaN", JSON_SYNTAX, 0},
	    {"\xef\xbb\xbf{}", JSON_SYNTAX, 0},
	    {"\"a\tb\"", JSON_STRING, 2},
	    {"[\"abc", JSON_STRING, 5},
	    {"\"\\x\"", JSON_ESCAPE, 1},
	    {"\"\\u12g4\"", JSON_ESCAPE, 1},
	    {"\"\\", JSON_ESCAPE, 1},
	    {"\"a\xc0\xaf\"", JSON_UTF8, 2},
	    {"\"\xed\xa0\x80\"", JSON_UTF8, 1},
	    {"\"\xf4\x90\x80\x80\"", JSON_UTF8, 1},
	    {"012", JSON_NUMBER, 1},
	    {"-", JSON_NUMBER, 1},
	    {"[1.]", JSON_NUMBER, 3},
	    {"1e", JSON_NUMBER, 2},
	    {"1.2.3", JSON_NUMBER, 3},
	    {".5", JSON_SYNTAX, 0},
	    {"{} x", JSON_TRAILING, 3},
	};
	struct json_fault f;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		T(!valid(rows[i].text, &f));
		T(f.why == rows[i].why && f.at == rows[i].at);
		if (f.why != rows[i].why || f.at != rows[i].at)
			fprintf(stderr, "  '%s': %s at %zu\n", rows[i].text,
			    json_why_code(f.why), f.at);
	}
}

static void
bounds_the_depth(void)
{
	char text[2 * JSON_DEPTH + 3];
	struct json_fault f;

	memset(text, '[', JSON_DEPTH);
	memset(text + JSON_DEPTH, ']', JSON_DEPTH);
	text[2 * JSON_DEPTH] = '\0';
	T(valid(text, NULL));
	memset(text, '[', JSON_DEPTH + 1);
	memset(text + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
	text[2 * JSON_DEPTH + 2] = '\0';
	T(!valid(text, &f) && f.why == JSON_TOO_DEEP && f.at == JSON_DEPTH);
}

static void
decodes_text(void)
{
	T(str_eq(json_text(a, STR("\"a\\n\\u00e9\\ud83d\\ude00\\\"\\/\"")),
	    STR("a\n\xc3\xa9\xf0\x9f\x98\x80\"/")));
	T(str_eq(
	    json_text(a, STR("\"\\ud800x\\udc00\"")), STR("\xef\xbf\xbdx\xef\xbf\xbd")));
	T(str_eq(json_text(a, STR("\"\\ud800\\u0041\"")), STR("\xef\xbf\xbd"
							      "A")));
	T(str_eq(json_text(a, STR("\"\\u0000\"")), (struct str){"", 1}));
	T(str_eq(json_text(a, STR("\"\"")), STR("")));
	T(str_eq(json_text(a, STR("9007199254740993")), STR("9007199254740993")));
	T(str_eq(json_text(a, STR("true")), STR("true")));
	T(!json_text(a, STR("null")).p);
	T(!json_text(a, STR("[1]")).p);
	T(!json_text(a, STR_NONE).p);
}

static void
quotes_text(void)
{
	T(str_eq(json_quote(a, STR("a\"\\\n\x01\x7f\xff\xc3\xa9")),
	    STR("\"a\\\"\\\\\\n\\u0001\\u007f\xef\xbf\xbd\xc3\xa9\"")));
	T(str_eq(json_quote(a, STR("")), STR("\"\"")));
	T(str_eq(json_quote(a, STR("plain")), STR("\"plain\"")));
}

static void
reads_numbers(void)
{
	int64_t i;
	double d;

	T(json_i64(STR("-42"), &i) && i == -42);
	T(json_i64(STR("\"22\""), &i) && i == 22);
	T(json_i64(STR("9223372036854775807"), &i) && i == INT64_MAX);
	T(!json_i64(STR("9223372036854775808"), &i));
	T(json_i64(STR("1e3"), &i) && i == 1000);
	T(!json_i64(STR("1.5"), &i));
	T(!json_i64(STR("\"0x10\""), &i));
	T(!json_i64(STR("true"), &i));
	T(!json_i64(STR_NONE, &i));
	T(json_num(STR("1.5"), &d) && d == 1.5);
	T(json_num(STR("\"-2\""), &d) && d == -2);
	T(!json_num(STR("\"nan\""), &d));
	T(!json_num(STR("1e999"), &d));
}

static void
walks_members_and_elements(void)
{
	struct str raw = STR("{ \"a\" : [1,{\"}\":2}] , \"b\\\"\":\"x,}\",\"a\":null}"),
		   k, v;
	size_t at = 0;

	T(json_next(raw, &at, &k, &v) && str_eq(k, STR("\"a\"")) &&
	    str_eq(v, STR("[1,{\"}\":2}]")));
	T(json_next(raw, &at, &k, &v) && str_eq(k, STR("\"b\\\"\"")) &&
	    str_eq(v, STR("\"x,}\"")));
	T(json_next(raw, &at, &k, &v) && str_eq(v, STR("null")));
	T(!json_next(raw, &at, &k, &v));
	T(!json_next(raw, &at, &k, &v));
	T(str_eq(json_get(a, raw, STR("a")), STR("null")));
	T(str_eq(json_get(a, raw, STR("b\"")), STR("\"x,}\"")));
	T(!json_get(a, raw, STR("c")).p);
	at = 0;
	raw = STR("[ 1, [2] ,\"3\" ]");
	T(json_next(raw, &at, NULL, &v) && str_eq(v, STR("1")));
	T(json_next(raw, &at, &k, &v) && str_eq(v, STR("[2]")) && !k.p);
	T(json_next(raw, &at, NULL, &v) && str_eq(v, STR("\"3\"")));
	T(!json_next(raw, &at, NULL, &v));
	at = 0;
	T(!json_next(STR("[ ]"), &at, NULL, &v));
	at = 0;
	T(!json_next(STR("5"), &at, NULL, &v));
}

int
main(void)
{
	a = arena_new();
	FACT(takes_what_the_standard_allows);
	FACT(says_what_is_wrong_and_where);
	FACT(bounds_the_depth);
	FACT(decodes_text);
	FACT(quotes_text);
	FACT(reads_numbers);
	FACT(walks_members_and_elements);
	arena_free(a);
	return TEST_END;
}
