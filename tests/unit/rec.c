#include "buf.h"
#include "rec.h"
#include "test.h"

static struct arena *a;
static struct paths *paths;
static struct rec *r;
static struct buf out;
static int ip, port, source, kind, tags, when, deep;

static bool
take(const char *line)
{
	static char room[4096];
	size_t n = strlen(line);

	memset(room, '"', sizeof(room));
	memcpy(room, line, n);
	return rec_scan(r, (struct str){room, n}, NULL);
}

static bool
writes(const char *want)
{
	buf_reset(&out);
	rec_write(r, &out);
	if (str_eq(buf_str(&out), str_of(want)))
		return true;
	fprintf(stderr, "  " STR_FMT "\n", STR_ARG(buf_str(&out)));
	return false;
}

static bool
nests(const char *line, const char *want)
{
	struct str got;

	if (!take(line))
		return false;
	got = rec_nest(r);
	if (str_eq(got, str_of(want)) && str_eq(rec_nested(a, str_of(line)), got))
		return true;
	fprintf(stderr, "  " STR_FMT "\n", STR_ARG(got));
	return false;
}

static void
reads_fields(void)
{
	int64_t i;
	size_t at = 0;
	struct str v;

	T(take("{\"source\":{\"ip\":\"192.0.2.7\",\"port\":22},\"tags\":[\"x\",2],"
	       "\"@timestamp\":\"1970-01-01T00:00:01Z\"}"));
	T(str_eq(rec_text(r, ip), STR("192.0.2.7")));
	T(str_eq(rec_raw(r, ip), STR("\"192.0.2.7\"")));
	T(rec_i64(r, port, &i) && i == 22);
	T(rec_time(r, when, &i) && i == 1000000000);
	T(!rec_text(r, kind).p && !rec_raw(r, kind).p);
	T(rec_each(r, tags, &at, &v) && str_eq(v, STR("\"x\"")));
	T(rec_each(r, tags, &at, &v) && str_eq(v, STR("2")));
	T(!rec_each(r, tags, &at, &v));
	at = 0;
	T(rec_each(r, port, &at, &v) && str_eq(v, STR("22")) &&
	    !rec_each(r, port, &at, &v));
	at = 0;
	T(!rec_each(r, kind, &at, &v));
}

static void
puts_spread_fields_together(void)
{
	T(take("{\"source.ip\":\"1\",\"source.x.y\":2,\"z\":3}"));
	T(str_eq(rec_raw(r, source), STR("{\"ip\":\"1\",\"x\":{\"y\":2}}")));
	T(take("{\"source\":{\"ip\":\"1\"},\"source.port\":2}"));
	T(str_eq(rec_raw(r, source), STR("{\"ip\":\"1\",\"port\":2}")));
	T(take("{\"source.ip\":\"1\",\"source\":{\"port\":2}}"));
	T(str_eq(rec_raw(r, source), STR("{\"port\":2}")));
	T(!rec_raw(r, ip).p);
}

static void
adds_before_the_last_brace(void)
{
	T(take(" { \"x\" : 1.10 } \r"));
	rec_set_text(r, ip, STR("1\"2"));
	rec_set_i64(r, port, -5);
	T(writes(" { \"x\" : 1.10 ,\"source.ip\":\"1\\\"2\",\"source.port\":-5} \r"));
	T(take("{}"));
	rec_set_time(r, when, 0);
	rec_set(r, kind, STR("[]"));
	T(writes("{\"@timestamp\":\"1970-01-01T00:00:00.000Z\",\"ir.kind\":[]}"));
	T(take("{ }"));
	T(rec_untouched(r));
	T(writes("{ }"));
	rec_set_text(r, kind, STR_NONE);
	T(rec_untouched(r));
}

static void
replaces_in_place(void)
{
	T(take(
	    "{\"ir\":{\"kind\":\"event\" },\"source.port\":1,\"z\":9007199254740993}"));
	rec_set(r, port, STR("65535"));
	rec_set_text(r, kind, STR("alert"));
	rec_set_text(r, ip, STR("::1"));
	rec_set(r, port, STR("7"));
	T(writes("{\"ir\":{\"kind\":\"alert\" },\"source.port\":7,\"z\":9007199254740993,"
		 "\"source.ip\":\"::1\"}"));
	T(str_eq(rec_text(r, kind), STR("alert")));
	rec_unset(r);
	T(rec_untouched(r) && str_eq(rec_text(r, kind), STR("event")));
	/* Only the last of two counts. */
	T(take("{\"source.port\":1,\"source.port\":2}"));
	rec_set(r, port, STR("3"));
	T(writes("{\"source.port\":1,\"source.port\":3}"));
}

