#include "regex.h"
#include "test.h"

static void
finds_named_groups(void)
{
	struct err e;
	struct str g[3];
	struct regex *r = regex_new(STR("^(?<user>\\w+)( at .*)?$"), 0, &e);

	T(r && regex_groups(r) == 3 && str_eq(regex_name(r, 1), STR("user")));
	T(regex_find(r, STR("bob"), g, 3) == REGEX_YES);
	T(str_eq(g[1], STR("bob")) && !g[2].p);
	T(regex_find(r, STR("b b"), g, 3) == REGEX_NO);
	regex_free(r);
}

static void
gives_up_on_what_would_run_for_ever(void)
{
	struct err e;
	char as[64];
	struct regex *r = regex_new(STR("^(a+)+(b|c)\\1$"), 0, &e);

	memset(as, 'a', sizeof(as));
	T(r && regex_find(r, (struct str){as, sizeof(as)}, NULL, 0) != REGEX_YES);
	regex_free(r);
}

static void
says_where_a_pattern_is_wrong(void)
{
	struct err e;

	T(!regex_new(STR("a(b"), 0, &e) && e.kind == ERR_CONFIG);
	T(strstr(e.msg, "at character 4"));
}

static void
flags_do_what_they_say(void)
{
	struct err e;
	struct regex *r = regex_new(STR("\xc3\xa9.$"), REGEX_NOCASE | REGEX_UTF, &e);

	T(r && regex_find(r, STR("\xc3\x89\xe2\x82\xac"), NULL, 0) == REGEX_YES);
	T(regex_find(r, STR("\xff"), NULL, 0) == REGEX_NO);
	regex_free(r);
}

int
main(void)
{
	FACT(finds_named_groups);
	FACT(gives_up_on_what_would_run_for_ever);
	FACT(says_where_a_pattern_is_wrong);
	FACT(flags_do_what_they_say);
	return TEST_END;
}
