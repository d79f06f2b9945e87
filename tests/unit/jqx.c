/* Expressions over records: values, ways, spellings of fields, refusals. */
#include "jqx.h"
#include "test.h"

static bool
gather(void *ctx, struct str json)
{
	struct buf *all = ctx;

	if (all->n)
		buf_ch(all, ' ');
	buf_add(all, json);
	return true;
}

/* The outputs with blanks between, "!" behind them if it failed; free with buf_free(). */
static struct buf
outputs(struct jqx *x, struct paths *paths, const char *line)
{
	struct arena *a = arena_new();
	struct rec *r = rec_new(paths, a);
	struct buf all = buf_make(1 << 20), padded = buf_make(1 << 20);
	struct json_fault fault;
	struct err e;

	buf_add(&padded, str_of(line));
	memset(buf_room(&padded, JSON_PAD), '"', JSON_PAD);
	if (!rec_scan(r, buf_str(&padded), &fault))
		buf_add(&all, STR("not a record"));
	else if (!jqx_each(x, r, gather, &all, &e))
		gather(&all, STR("!"));
	rec_free(r);
	arena_free(a);
	buf_free(&padded);
	return all;
}

static bool
gives(const char *expr, const char *line, enum jqx_way way, const char *want)
{
	struct paths *paths = paths_new();
	struct err e = {0};
	struct jqx *x = jqx_new(expr, paths, &e);
	struct buf all;
	bool ok;

	if (!x) {
		fprintf(stderr, "%s: %s\n", expr, e.msg);
		paths_free(paths);
		return false;
	}
	all = outputs(x, paths, line);
	ok = str_eq(buf_str(&all), str_of(want)) && jqx_way(x) == way;
	if (!ok)
		fprintf(stderr, "%s on %s: way %d, " STR_FMT "\n", expr, line,
		    (int)jqx_way(x), STR_ARG(buf_str(&all)));
	buf_free(&all);
	jqx_free(x);
	paths_free(paths);
	return ok;
}

static bool
refused(const char *expr, const char *want)
{
	struct paths *paths = paths_new();
	struct err e = {0};
	struct jqx *x = jqx_new(expr, paths, &e);
	bool ok = !x && e.kind == ERR_CONFIG && strcmp(e.msg, want) == 0;

	if (!ok)
		fprintf(stderr, "%s: %s\n", expr, x ? "taken" : e.msg);
	jqx_free(x);
	paths_free(paths);
	return ok;
}

#define FLAT "{\"source.ip\":\"192.0.2.7\",\"event.severity\":7,\"tags\":[\"a\",\"b\"]}"
#define NESTED                                                                           \
	"{\"source\":{\"ip\":\"192.0.2.7\"},\"event\":{\"severity\":7},\"tags\":[\"a\"," \
	"\"b\"]}"

static void
all_spellings_of_a_field_are_one(void)
{
	static const char *const exprs[] = {".source.ip", ".\"source.ip\"",
	    ".source[\"ip\"]", ".[\"source.ip\"]", ".source|.ip", ".source.\"ip\"",
	    ".[\"source\"][\"ip\"]"};

	for (size_t i = 0; i < sizeof(exprs) / sizeof(*exprs); i++) {
		T(gives(exprs[i], FLAT, JQX_NATIVE, "\"192.0.2.7\""));
		T(gives(exprs[i], NESTED, JQX_NATIVE, "\"192.0.2.7\""));
	}
	T(gives("{\"source.ip\"}", FLAT, JQX_PROJECTED, "{\"source.ip\":\"192.0.2.7\"}"));
	T(gives("has(\"source.ip\"),has(\"source.x\"),has(\"x.y\")", FLAT, JQX_NATIVE,
	    "true false false"));
	T(gives(".\"a.b\"?", "{\"a\":1}", JQX_NATIVE, ""));
	T(gives(".[\"a.b\"]?", "{\"a\":{\"b\":2}}", JQX_NATIVE, "2"));
	T(gives(".l[].\"a.b\"", "{\"l\":[{\"a.b\":1},{\"a\":{\"b\":2}}]}", JQX_NATIVE,
	    "1 2"));
	T(gives("del(.\"source.ip\")|.source", FLAT, JQX_WHOLE, "{}"));
}