static void
keeps_fields_above_and_below_in_step(void)
{
	T(take("{\"source\":{\"ip\":\"1\",\"x\":0}}"));
	rec_set(r, port, STR("2"));
	T(str_eq(rec_raw(r, source), STR("{\"ip\":\"1\",\"x\":0,\"port\":2}")));
	rec_set(r, source, STR("{\"ip\":\"3\"}"));
	T(str_eq(rec_text(r, ip), STR("3")) && !rec_raw(r, port).p);
	rec_set(r, port, STR("4"));
	T(str_eq(rec_raw(r, source), STR("{\"ip\":\"3\",\"port\":4}")));
	T(writes("{\"source\":{\"ip\":\"1\",\"x\":0},\"source\":{\"ip\":\"3\"},\"source."
		 "port\":4}"));
	T(take("{\"source\":5}"));
	rec_set(r, ip, STR("\"1\""));
	T(writes("{\"source\":5,\"source.ip\":\"1\"}"));
	T(str_eq(rec_raw(r, source), STR("{\"ip\":\"1\"}")));
	T(take("{\"source\":5}"));
	T(str_eq(rec_raw(r, source), STR("5")));
}

static void
pushes_to_lists(void)
{
	T(take("{\"tags\":[ ]}"));
	rec_push(r, tags, STR("1"));
	rec_push(r, tags, STR("2"));
	T(writes("{\"tags\":[ 1,2]}"));
	T(take("{\"tags\":\"x\"}"));
	rec_push(r, tags, STR("\"y\""));
	T(writes("{\"tags\":[\"x\",\"y\"]}"));
	T(take("{}"));
	rec_push(r, tags, STR("{}"));
	T(writes("{\"tags\":[{}]}"));
}

static void
nests_as_jq_users_see_it(void)
{
	T(nests("{\"source.ip\":\"1\",\"source\":{\"port\":2}}",
	    "{\"source\":{\"port\":2}}"));
	T(nests("{\"a.b\":1,\"a.c\":{\"d.e\":[{\"x.y\":1}]}}",
	    "{\"a\":{\"b\":1,\"c\":{\"d\":{\"e\":[{\"x.y\":1}]}}}}"));
	T(nests("{\"a\":1,\"a.b\":2,\"b\":1,\"b\":2}", "{\"a\":{\"b\":2},\"b\":2}"));
	T(nests("{\"a\":{\"b\":1,\"b\":{}},\"a.b.c\":1}", "{\"a\":{\"b\":{\"c\":1}}}"));
	T(nests(
	    "{\"a\":{\"b\":1},\"x\":0,\"a\":{\"c\":2}}", "{\"a\":{\"c\":2},\"x\":0}"));
	T(nests("{\"\\u0061.\":1,\"\":2}", "{\"a\":{\"\":1},\"\":2}"));
	T(nests("{}", "{}"));
	T(nests("{ \"a\" : { } , \"b\\\"\":\"\\u00e9\" }",
	    "{\"a\":{},\"b\\\"\":\"\\u00e9\"}"));
	T(take("{\"a.b\":1}"));
	rec_set(r, deep, STR("{\"d.e\":2}"));
	T(str_eq(rec_nest(r), STR("{\"a\":{\"b\":1,\"b2\":{\"c\":{\"d\":{\"e\":2}}}}}")));
}

static void
nests_many_members(void)
{
	struct buf b = buf_make(1 << 20);
	struct str got;

	buf_ch(&b, '{');
	for (int i = 0; i < 4000; i++)
		buf_fmt(&b, "%s\"k%d.v\":%d", i ? "," : "", i % 2000, i);
	buf_ch(&b, '}');
	got = rec_nested(a, buf_str(&b));
	T(str_eq(json_get(a, json_get(a, got, STR("k7")), STR("v")), STR("2007")));
	buf_free(&b);
}

int
main(void)
{
	a = arena_new();
	out = buf_make(1 << 20);
	paths = paths_new();
	r = rec_new(paths, a);
	ip = paths_add(paths, STR("source.ip"));
	port = paths_add(paths, STR("source.port"));
	source = paths_add(paths, STR("source"));
	kind = paths_add(paths, STR("ir.kind"));
	tags = paths_add(paths, STR("tags"));
	when = paths_add(paths, STR("@timestamp"));
	deep = paths_add(paths, STR("a.b2.c"));
	FACT(reads_fields);
	FACT(puts_spread_fields_together);
	FACT(adds_before_the_last_brace);
	FACT(replaces_in_place);
	FACT(keeps_fields_above_and_below_in_step);
	FACT(pushes_to_lists);
	FACT(nests_as_jq_users_see_it);
	FACT(nests_many_members);
	rec_free(r);
	paths_free(paths);
	buf_free(&out);
	arena_free(a);
	return TEST_END;
}
