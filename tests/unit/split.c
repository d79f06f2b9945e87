#include "split.h"
#include "test.h"

static struct arena *a;

/* All pairs as key<value>, one after the other. */
static struct str
pairs(struct split sp, const char *text)
{
	struct str rest = str_of(text), key, value, all = STR("");

	while (split_pair(&sp, a, &rest, &key, &value))
		all = CAT(a, all, key, STR("<"), value, STR(">"));
	return all;
}

static struct str
columns(struct split sp, const char *text)
{
	struct str rest = str_of(text), all = STR("");

	while (rest.p)
		all = CAT(a, all, STR("<"), split_column(&sp, a, &rest), STR(">"));
	return all;
}

static bool
is(struct str got, const char *want)
{
	return str_eq(got, str_of(want));
}

static void
pairs_end_at_blanks_and_quotes(void)
{
	struct split sp = {STR(" "), STR("="), '"', '\\', false};

	T(is(pairs(sp, "a=1 b=\"x y\"  c="), "a<1>b<x y>c<>"));
	T(is(pairs(sp, "word a=1 two words b=2"), "a<1>b<2>"));
	T(is(pairs(sp, "a=\"x\\\" b=2\" c=3"), "a<x\" b=2>c<3>"));
	T(is(pairs(sp, "a=\"open b=2"), "a<\"open>b<2>"));
	T(is(pairs(sp, ""), ""));
	T(is(pairs(sp, "="), ""));
}

static void
spaced_values_run_to_the_next_key(void)
{
	struct split cef = {STR(" "), STR("="), '\0', '\\', true};
	struct split words = {STR(" - "), STR(" "), '\0', '\0', true};
	struct split list = {STR(", "), STR(": "), '\0', '\0', true};

	T(is(pairs(cef, "act=a b c src=1 msg=x\\=y z\\\\n"),
	    "act<a b c>src<1>msg<x=y z\\n>"));
	T(is(pairs(cef, "msg=one\\ntwo http://h/?q=1 a=2"),
	    "msg<one\ntwo http://h/?q=1>a<2>"));
	T(is(pairs(words, "Source 1 - Nat IP 2 - Time 3 4"),
	    "Source<1>Nat<IP 2>Time<3 4>"));
	T(is(pairs(list, "Key One: a, b, URL: http://h/, N: 1"),
	    "Key One<a, b>URL<http://h/>N<1>"));
}

static void
columns_may_be_quoted(void)
{
	struct split sp = {STR(","), STR("="), '"', '\0', false};
	struct split head = {STR("|"), STR("="), '\0', '\\', false};

	T(is(columns(sp, "a,,\"b,c\",d"), "<a><><b,c><d>"));
	T(is(columns(sp, "\"a\"\"b\",c,"), "<a\"b><c><>"));
	T(is(columns(sp, "\"open,c"), "<\"open><c>"));
	T(is(columns(head, "a\\|b|c\\\\|d"), "<a|b><c\\><d>"));
}

/* Whatever the bytes: it ends, and each pair takes something away. */
static void
no_text_holds_it(void)
{
	static const char bytes[] = "a=\" \\,:|";
	struct split sp[] = {{STR(" "), STR("="), '"', '\\', true},
	    {STR(", "), STR(": "), '\0', '\0', true},
	    {STR(","), STR(":"), '"', '"', false}};
	char text[7];

	for (unsigned n = 0; n < 8 * 8 * 8 * 8 * 8 * 8; n++)
		for (size_t k = 0; k < 3; k++) {
			for (size_t i = 0; i < 6; i++)
				text[i] = bytes[n >> 3 * i & 7];
			text[6] = '\0';
			pairs(sp[k], text);
			columns(sp[k], text);
			if (n % 4096 == 0)
				arena_reset(a);
		}
	T(true);
}

int
main(void)
{
	a = arena_new();
	FACT(pairs_end_at_blanks_and_quotes);
	FACT(spaced_values_run_to_the_next_key);
	FACT(columns_may_be_quoted);
	FACT(no_text_holds_it);
	arena_free(a);
	return TEST_END;
}