static void
the_later_spelling_wins(void)
{
	T(gives(".a.b", "{\"a.b\":1,\"a\":{\"b\":2}}", JQX_NATIVE, "2"));
	T(gives(".a.b", "{\"a\":{\"b\":2},\"a.b\":1}", JQX_NATIVE, "1"));
	T(gives(".a.b", "{\"a.b\":1,\"a\":{}}", JQX_NATIVE, "null"));
	T(gives(".a", "{\"a.b\":1,\"a.c\":2}", JQX_NATIVE, "{\"b\":1,\"c\":2}"));
	T(gives(".a.b", "{\"a.b\":1,\"a\":3}", JQX_NATIVE, "!"));
	T(gives(".a.b", "{\"\\u0061.b\":1}", JQX_NATIVE, "1"));
}

static void
selected_records_keep_their_bytes(void)
{
	const char *odd =
	    " { \"a\" : 1.10 , \"n\":9007199254740993,\"\\u0062\":\"\\/\\ud800\"} ";

	T(gives("select(.a == 1.1)", odd, JQX_NATIVE, odd));
	T(gives("select(.b|test(\"^/\"))", odd, JQX_PROJECTED, odd));
	T(gives(".", odd, JQX_NATIVE, odd));
	T(gives("select(keys|length == 3)", odd, JQX_WHOLE, odd));
	T(gives(".n", odd, JQX_NATIVE, "9007199254740993"));
	T(gives(".b", odd, JQX_NATIVE, "\"\\/\\ufffd\""));
}

static void
the_cheapest_way_is_taken(void)
{
	T(gives(".source.ip != null and .event.severity > 3", FLAT, JQX_NATIVE, "true"));
	T(gives(".source.ip|startswith(\"192.0.\")", FLAT, JQX_NATIVE, "true"));
	T(gives(".tags|any(. == \"b\")", FLAT, JQX_NATIVE, "true"));
	T(gives(".source.ip|IN(\"x\",\"192.0.2.7\")", FLAT, JQX_NATIVE, "true"));
	T(gives(".event.severity + 1", FLAT, JQX_PROJECTED, "8"));
	T(gives(".source.ip as $x | $x", FLAT, JQX_PROJECTED, "\"192.0.2.7\""));
	T(gives("[.tags[]|ascii_downcase]", FLAT, JQX_NATIVE, "[\"a\",\"b\"]"));
	T(gives("\"\\(.event.severity)!\"", FLAT, JQX_PROJECTED, "\"7!\""));
	T(gives("reduce .tags[] as $t (\"\"; . + $t)", FLAT, JQX_PROJECTED, "\"ab\""));
	T(gives("to_entries|length", FLAT, JQX_WHOLE, "3"));
	T(gives("def f: .source; f.ip", FLAT, JQX_WHOLE, "\"192.0.2.7\""));
	T(gives("[..|strings]|length", FLAT, JQX_WHOLE, "3"));
}

