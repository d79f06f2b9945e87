#include "habit_inside.h"

#define TEACHER UINT64_C(0x7465616368)

/* May this one teach that pair once more in this hour?  What has no entry of its own
 * counts against what its teacher may still bring up. */
static bool
may_teach(struct habit *h, const struct glimpse *g, uint64_t key, int64_t ns)
{
	uint64_t teacher = habit_key(TEACHER, (uint64_t[]){g->id[OVER], g->lens, 0});
	struct counted *s = counts_at(h->counts, key);
	uint32_t hour = ns > 0 ? (uint32_t)(ns / HABIT_HOUR) : 0;

	if (!s || !s->n) {
		s = counts_at(h->counts, teacher);
		if (!s) {
			counts_add(h->counts, teacher, 1,
			    &(struct counted){.lens = VOCAB_NONE, .hour = hour}, true);
			s = counts_at(h->counts, teacher);
		}
		if (!s)
			return true;
	}
	if (hour > s->hour) {
		s->hour = hour;
		s->taught = 0;
	}
	if (s->taught >= h->set.teach)
		return false;
	s->taught++;
	return true;
}

static void
learn_pair(struct habit *h, const struct glimpse *g, int64_t ns, int n, double *nats)
{
	struct pair_keys k = habit_pair_keys(h, g);
	bool own = g->id[OVER] != 0, exact = g->ref[CONTEXT] != VOCAB_NONE &&
					     (!own || g->ref[OVER] != VOCAB_NONE);
	uint32_t hour = ns > 0 ? (uint32_t)(ns / HABIT_HOUR) : 0;
	struct counted name = {
	    g->lens, g->ref[OVER], g->ref[CONTEXT], VOCAB_NONE, 0, hour, 1};
	struct opinion o;

	/* what it was to those who did not know of it */
	if (n > 0 && habit_judge_pair(h, g, &o) && o.nats > *nats)
		*nats = o.nats;
	if (n > 0 && !may_teach(h, g, own ? k.n : k.n_all, ns)) {
		h->about.capped++;
		return;
	}
	if (own)
		counts_add(h->counts, k.of, n, &name, exact);
	name.value = g->ref[VALUE];
	exact = exact && g->ref[VALUE] != VOCAB_NONE;
	if (own)
		counts_add(h->counts, k.n, n, &name, exact);
	name.over = VOCAB_NONE;
	exact = g->ref[CONTEXT] != VOCAB_NONE && g->ref[VALUE] != VOCAB_NONE;
	counts_add(h->counts, k.n_all, n, &name, exact);
	name.value = VOCAB_NONE;
	counts_add(h->counts, k.of_all, n, &name, g->ref[CONTEXT] != VOCAB_NONE);
	if (n < 0 && habit_judge_pair(h, g, &o) && o.nats > *nats)
		*nats = o.nats;
}

static void
unlearn_week(struct habit *h, struct weekly *w, struct weekly *all, int64_t hour)
{
	int counted = w ? weekly_unlearn(w, hour) : -1;
	unsigned at = weekly_hour(hour);

	h->about.stuck += counted < 0;
	if (counted <= 0)
		return;
	if (all && all->hours[at] >= (uint32_t)counted) {
		all->hours[at] -= (uint32_t)counted;
		all->n -= (uint32_t)counted;
	}
	if (w->n >= HABIT_ACTIVE)
		scores_add(&h->hours, scores_bin(weekly_score(w, all, at)), -1);
}

static void
learn_week(struct habit *h, const struct glimpse *g, int64_t ns, int n)
{
	struct glimpse all = {
	    .lens = g->lens, .ref = {VOCAB_NONE, VOCAB_NONE, VOCAB_NONE}};
	struct weekly *w = habit_weekly(h, g, n > 0);
	int64_t hour = ns / HABIT_HOUR;

	if (n < 0) {
		unlearn_week(h, w, habit_weekly(h, &all, false), hour);
		return;
	}
	if (w->n >= HABIT_ACTIVE && w->learned <= hour)
		scores_add(&h->hours,
		    scores_bin(
			weekly_score(w, habit_weekly(h, &all, false), weekly_hour(hour))),
		    1);
	if (!weekly_learn(w, hour))
		return;
	w = habit_weekly(h, &all, true);
	w->hours[weekly_hour(hour)]++;
	w->n++;
}

static void
learn_series(struct habit *h, const struct glimpse *g, int64_t ns, int n)
{
	int64_t at = ns / h->lenses->v[g->lens].span;
	struct glimpse all = {
	    .lens = g->lens, .ref = {VOCAB_NONE, VOCAB_NONE, VOCAB_NONE}};
	struct series *s = habit_series(h, g, n > 0);
	uint64_t closed;

	if (n < 0) {
		h->about.stuck += !s ||
				  !series_unlearn(s, habit_series(h, &all, false), at);
		return;
	}
	closed = series_learn(s, at, g->id[VALUE]);
	if (closed)
		series_pool(habit_series(h, &all, true), s, closed);
}

static void
learn_shape(struct habit *h, const struct glimpse *g, int n)
{
	struct shape *s = h->shape[g->lens];
	uint8_t sizes[SHAPE_SIZES];

	memcpy(sizes, g->id, sizeof(sizes));
	if (n < 0)
		shape_learn(s, sizes, n);
	if (s->n >= 1000)
		scores_add(&h->shapes, scores_bin(shape_score(s, sizes)), n);
	if (n > 0)
		shape_learn(s, sizes, n);
}

static void
learn_about(struct habit *h, const struct glimpse *g, int64_t ns, int n)
{
	struct habit_about *a = &h->about;
	struct counted name = {
	    LENS_ABOUT, VOCAB_NONE, g->ref[CONTEXT], VOCAB_NONE, 0, 0, 0};

	if (g->id[CONTEXT])
		counts_add(h->counts,
		    habit_key(HABIT_ABOUT, (uint64_t[]){0, g->id[CONTEXT], 0}), n, &name,
		    g->ref[CONTEXT] != VOCAB_NONE);
	if (n < 0) {
		a->events -= a->events > 0;
		return;
	}
	if (g->id[OVER])
		hll_add(&a->hosts, g->id[OVER]);
	if (!a->events || ns < a->first)
		a->first = ns;
	if (!a->events || ns > a->last)
		a->last = ns;
	a->events++;
}

void
habit_learn(struct habit *h, const struct glimpse *g, size_t n_seen, int64_t ns, int n)
{
	double nats = -1;

	for (size_t i = 0; i < n_seen; i++) {
		if (g[i].lens == LENS_ABOUT) {
			learn_about(h, &g[i], ns, n);
			continue;
		}
		switch (h->lenses->v[g[i].lens].kind) {
		case LENS_PAIR:
			learn_pair(h, &g[i], ns, n, &nats);
			break;
		case LENS_RATE:
		case LENS_DISTINCT:
			learn_series(h, &g[i], ns, n);
			break;
		case LENS_WEEK:
			learn_week(h, &g[i], ns, n);
			break;
		case LENS_SHAPE:
			learn_shape(h, &g[i], n);
			break;
		}
	}
	/* that nothing was known is no score to compare others with */
	if (nats >= 0)
		scores_add(&h->pairs, scores_bin(nats), n);
}
