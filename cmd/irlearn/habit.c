#include <math.h>

#include "chance.h"
#include "habit_inside.h"
#include "mem.h"

#define FEW    30  /* less of a context is known: nothing can be said of it */
#define SPANS  12  /* of a series, the same */
#define OTHERS 100 /* of all series of a lens, where too little of one is known */
#define SERIES 50000
#define WEEKS  20000

static void
drop_week(void *ctx, struct str key, void *value)
{
	(void)ctx;
	(void)key;
	recent_reset(&((struct weekly *)value)->recent);
}

static void
drop_series(void *ctx, struct str key, void *value)
{
	(void)ctx;
	(void)key;
	series_reset(value);
}

struct habit *
habit_new(const struct lenses *lenses, const struct habit_set *set)
{
	struct habit *h = mem_new(1, sizeof(*h));

	h->lenses = lenses;
	h->set = *set;
	h->vocab = vocab_new(set->max);
	h->glance = glance_new(lenses, h->vocab);
	h->counts = counts_new(set->max);
	h->series = lru_new(SERIES, sizeof(struct series), drop_series, NULL);
	h->weeks = lru_new(WEEKS, sizeof(struct weekly), drop_week, NULL);
	for (size_t i = 0; i < lenses->n; i++)
		if (lenses->v[i].kind == LENS_SHAPE)
			h->shape[i] = shape_new(
			    lenses->v[i].hash, (unsigned)lenses->v[i].n_shape + 1);
	return h;
}

void
habit_free(struct habit *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < LENSES; i++)
		shape_free(h->shape[i]);
	hll_reset(&h->about.hosts);
	lru_free(h->weeks);
	lru_free(h->series);
	counts_free(h->counts);
	glance_free(h->glance);
	vocab_free(h->vocab);
	mem_free(h);
}

uint64_t
habit_evicted(const struct habit *h)
{
	return counts_spilled(h->counts) + lru_evicted(h->series) + lru_evicted(h->weeks);
}

/* --- keys: a lens, whose (0: all), a context, a value (0: all of that context) --- */

uint64_t
habit_key(uint64_t lens, const uint64_t id[3])
{
	return vocab_join(vocab_join(vocab_join(lens, id[OVER]), id[CONTEXT]), id[VALUE]);
}

static struct str
bytes_of(const uint64_t *key)
{
	return (struct str){(const char *)key, sizeof(*key)};
}

struct series *
habit_series(struct habit *h, const struct glimpse *g, bool make)
{
	const struct lens *l = &h->lenses->v[g->lens];
	uint64_t key = habit_key(l->hash, (uint64_t[]){g->id[OVER], g->id[CONTEXT], 0});
	struct series *s;

	if (!make)
		return lru_get(h->series, bytes_of(&key));
	s = lru_put(h->series, bytes_of(&key), NULL);
	if (!s->key) {
		s->key = key;
		s->lens = g->lens;
		s->over = g->ref[OVER];
		s->context = g->ref[CONTEXT];
		s->distinct = l->kind == LENS_DISTINCT;
	}
	return s;
}

/* Without a context: of all. */
struct weekly *
habit_weekly(struct habit *h, const struct glimpse *g, bool make)
{
	const struct lens *l = &h->lenses->v[g->lens];
	uint64_t key = habit_key(l->hash, (uint64_t[]){g->id[OVER], g->id[CONTEXT], 0});
	struct weekly *w;

	if (!make)
		return lru_get(h->weeks, bytes_of(&key));
	w = lru_put(h->weeks, bytes_of(&key), NULL);
	if (!w->key) {
		w->key = key;
		w->lens = g->lens;
		w->over = g->ref[OVER];
		w->context = g->ref[CONTEXT];
	}
	return w;
}

/* --- judging --- */

static double
share(uint64_t n, uint64_t of)
{
	return ((double)n + 0.1) / ((double)of + 1);
}

struct pair_keys
habit_pair_keys(const struct habit *h, const struct glimpse *g)
{
	uint64_t lens = h->lenses->v[g->lens].hash;
	uint64_t own = vocab_join(vocab_join(lens, g->id[OVER]), g->id[CONTEXT]);
	uint64_t all = vocab_join(vocab_join(lens, 0), g->id[CONTEXT]);

	return (struct pair_keys){vocab_join(own, 0), vocab_join(own, g->id[VALUE]),
	    vocab_join(all, 0), vocab_join(all, g->id[VALUE])};
}

bool
habit_judge_pair(const struct habit *h, const struct glimpse *g, struct opinion *o)
{
	struct pair_keys k = habit_pair_keys(h, g);
	double weight, p;

	o->of_all = counts_of(h->counts, k.of_all);
	o->n_all = o->n = o->of = 0;
	if (o->of_all < FEW)
		return false;
	o->n_all = counts_of(h->counts, k.n_all);
	if (g->id[OVER]) {
		o->of = counts_of(h->counts, k.of);
		o->n = o->of ? counts_of(h->counts, k.n) : 0;
	}
	weight = (double)o->of / ((double)o->of + 10);
	p = weight * share(o->n, o->of) + (1 - weight) * share(o->n_all, o->of_all);
	o->nats = -log(p);
	return true;
}

