#include "deep.h"
#include "json.h"
#include "test.h"

static struct arena *a;
static struct leaves leaves;
static const char pad[JSON_PAD];

static void
read_object(const char *text)
{
	struct str s = CAT(a, str_of(text), (struct str){pad, JSON_PAD});

	leaves_read(&leaves, a, str_sub(s, 0, s.n - JSON_PAD));
}

static void
finds_values_inside_lists(void)
{
	static const char *const rows[][2] = {
	    {"v[].a", "[1,2]"},
	    {"v[0].a", "1"},
	    {"v[1].a", "2"},
	    {"v[-1].a", NULL}, /* the last is no object */
	    {"deep.w[-1].k", "8"},
	    {"v[2].a", NULL},
	    {"v[].b", "\"x\""}, /* one alone is no list */
	    {"v[].c.d", "[3,4]"},
	    {"v[].e[].f", "[5,6,7]"},
	    {"v[].e[0].f", "[5,7]"},
	    {"v[1].e[-1].f", "7"},
	    {"deep.w[0].k", "8"},
	    {"w[0].k", NULL},
	    {"one[].a", "1"}, /* an object is a list of one */
	    {"t[0]", "\"p\""},
	    {"t[]", "[\"p\",\"q\"]"},
	    {"n[].a", NULL},
	};

	read_object(
	    "{\"v\":[{\"a\":1,\"b\":\"x\",\"c\":{\"d\":3},\"e\":[{\"f\":5},{\"f\":6}]},"
	    "{\"a\":2,\"b\":null,\"c.d\":4,\"e\":[{\"f\":7}]},9],\"deep\":{\"w\":[{\"k\":"
	    "8}]},"
	    "\"one\":{\"a\":1},\"t\":[\"p\",\"q\"],\"n\":null}");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str v = deep_find(&leaves, a, str_of(rows[i][0]));

		T(str_eq(v, str_of(rows[i][1])));
	}
}

static void
knows_what_is_no_path(void)
{
	static const char *const yes[] = {"a[]", "a[0].b", "a.b[-1].c.d[].e"};
	static const char *const no[] = {"a", "[0].b", "a[x].b", "a[0]b", "a[0].", "a[",
	    "a]", "a[].b]", "a[-2].b", "a[999].b", "a[].b[].c[].d[].e[].f"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		T(deep_valid(str_of(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		T(!deep_valid(str_of(no[i])));
}

int
main(void)
{
	a = arena_new();
	FACT(finds_values_inside_lists);
	FACT(knows_what_is_no_path);
	leaves_free(&leaves);
	arena_free(a);
	return TEST_END;
}
