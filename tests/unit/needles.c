/* What one pass finds is what a search for each would. */
#include "needles.h"
#include "test.h"

#define NEEDLES 300
#define TEXT    200

static uint32_t state = 7;

static unsigned
draw(unsigned n)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % n;
}

static void
fill(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)('a' + draw(3));
}

static void
note(void *ctx, uint32_t number)
{
	((bool *)ctx)[number] = true;
}

static void
finds_what_is_there_and_nothing_else(void)
{
	static char room[NEEDLES][8], text[TEXT];
	struct needles *ns = needles_new();
	struct str v[NEEDLES];
	uint32_t number[NEEDLES];

	for (size_t i = 0; i < NEEDLES; i++) {
		fill(room[i], sizeof(room[i]));
		v[i] = (struct str){room[i], 4 + draw(5)};
		number[i] = needles_add(ns, v[i]);
	}
	needles_ready(ns);
	for (int round = 0; round < 50; round++) {
		struct str s = {text, draw(TEXT + 1)};
		bool found[NEEDLES] = {false}, same = true;

		fill(text, sizeof(text));
		needles_find(ns, s, note, found);
		for (size_t i = 0; i < NEEDLES; i++)
			same = same &&
			       found[number[i]] == (str_find(s, v[i]) != STR_NPOS);
		T(same);
	}
	needles_free(ns);
}

static void
numbers_equal_ones_alike(void)
{
	struct needles *ns = needles_new();

	T(needles_add(ns, STR("abcd")) == 0);
	T(needles_add(ns, STR("bcde")) == 1);
	T(needles_add(ns, STR("abcd")) == 0);
	T(needles_count(ns) == 2);
	needles_free(ns);
}

int
main(void)
{
	FACT(finds_what_is_there_and_nothing_else);
	FACT(numbers_equal_ones_alike);
	return TEST_END;
}
