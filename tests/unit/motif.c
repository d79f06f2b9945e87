#include "motif.h"
#include "test.h"

static struct arena *a;
static struct fields *fields;

/* The text of the capture of `field`, absent if the pattern does not match. */
static struct str
capture(const char *pattern, const char *text, const char *field)
{
	struct capture caps[MOTIF_CAPTURES];
	unsigned budget = 10000;
	struct motif *m;
	struct err e;
	size_t n, at;

	m = motif_new(a, fields, str_of(pattern), &at, &e);
	if (!m || !motif_match(m, str_of(text), caps, &n, &budget))
		return STR_NONE;
	for (size_t i = 0; i < n; i++)
		if (caps[i].field == fields_find(fields, str_of(field)))
			return caps[i].text;
	return STR("");
}

static void
holes_take_what_their_type_says(void)
{
	static const struct {
		const char *pattern, *text, *field, *want;
	} rows[] = {
	    {"a {x} b", "a 1 b 2 b", "x", "1 b 2"},
	    {"a {x:first} b{_:rest?}", "a 1 b 2 b", "x", "1"},
	    {"{x:word}: y", "ab: y", "x", "ab"},
	    {"from {x:addr}: 11", "from 2001:db8::5: 11", "x", "2001:db8::5"},
	    {"{x:ip}{_:rest}", "192.0.2.1, z", "x", "192.0.2.1"},
	    {"a[ {x:int}] z", "a 5 z", "x", "5"},
	    {"a[ {x:int}] z", "a z", "x", ""},
	    {"\"{x:qstr}\" z", "\"a\\\"b\" z", "x", "a\\\"b"},
	    {"\"{x:qstr} HTTP/1\"", "\"/ HTTP/ HTTP/1\"", "x", "/ HTTP/"},
	    {"{x} \\[p\\]", "a [p]", "x", "a"},
	    {"{x}[ \\[p\\]]", "a [p]", "x", "a"},
	    {"user {x?} from", "user  from", "x", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		T(str_eq(capture(rows[i].pattern, rows[i].text, rows[i].field),
		    str_of(rows[i].want)));
}

static void
what_does_not_fit_does_not_match(void)
{
	T(!capture("{x:ip}", "1.2.3", "x").p);
	T(!capture("{x:addr} z", "- z", "x").p);
	T(!capture("a{x}", "a", "x").p);
	T(!capture("a", "ab", "x").p);
	T(!capture("\"{x:qstr}\"", "\"a\\", "x").p);
}

static void
faults_have_their_place(void)
{
	struct err e;
	size_t at;

	T(!motif_new(a, fields, STR("ab {x:intt}"), &at, &e) && at == 3);
	T(strstr(e.msg, "did you mean 'int'"));
	T(!motif_new(a, fields, STR("{x}{y}"), &at, &e) && at == 3);
	T(!motif_new(a, fields, STR("a]"), &at, &e) && at == 1);
	T(!motif_new(a, fields, STR("[a"), &at, &e));
	T(!motif_new(a, fields, STR("{x"), &at, &e));
}

static void
the_work_for_a_text_is_bounded(void)
{
	struct capture caps[MOTIF_CAPTURES];
	unsigned budget = 1000;
	char text[4096];
	struct motif *m;
	struct err e;
	size_t n, at;

	memset(text, ' ', sizeof(text));
	m = motif_new(a, fields, STR("{a} {b} {c} {d} {e} {f}z"), &at, &e);
	T(m && !motif_match(m, (struct str){text, sizeof(text)}, caps, &n, &budget));
	T(budget == 0);
}

int
main(void)
{
	a = arena_new();
	fields = fields_new();
	FACT(holes_take_what_their_type_says);
	FACT(what_does_not_fit_does_not_match);
	FACT(faults_have_their_place);
	FACT(the_work_for_a_text_is_bounded);
	fields_free(fields);
	arena_free(a);
	return TEST_END;
}
