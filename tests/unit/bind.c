/* The search for observations against all that there are. */
#include <stdlib.h>

#include "bind.h"
#include "test.h"

#define EVENTS 9
#define SETS   4096

/* An event, and which leaves it looks like. */
struct event {
	int64_t t;
	unsigned leaves;
	bool gone;
};

struct sets {
	unsigned v[SETS];
	size_t n;
};

static struct event ev[EVENTS];
static size_t n_ev;
static uint32_t seed = 7;

static unsigned
dice(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 16 & 0x7FFF ? (seed >> 16 & 0x7FFF) % n : 0;
}

static void
add(struct sets *s, unsigned set)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i] == set)
			return;
	if (s->n < SETS)
		s->v[s->n++] = set;
}

static void
ends(unsigned set, int64_t *first, int64_t *last)
{
	*first = INT64_MAX;
	*last = INT64_MIN;
	for (size_t i = 0; i < n_ev; i++)
		if (set >> i & 1) {
			*first = ev[i].t < *first ? ev[i].t : *first;
			*last = ev[i].t > *last ? ev[i].t : *last;
		}
}

static void all_of(const struct stix_obs *, struct sets *out);

/* Every pair that has no event in common, in order if it must be. */
static void
pair(const struct sets *a, const struct sets *b, bool ordered, struct sets *out)
{
	int64_t f1, l1, f2, l2;

	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++) {
			ends(a->v[i], &f1, &l1);
			ends(b->v[k], &f2, &l2);
			if ((a->v[i] & b->v[k]) == 0 && (!ordered || l1 <= f2))
				add(out, a->v[i] | b->v[k]);
		}
}

static void
join(const struct stix_obs *o, size_t n, struct sets *out)
{
	struct sets *sum = calloc(3, sizeof(*sum));

	all_of(o->kids[0], &sum[0]);
	for (size_t i = 1; i < n; i++) {
		all_of(o->kids[o->what == STIX_REPEATS ? 0 : i], &sum[1]);
		pair(&sum[0], &sum[1], o->what == STIX_FOLLOWED, &sum[2]);
		sum[0] = sum[2];
		sum[1].n = sum[2].n = 0;
	}
	*out = sum[0];
	free(sum);
}

/* All sets of events that make it true. */
static void
all_of(const struct stix_obs *o, struct sets *out)
{
	struct sets *in = calloc(1, sizeof(*in));
	int64_t first, last;

	out->n = 0;
	if (o->what == STIX_SEEN) {
		for (size_t i = 0; i < n_ev; i++)
			if (!ev[i].gone && ev[i].leaves >> o->leaf & 1)
				add(out, 1U << i);
	} else if (o->what == STIX_ALL || o->what == STIX_FOLLOWED) {
		join(o, o->n, out);
	} else if (o->what == STIX_REPEATS) {
		join(o, o->times, out);
	} else {
		for (size_t k = 0; k < o->n; k++) {
			all_of(o->kids[k], in);
			for (size_t i = 0; i < in->n; i++) {
				ends(in->v[i], &first, &last);
				if (o->what == STIX_EITHER ||
				    (o->what == STIX_WITHIN && last - first <= o->span) ||
				    (o->what == STIX_DURING && first >= o->start &&
					last < o->stop))
					add(out, in->v[i]);
			}
		}
	}
	free(in);
}

static void
put(struct shelf *sh, size_t event, size_t *at)
{
	for (*at = sh->n; *at > 0 && sh->v[*at - 1].t > ev[event].t; --*at)
		sh->v[*at] = sh->v[*at - 1];
	sh->v[*at] = (struct seen){.t = ev[event].t, .record = event + 1};
	sh->n++;
}

static void
take_away(struct shelf *shelf, size_t n, uint64_t record)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < shelf[k].n; i++)
			if (shelf[k].v[i].record == record) {
				shelf[k].n--;
				for (size_t j = i--; j < shelf[k].n; j++)
					shelf[k].v[j] = shelf[k].v[j + 1];
			}
}

