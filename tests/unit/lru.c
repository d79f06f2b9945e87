#include "lru.h"
#include "test.h"

static unsigned dropped;

static void
count_drop(void *ctx, struct str key, void *value)
{
	(void)ctx;
	T(key.n == 1);
	dropped += *(unsigned *)value;
}

static unsigned *
put(struct lru *t, const char *key, unsigned v)
{
	unsigned *p = lru_put(t, str_of(key), NULL);

	*p = v;
	return p;
}

static void
forgets_what_was_used_longest_ago(void)
{
	struct lru *t = lru_new(3, sizeof(unsigned), count_drop, NULL);
	unsigned *a;
	bool fresh;

	dropped = 0;
	a = put(t, "a", 1);
	put(t, "b", 2);
	put(t, "c", 4);
	T(lru_get(t, STR("a")) == a);
	put(t, "d", 8);
	T(dropped == 2 && lru_evicted(t) == 1 && lru_count(t) == 3);
	T(!lru_peek(t, STR("b")) && lru_peek(t, STR("a")) == a && *a == 1);
	T(str_eq(lru_key(a), STR("a")));
	lru_put(t, STR("a"), &fresh);
	T(!fresh);
	T(*(unsigned *)lru_next(t, NULL) == 4);
	T(lru_del(t, STR("c")) && !lru_del(t, STR("c")) && dropped == 6);
	lru_free(t);
	T(dropped == 15);
}

static void
walks_from_the_oldest(void)
{
	struct lru *t = lru_new(10, sizeof(unsigned), NULL, NULL);
	unsigned sum = 0;

	put(t, "a", 1);
	put(t, "b", 2);
	put(t, "c", 3);
	lru_peek(t, STR("a"));
	for (unsigned *v = NULL; (v = lru_next(t, v));)
		sum = sum * 10 + *v;
	T(sum == 123);
	lru_free(t);
}

int
main(void)
{
	FACT(forgets_what_was_used_longest_ago);
	FACT(walks_from_the_oldest);
	return TEST_END;
}
