#include "yaml.h"
#include "test.h"

static struct arena *a;

static const struct node *
parse(const char *text, struct err *e)
{
	struct yaml_docs docs;

	if (!yaml_parse(a, str_of(text), "f", &docs, e) || docs.n == 0)
		return NULL;
	return docs.v[0];
}

static void
scalars_are_what_the_core_schema_says(void)
{
	struct err e;
	const struct node *n = parse(
	    "[1, 007, '1', 1.5e3, true, yes, ~, null, a b, -0]", &e);
	static const enum node_type want[] = {NODE_NUM, NODE_TEXT, NODE_TEXT, NODE_NUM,
	    NODE_BOOL, NODE_TEXT, NODE_NULL, NODE_NULL, NODE_TEXT, NODE_NUM};

	T(n && n->n == sizeof(want) / sizeof(*want));
	for (size_t i = 0; n && i < n->n; i++)
		T(n->kids[i].type == want[i]);
}

static void
aliases_are_followed_and_json_is_read(void)
{
	struct err e;
	const struct node *n = parse("a: &x {k: v}\nb: *x\n", &e);

	T(n && str_eq(node_text(node_path(n, STR("b.k"))), STR("v")));
	n = parse("{\"a\": \"\\ud83d\\ude00\"}", &e);
	T(n && str_eq(node_text(node_get(n, STR("a"))), STR("\xf0\x9f\x98\x80")));
}

static void
faults_have_their_place(void)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
	    {"a: 1\nb:\n\t- x\n", "f:3:1: a tab"},
	    {"a: 1\nb: *q\n", "f:2:4: no anchor"},
	    {"a: 1\na: 2\n", "f:2:1: this key stands twice: 'a'"},
	    {"a: !foo 1\n", "f:1:4: unknown tag"},
	    {"? [a]\n: 1\n", "a key must be a scalar"},
	};
	struct err e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		T(!parse(rows[i].text, &e) && strstr(e.msg, rows[i].why));
}

static void
what_grows_without_end_is_refused(void)
{
	char deep[201];
	struct err e;

	memset(deep, '[', 200);
	deep[200] = '\0';
	T(!parse(deep, &e) && strstr(e.msg, "nested too deep"));
	T(!parse("a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
		 "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
		 "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
		 "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
		 "f: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
	      &e) &&
	    strstr(e.msg, "too many values"));
}

int
main(void)
{
	a = arena_new();
	FACT(scalars_are_what_the_core_schema_says);
	FACT(aliases_are_followed_and_json_is_read);
	FACT(faults_have_their_place);
	FACT(what_grows_without_end_is_refused);
	arena_free(a);
	return TEST_END;
}
