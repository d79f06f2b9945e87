#include "json.h"
#include "node.h"
#include "test.h"

static struct arena *a;
static struct buf out;

static bool
writes(const char *json, bool sorted, const char *want)
{
	buf_reset(&out);
	node_write(node_json(a, str_of(json)), sorted, &out);
	if (str_eq(buf_str(&out), str_of(want)))
		return true;
	fprintf(stderr, "  " STR_FMT "\n", STR_ARG(buf_str(&out)));
	return false;
}

static void
makes_trees(void)
{
	const struct node *n = node_json(
	    a, STR(" {\"a\":[1,\"x\\n\",true,null],\"b\":{\"c\":2},\"b\":7} "));
	int64_t i;

	T(n->type == NODE_MAP && n->n == 3);
	T(node_count(node_get(n, STR("a"))) == 4);
	T(node_i64(node_at(node_get(n, STR("a")), 0), &i) && i == 1);
	T(str_eq(node_text(node_at(node_get(n, STR("a")), 1)), STR("x\n")));
	T(node_true(node_at(node_get(n, STR("a")), 2)));
	T(!node_text(node_at(node_get(n, STR("a")), 3)).p);
	T(!node_at(node_get(n, STR("a")), 4));
	T(node_i64(node_get(n, STR("b")), &i) && i == 7);
	T(node_count(node_get(n, STR("b"))) == 1);
	T(!node_get(n, STR("z")) && node_count(NULL) == 0 && !node_get(NULL, STR("z")));
}

static void
follows_paths_however_they_are_spelled(void)
{
	const struct node *n = node_json(a,
	    STR("{\"ir.plan\":{\"id\":1,\"x.y\":2},\"ir.v\":3,\"p\":{\"q\":1},\"p\":{},"
		"\"s.t\":1,\"s\":{\"u\":2},\"w\":5,\"w.x\":6}"));

	T(str_eq(node_text(node_path(n, STR("ir.plan.id"))), STR("1")));
	T(str_eq(node_text(node_path(n, STR("ir.plan.x.y"))), STR("2")));
	T(str_eq(node_text(node_path(n, STR("ir.v"))), STR("3")));
	T(!node_path(n, STR("p.q")));
	T(!node_path(n, STR("s.t")) && node_path(n, STR("s.u")));
	T(!node_path(n, STR("w")) && node_path(n, STR("w.x")));
	T(!node_path(n, STR("ir")));
}

static void
writes_json(void)
{
	T(writes("{ \"b\":[1.10,\"\\u00e9\\u007f\"], \"a\":{} }", false,
	    "{\"b\":[1.10,\"\xc3\xa9\\u007f\"],\"a\":{}}"));
	T(writes("[1e999,null,false]", false, "[1e999,null,false]"));
}

static void
writes_the_canonical_form(void)
{
	T(writes("{\"b\":2,\"a\":1,\"b\":3}", true, "{\"a\":1,\"b\":3}"));
	T(writes("{\"\\ud83d\\ude00\":1,\"\\ufb33\":2,\"\\u20ac\":3,\"\\r\":4,\"1\":5}",
	    true,
	    "{\"\\r\":4,\"1\":5,\"\xe2\x82\xac\":3,\"\xf0\x9f\x98\x80\":1,"
	    "\"\xef\xac\xb3\":2}"));
	T(writes("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\\u007f\"",
	    true, "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\x7f\""));
}

static void
writes_numbers_as_ecmascript_does(void)
{
	static const char *const rows[][2] = {{"333333333.33333329", "333333333.3333333"},
	    {"1E30", "1e+30"}, {"4.50", "4.5"}, {"2e-3", "0.002"},
	    {"0.000000000000000000000000001", "1e-27"}, {"-0", "0"}, {"-0.0", "0"},
	    {"5e-324", "5e-324"}, {"1.7976931348623157e308", "1.7976931348623157e+308"},
	    {"9007199254740992", "9007199254740992"},
	    {"-9007199254740992", "-9007199254740992"},
	    {"295147905179352830000", "295147905179352830000"}, {"1e21", "1e+21"},
	    {"1e20", "100000000000000000000"},
	    {"9.999999999999997e22", "9.999999999999997e+22"}, {"0.000001", "0.000001"},
	    {"0.0000001", "1e-7"}, {"14400", "14400"}, {"-1.5e-7", "-1.5e-7"},
	    {"123.456", "123.456"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		T(writes(rows[i][0], true, rows[i][1]));
}

int
main(void)
{
	a = arena_new();
	out = buf_make(65536);
	FACT(makes_trees);
	FACT(follows_paths_however_they_are_spelled);
	FACT(writes_json);
	FACT(writes_the_canonical_form);
	FACT(writes_numbers_as_ecmascript_does);
	buf_free(&out);
	arena_free(a);
	return TEST_END;
}