/* What was reported is told again when it has doubled.  One of whom little is known is
 * compared with all others in spans in which they did anything. */
static bool
judge_series(struct habit *h, const struct glimpse *g, int64_t ns, struct opinion *o)
{
	struct series *s = habit_series(h, g, true), *pool;

	o->n = series_live(s, ns / o->lens->span, g->id[VALUE]);
	o->usual = series_usual(s);
	if (o->usual.spans < SPANS) {
		struct glimpse all = {.lens = g->lens};

		pool = habit_series(h, &all, false);
		if (!pool)
			return false;
		o->usual = series_usual(pool);
		o->of_others = true;
		if (o->usual.spans < OTHERS)
			return false;
	}
	o->p = 1;
	if (o->n < 2 * s->live.said ||
	    (double)o->n <= o->usual.mean + 2 * sqrt(o->usual.variance))
		return true;
	o->p = chance_count((double)o->n, o->usual.mean, o->usual.variance);
	if (o->p <= h->set.alpha)
		s->live.said = o->n;
	return true;
}

/* Once an hour. */
static bool
judge_week(struct habit *h, const struct glimpse *g, int64_t ns, struct opinion *o)
{
	struct glimpse all = {.lens = g->lens};
	struct weekly *w = habit_weekly(h, g, false), *general;
	int64_t hour = ns / HABIT_HOUR;

	if (!w || w->n < HABIT_ACTIVE)
		return false;
	o->p = 1;
	if (w->judged > hour)
		return true;
	general = habit_weekly(h, &all, false);
	w->judged = hour + 1;
	o->hour = weekly_hour(hour);
	o->n = w->hours[o->hour];
	o->of = w->n;
	o->nats = weekly_score(w, general, o->hour);
	o->p = scores_p(&h->hours, o->nats);
	return true;
}

static bool
judge_shape(struct habit *h, const struct glimpse *g, struct opinion *o)
{
	const struct shape *s = h->shape[g->lens];
	uint8_t sizes[SHAPE_SIZES];

	memcpy(sizes, g->id, sizeof(sizes));
	o->of = s->n;
	if (s->n < 1000)
		return false;
	o->nats = shape_score(s, sizes);
	o->p = scores_p(&h->shapes, o->nats);
	return true;
}

static bool
judge_other(struct habit *h, const struct glimpse *g, int64_t ns, struct opinion *o)
{
	switch (o->lens->kind) {
	case LENS_RATE:
	case LENS_DISTINCT:
		return judge_series(h, g, ns, o);
	case LENS_WEEK:
		return judge_week(h, g, ns, o);
	case LENS_SHAPE:
		return judge_shape(h, g, o);
	case LENS_PAIR:
		break;
	}
	return false;
}

bool
habit_look(struct habit *h, struct rec *r)
{
	h->n_seen = glance_at(h->glance, r, h->seen);
	return h->n_seen > 1;
}

/*
 * The pairs are looked at in one test, the others in one test each.  Half of what may be
 * wrong is the pairs', and the other half that of all others together.
 */
static void
join(struct judgement *j, bool pairs)
{
	double p[LENSES], all;
	size_t n = 0;

	for (size_t i = pairs; i < j->n; i++)
		p[n++] = j->v[i].p;
	all = n ? chance_joined(p, n) : 1;
	if (pairs && n)
		j->p = 2 * (j->v[0].p < all ? j->v[0].p : all);
	else
		j->p = pairs ? j->v[0].p : all;
	j->p = j->p < 1 ? j->p : 1;
	for (size_t i = 0; i < j->n; i++)
		if (!j->best.lens || j->v[i].p < j->best.p)
			j->best = j->v[i];
}

/* A shape sees how much the pair surprises, too. */
static void
take_sizes(struct habit *h, struct rec *r, struct glimpse *g, double nats)
{
	uint8_t sizes[SHAPE_SIZES] = {0};

	glance_sizes(h->lenses, &h->lenses->v[g->lens], r, sizes + 1);
	sizes[0] = nats < 15 ? (uint8_t)(nats * 16) : 240;
	memcpy(g->id, sizes, sizeof(sizes));
}

void
habit_judge(struct habit *h, struct rec *r, int64_t ns, struct judgement *j)
{
	struct opinion o;
	bool pairs = false;

	*j = (struct judgement){.n = 0};
	for (size_t i = 1; i < h->n_seen; i++) {
		o = (struct opinion){.lens = &h->lenses->v[h->seen[i].lens]};
		if (o.lens->kind != LENS_PAIR || !habit_judge_pair(h, &h->seen[i], &o))
			continue;
		if (!pairs || o.nats > j->v[0].nats)
			j->v[0] = o;
		pairs = true;
	}
	if (pairs) {
		j->n = 1;
		j->nats = j->v[0].nats;
		j->v[0].p = scores_p(&h->pairs, j->nats);
	}
	for (size_t i = 1; i < h->n_seen; i++) {
		o = (struct opinion){.lens = &h->lenses->v[h->seen[i].lens]};
		if (o.lens->kind == LENS_SHAPE)
			take_sizes(h, r, &h->seen[i], j->nats);
		if (judge_other(h, &h->seen[i], ns, &o))
			j->v[j->n++] = o;
	}
	join(j, pairs);
}
