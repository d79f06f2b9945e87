#include "header.h"
#include "json.h"
#include "test.h"

static struct arena *a;
static struct leaves leaves;
static const char pad[JSON_PAD];

/* A text with room to read behind it. */
static struct str
padded(const char *text)
{
	struct str s = CAT(a, str_of(text), (struct str){pad, JSON_PAD});

	return str_sub(s, 0, s.n - JSON_PAD);
}

/* The raw value of a column, absent if the row is none. */
static struct str
value(const struct header *h, const char *row, const char *column)
{
	const struct leaf *leaf;

	if (!header_row(h, padded(row), a, &leaves))
		return STR_NONE;
	leaf = leaves_find(&leaves, str_of(column));
	return leaf ? leaf->raw : STR("");
}

static void
zeek_rows_have_types(void)
{
	static const char *const head[] = {"#separator \\x09", "#set_separator\t,",
	    "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn",
	    "#fields\tts\tid.orig_h\tn\tup\tall\tfree",
	    "#types\ttime\taddr\tcount\tbool\tset[count]\tstring"};
	struct header *h = NULL;

	for (size_t i = 0; i < sizeof(head) / sizeof(*head); i++)
		T(header_note(&h, str_of(head[i])) == HEADER_ZEEK);
	T(str_eq(
	    value(h, "1.5\t192.0.2.1\t7\tT\t1,2\ta\\x09b", "free"), STR("\"a\\tb\"")));
	T(str_eq(value(h, "1.5\t192.0.2.1\t7\tT\t1,2\tx", "ts"), STR("1.5")));
	T(str_eq(value(h, "1.5\t192.0.2.1\t7\tT\t1,2\tx", "up"), STR("true")));
	T(str_eq(value(h, "1.5\t192.0.2.1\t7\tT\t1,2\tx", "all"), STR("[1,2]")));
	T(str_eq(value(h, "1.5\t192.0.2.1\t-\tT\t(empty)\tx", "n"), STR("")));
	T(str_eq(value(h, "1.5\t192.0.2.1\t01\tF\t\t\\xff", "n"), STR("\"01\"")));
	T(str_eq(value(h, "1.5\t192.0.2.1\t7\tF\t\t\\xff", "free"), STR("\"\\\\xff\"")));
	T(str_eq(value(h, "1.5\t192.0.2.1\t7\tF\t1\tx", "_path"), STR("\"conn\"")));
	T(!value(h, "1.5\t192.0.2.1\t7\tF\t1", "ts").p);
	T(!value(h, "1.5\t192.0.2.1\t7\tF\t1\tx\ty", "ts").p);
	T(header_note(&h, STR("#close\t2026-11-24-08-00-00")) == HEADER_ZEEK);
	T(!value(h, "1.5\t192.0.2.1\t7\tF\t1\tx", "ts").p);
	header_free(h);
}

static void
w3c_rows_keep_their_columns(void)
{
	struct header *h = NULL;

	T(header_note(&h, STR("#Version: 1.0")) == HEADER_W3C);
	T(!h);
	T(header_note(&h, STR("#Fields: date time c-ip cs(User-Agent) sc-status x")) ==
	    HEADER_W3C);
	T(str_eq(value(h, "2026-11-24 07:00:00 192.0.2.1 a+b 200 -", "cs(User-Agent)"),
	    STR("\"a b\"")));
	T(str_eq(value(h, "2026-11-24 07:00:00 192.0.2.1 a 200 -", "date-time"),
	    STR("\"2026-11-24T07:00:00Z\"")));
	T(str_eq(value(h, "2026-11-24 07:00:00 192.0.2.1 a 200 -", "x"), STR("")));
	/* a quote that a client sent joins nothing */
	T(str_eq(value(h, "2026-11-24 07:00:00 192.0.2.1 \"a 200 b\"", "sc-status"),
	    STR("\"200\"")));
	/* a writer that quotes */
	T(str_eq(
	    value(h, "2026-11-24 07:00:00 192.0.2.1 \"a b\" 200 x", "cs(User-Agent)"),
	    STR("\"a b\"")));
	T(!value(h, "2026-11-24 07:00:00 192.0.2.1 a b 200", "x").p);
	T(!value(h, "2026-11-24 07:00 192.0.2.1 a 200 x", "x").p);
	T(!value(h, "2026-11-24 07:00:00\x01 192.0.2.1 a 200 x", "x").p);
	T(!value(h, "Nov 24 07:00:00 host prog: text", "x").p);
	header_free(h);
}

static void
what_is_no_header_changes_nothing(void)
{
	struct header *h = NULL;

	T(header_note(&h, STR("# a comment: x")) == HEADER_NONE);
	T(header_note(&h, STR("#fields\ta\tb")) == HEADER_NONE);
	T(header_note(&h, STR("#!/bin/sh")) == HEADER_NONE);
	T(!h);
	h = header_of(STR("date time c-ip"));
	T(str_eq(
	    value(h, "2026-11-24 07:00:00 192.0.2.1", "c-ip"), STR("\"192.0.2.1\"")));
	T(!header_row(NULL, STR("a b"), a, &leaves));
	header_free(h);
}

static void
flow_logs_name_columns_without_a_mark(void)
{
	struct header *h = NULL;

	T(!header_like(STR("version 3 of srcaddr dstaddr is out")));
	T(!header_like(
	    STR("2 111122223333 eni-0a 192.0.2.1 192.0.2.2 1 2 6 1 1 1 1 A OK")));
	T(!header_like(STR("")));
	T(header_note(&h, STR("version srcaddr dstaddr tcp-flags")) == HEADER_W3C);
	T(str_eq(value(h, "5 192.0.2.1 192.0.2.2 19", "tcp-flags"), STR("\"19\"")));
	header_free(h);
}

int
main(void)
{
	a = arena_new();
	FACT(zeek_rows_have_types);
	FACT(w3c_rows_keep_their_columns);
	FACT(what_is_no_header_changes_nothing);
	FACT(flow_logs_name_columns_without_a_mark);
	leaves_free(&leaves);
	arena_free(a);
	return TEST_END;
}