static void
what_reaches_out_is_refused(void)
{
	T(refused("env.HOME", "'env' at column 1 is refused: it reads the environment"));
	T(refused("\"é\" == $ENV.X",
	    "'$ENV' at column 8 is refused: it reads the environment"));
	T(refused("\"x\\(input)\"",
	    "'input' at column 5 is refused: it takes records out of the stream"));
	T(refused(".a|now", "'now' at column 4 is refused: it depends on when it runs"));
	T(refused("import \"a\" as a; .",
	    "'import' at column 1 is refused: it loads a module"));
	T(gives("{env}|.env", "{\"env\":5}", JQX_PROJECTED, "5"));
	T(gives(".env", "{\"env\":5}", JQX_NATIVE, "5"));
	T(refused("(.a", "'(' at column 1 is not closed"));
	T(refused(".a)", "')' without '(' at column 3"));
	T(refused("\"a", "a string is not closed; it starts at column 1"));
	T(refused("\"\\ud800\"", "bad escape at column 2"));
	T(refused(" ", "the expression is empty; '.' is the whole record"));
	T(refused(".a == == 1", "syntax error, unexpected == at column 7"));
	T(refused(".a|foo(1)", "foo/1 is not defined at column 4"));
}

static void
errors_and_empties_are_told_apart(void)
{
	T(gives(".a.b", "{\"a\":1}", JQX_NATIVE, "!"));
	T(gives("empty", "{}", JQX_NATIVE, ""));
	T(gives(".a?, (.a.b)?, .c", "{\"a\":1,\"c\":2}", JQX_NATIVE, "1 2"));
	T(gives("1, error(\"x\")", "{}", JQX_PROJECTED, "1 !"));
}

static void
two_expressions_share_paths_and_a_process(void)
{
	struct paths *paths = paths_new();
	struct err e;
	struct jqx *a = jqx_new(".a + 1", paths, &e), *b = jqx_new(".b + 1", paths, &e);
	struct buf x = outputs(a, paths, "{\"a\":1,\"b\":5}");
	struct buf y = outputs(b, paths, "{\"a\":1,\"b\":5}");

	T(str_eq(buf_str(&x), STR("2")));
	T(str_eq(buf_str(&y), STR("6")));
	buf_free(&x);
	buf_free(&y);
	jqx_free(a);
	jqx_free(b);
	paths_free(paths);
}

/* AddressSanitizer keeps what was freed for a while: memory tells nothing there. */
#if defined(__SANITIZE_ADDRESS__)
#define GROWS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GROWS 1
#endif
#endif
#ifndef GROWS
#define GROWS 0
#endif

static long
resident_kib(void)
{
	long all, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%ld %ld", &all, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return resident * 4;
}

/* Run on the same record many times; how much the process grew after the first tenth. */
static long
growth_kib(const char *expr, int times)
{
	static const char line[sizeof(NESTED) + JSON_PAD] = NESTED;
	struct paths *paths = paths_new();
	struct arena *a = arena_new();
	struct rec *r = rec_new(paths, a);
	struct err e;
	struct jqx *x = jqx_new(expr, paths, &e);
	long before = 0;
	bool yes;

	for (int i = 0; x && i < times; i++) {
		rec_scan(r, (struct str){line, sizeof(NESTED) - 1}, NULL);
		jqx_true(x, r, &yes, &e);
		arena_reset(a);
		if (i == times / 10)
			before = resident_kib();
	}
	rec_free(r);
	arena_free(a);
	paths_free(paths);
	jqx_free(x);
	return resident_kib() - before;
}

static void
memory_does_not_grow_with_records(void)
{
	T(growth_kib(".source.ip == \"192.0.2.7\" and any(.tags[]; . == \"b\")", 100000) <
	    256);
	T(growth_kib(".source.ip | test(\"^192\\\\.\")", 20000) < 1024);
	T(growth_kib(".event + 1", 20000) < 1024);
	T(growth_kib("to_entries | length", 20000) < 1024);
}

int
main(void)
{
	FACT(all_spellings_of_a_field_are_one);
	FACT(the_later_spelling_wins);
	FACT(selected_records_keep_their_bytes);
	FACT(the_cheapest_way_is_taken);
	FACT(what_reaches_out_is_refused);
	FACT(errors_and_empties_are_told_apart);
	FACT(two_expressions_share_paths_and_a_process);
	if (!GROWS)
		FACT(memory_does_not_grow_with_records);
	return TEST_END;
}