/* One event more: does the search say what all sets say? */
static bool
agrees(const struct stix *p, struct shelf *shelf)
{
	struct bound chosen[STIX_TIMES];
	struct sets *all = calloc(1, sizeof(*all));
	size_t e = n_ev - 1, n = 0, at;
	unsigned got = 0;
	bool found = false;

	all_of(p->root, all);
	for (size_t k = 0; k < p->n_leaves && !got; k++) {
		if (!(ev[e].leaves >> k & 1))
			continue;
		put(&shelf[k], e, &at);
		if (bind_find(p, shelf, k, at, chosen, &n) == BIND_YES)
			for (size_t i = 0; i < n; i++)
				got |= 1U
				       << (shelf[chosen[i].leaf].v[chosen[i].at].record -
					      1);
	}
	for (size_t i = 0; i < all->n; i++)
		found |= all->v[i] == got;
	found = all->n ? found : got == 0;
	for (size_t i = 0; i < n_ev; i++)
		if (got >> i & 1) {
			ev[i].gone = true;
			take_away(shelf, p->n_leaves, i + 1);
		}
	free(all);
	return found;
}

static const char *const patterns[] = {
    "[a:b = 1] AND [a:c = 1]",
    "[a:b = 1] FOLLOWEDBY [a:c = 1]",
    "([a:b = 1] FOLLOWEDBY [a:c = 1]) WITHIN 3 SECONDS",
    "[a:b = 1] REPEATS 3 TIMES WITHIN 4 SECONDS",
    "[a:b = 1] AND [a:c = 1] AND [a:d = 1]",
    "([a:b = 1] AND [a:c = 1]) REPEATS 2 TIMES",
    "([a:b = 1] AND [a:c = 1] WITHIN 2 SECONDS) FOLLOWEDBY [a:d = 1]",
    "[a:b = 1] FOLLOWEDBY [a:c = 1] FOLLOWEDBY [a:d = 1]",
    "([a:b = 1] FOLLOWEDBY ([a:c = 1] FOLLOWEDBY [a:d = 1])) WITHIN 5 SECONDS",
    "([a:b = 1] OR [a:c = 1] REPEATS 2 TIMES) FOLLOWEDBY [a:d = 1]",
    "([a:b = 1] REPEATS 2 TIMES WITHIN 2 SECONDS) AND [a:c = 1] REPEATS 2 TIMES",
    "([a:b = 1] FOLLOWEDBY [a:c = 1]) REPEATS 2 TIMES WITHIN 6 SECONDS",
    "([a:b = 1] OR [a:c = 1] FOLLOWEDBY [a:d = 1]) WITHIN 3 SECONDS",
    "([a:b = 1] AND [a:c = 1]) START t'1970-01-01T00:00:02Z' STOP "
    "t'1970-01-01T00:00:07Z'",
    "(([a:b = 1] AND [a:c = 1]) WITHIN 2 SECONDS FOLLOWEDBY ([a:d = 1] REPEATS 2 TIMES)) "
    "WITHIN 8 SECONDS",
};

static void
finds_a_match_where_there_is_one(void)
{
	for (size_t i = 0; i < 15 * 400; i++) {
		struct err e = {0};
		struct stix *p = stix_parse(str_of(patterns[i % 15]), false, &e);
		struct seen room[4][EVENTS];
		struct shelf shelf[4];
		int64_t t = 0;

		for (size_t k = 0; k < 4; k++)
			shelf[k] = (struct shelf){room[k], 0, EVENTS};
		for (n_ev = 0; p && n_ev < EVENTS;) {
			t += dice(4) * INT64_C(500000000);
			ev[n_ev++] = (struct event){
			    dice(8) ? t : t - (int64_t)dice(3) * 1000000000, dice(8),
			    false};
			if (!agrees(p, shelf)) {
				printf("%s\n", patterns[i % 15]);
				T(!"agrees");
				break;
			}
		}
		T(p && p->n_leaves <= 4);
		stix_free(p);
	}
}

static void
gives_up_in_time(void)
{
	static struct seen room[2][2000];
	struct shelf shelf[2] = {{room[0], 2000, 2000}, {room[1], 1, 2000}};
	struct bound chosen[STIX_TIMES];
	struct err e = {0};
	struct stix *p = stix_parse(STR("([a:b = 1] REPEATS 400 TIMES AND [a:c = 1] "
					"REPEATS 1 TIMES WITHIN 1 SECONDS) "
					"REPEATS 2 TIMES"),
	    false, &e);
	size_t n;

	for (size_t i = 0; i < 2000; i++)
		room[0][i] = (struct seen){.t = (int64_t)i, .record = i + 2};
	room[1][0] = (struct seen){.t = 0, .record = 1};
	T(p && bind_find(p, shelf, 0, 1999, chosen, &n) != BIND_YES);
	stix_free(p);
}

int
main(void)
{
	FACT(finds_a_match_where_there_is_one);
	FACT(gives_up_in_time);
	return TEST_END;
}
