#include <math.h>
#include <string.h>

#include "series.h"

#define EPOCH 168 /* spans */

void
series_reset(struct series *s)
{
	hll_reset(&s->live.seen);
	hll_reset(&s->learned.seen);
	recent_reset(&s->recent);
}

static void
open_at(struct span_open *o, int64_t at)
{
	hll_reset(&o->seen);
	*o = (struct span_open){.at = at};
}

static uint64_t
size_of(const struct series *s, const struct span_open *o)
{
	return s->distinct ? (uint64_t)llround(hll_count(&o->seen)) : o->n;
}

static void
note(const struct series *s, struct span_open *o, uint64_t value)
{
	o->n++;
	if (s->distinct)
		hll_add(&o->seen, value);
}

uint64_t
series_live(struct series *s, int64_t at, uint64_t value)
{
	if (s->live.n && at < s->live.at)
		return 0;
	if (at > s->live.at || !s->live.n)
		open_at(&s->live, at);
	note(s, &s->live, value);
	return size_of(s, &s->live);
}

struct usual
series_usual(const struct series *s)
{
	struct usual u = {0, 0, 0};
	double sum = 0, squares = 0;

	for (int i = 0; i < SERIES_EPOCHS; i++) {
		const struct epoch *e = &s->epochs[i];
		int64_t age = s->epochs[0].at - e->at;
		double weight = age < SERIES_COUNT ? ldexp(1, (int)-age) : 0;

		if (!e->n)
			continue;
		u.spans += weight * (double)e->n;
		sum += weight * (double)e->sum;
		squares += weight * (double)e->squares;
	}
	/* half an event more and a span more: what was never seen is not impossible */
	u.mean = (sum + 0.5) / (u.spans + 1);
	if (u.spans > 0)
		u.variance = squares / u.spans - (sum / u.spans) * (sum / u.spans);
	if (u.variance < u.mean)
		u.variance = u.mean;
	u.variance *= 1 + 1 / (u.spans + 1);
	return u;
}

/* --- learning --- */

void
series_add_epoch(struct series *s, const struct epoch *e)
{
	int i = 0;

	if (!e->n)
		return;
	while (i < SERIES_EPOCHS && s->epochs[i].n && s->epochs[i].at > e->at)
		i++;
	if (i == SERIES_EPOCHS)
		return;
	if (s->epochs[i].n && s->epochs[i].at == e->at) {
		s->epochs[i].n += e->n;
		s->epochs[i].sum += e->sum;
		s->epochs[i].squares += e->squares;
		return;
	}
	memmove(&s->epochs[i + 1], &s->epochs[i],
	    (size_t)(SERIES_EPOCHS - 1 - i) * sizeof(*e));
	s->epochs[i] = *e;
}

/* `spans` spans of `n` each, from `at` on, in one epoch. */
static void
close_spans(struct series *s, int64_t epoch, uint64_t spans, uint64_t n)
{
	series_add_epoch(s, &(struct epoch){epoch, spans, spans * n, spans * n * n});
}

/* No span teaches more than this. */
static uint64_t
bound(const struct series *s)
{
	struct usual u = series_usual(s);

	if (u.spans < 24)
		return 1000000;
	return (uint64_t)(u.mean + 6 * sqrt(u.variance)) + 10;
}

/* The empty ones between, but not more than count. */
static void
close_empty(struct series *s, int64_t at, int64_t until)
{
	int64_t oldest = until / EPOCH - SERIES_EPOCHS;

	while (at < until) {
		int64_t epoch = at / EPOCH, end = (epoch + 1) * EPOCH;

		if (epoch < oldest) {
			at = oldest * EPOCH;
			continue;
		}
		end = end < until ? end : until;
		close_spans(s, epoch, (uint64_t)(end - at), 0);
		at = end;
	}
}

static uint32_t
few(uint64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static uint64_t
close_learned(struct series *s, int64_t until)
{
	uint64_t n = size_of(s, &s->learned), most = bound(s);
	int64_t at = s->learned.at;

	n = n < most ? n : most;
	close_spans(s, at / EPOCH, 1, n);
	close_empty(s, at + 1, until);
	if (!s->distinct && s->learned.n)
		recent_add(&s->recent, SERIES_RECENT,
		    &(struct recent_span){(uint32_t)at, few(s->learned.n), few(n), 0});
	return n;
}

uint64_t
series_learn(struct series *s, int64_t at, uint64_t value)
{
	uint64_t closed = 0;

	if (s->started && at < s->learned.at)
		return 0;
	if (!s->started || at > s->learned.at) {
		if (s->started)
			closed = close_learned(s, at);
		open_at(&s->learned, at);
		s->started = true;
	}
	note(s, &s->learned, value);
	return closed;
}

void
series_pool(struct series *s, struct series *of, uint64_t closed)
{
	uint64_t most = bound(s);
	struct recent_span *span = of->recent.n ? &of->recent.v[0] : NULL;

	closed = closed < most ? closed : most;
	close_spans(s, (span ? span->at : of->learned.at) / EPOCH, 1, closed);
	if (span)
		span->pooled = few(closed);
}

/* --- taking out --- */

/* A span of an epoch held `was`, and holds `is`; `gone`: the span does not count. */
static void
change_span(struct series *s, int64_t epoch, uint64_t was, uint64_t is, bool gone)
{
	for (int i = 0; i < SERIES_EPOCHS; i++) {
		struct epoch *e = &s->epochs[i];

		if (!e->n || e->at != epoch || e->sum < was - is ||
		    e->squares < was * was - is * is)
			continue;
		e->sum -= was - is;
		e->squares -= was * was - is * is;
		e->n -= gone;
		if (!e->n) {
			memmove(e, e + 1, (size_t)(SERIES_EPOCHS - 1 - i) * sizeof(*e));
			s->epochs[SERIES_EPOCHS - 1] = (struct epoch){0};
		}
		return;
	}
}

/* All that there ever was is in `recent`: so are the sums. */
static void
sum_up(struct series *s)
{
	const struct recent *r = &s->recent;

	memset(s->epochs, 0, sizeof(s->epochs));
	for (size_t i = r->n; i-- > 0;) {
		int64_t until = i ? r->v[i - 1].at : s->learned.at;

		close_spans(s, r->v[i].at / EPOCH, 1, r->v[i].taught);
		close_empty(s, r->v[i].at + 1, until);
	}
}

/* Spans that were closed empty do not count. */
static void
open_empty(struct series *s, int64_t at, int64_t until)
{
	while (at < until) {
		int64_t epoch = at / EPOCH, end = (epoch + 1) * EPOCH;

		end = end < until ? end : until;
		for (; at < end; at++)
			change_span(s, epoch, 0, 0, true);
	}
}

/* The span that went on is empty: the one before it goes on, as it did. */
static void
reopen(struct series *s, struct series *pool)
{
	struct recent_span *last = s->recent.n ? &s->recent.v[0] : NULL;
	int64_t oldest = (s->learned.at / EPOCH - SERIES_EPOCHS) * EPOCH;

	if (!last && s->recent.cut)
		return;
	if (last && s->recent.cut)
		open_empty(s, oldest > last->at ? oldest : last->at + 1, s->learned.at);
	s->started = last != NULL;
	open_at(&s->learned, last ? last->at : 0);
	if (!last)
		return;
	s->learned.n = last->n;
	if (pool)
		change_span(pool, last->at / EPOCH, last->pooled, 0, true);
	if (s->recent.cut)
		change_span(s, last->at / EPOCH, last->taught, 0, true);
	recent_drop(&s->recent, last);
}

static void
take_out(struct series *s, struct series *pool, struct recent_span *span)
{
	uint32_t n = span->n - 1, taught = n < span->taught ? n : span->taught,
		 pooled = n < span->pooled ? n : span->pooled;
	int64_t epoch = span->at / EPOCH;

	if (pool)
		change_span(pool, epoch, span->pooled, pooled, n == 0);
	if (s->recent.cut)
		change_span(s, epoch, span->taught, taught, false);
	*span = (struct recent_span){span->at, n, taught, pooled};
	if (!n)
		recent_drop(&s->recent, span);
}

bool
series_unlearn(struct series *s, struct series *pool, int64_t at)
{
	struct recent_span *span = recent_at(&s->recent, at);

	if (s->distinct)
		return false;
	if (s->started && at == s->learned.at && s->learned.n) {
		if (--s->learned.n == 0)
			reopen(s, pool);
	} else if (span) {
		take_out(s, pool, span);
	} else {
		return false;
	}
	if (!s->recent.cut)
		sum_up(s);
	return true;
}

/* Of two that go on at different times the older one says nothing any more: whichever
 * way models are added up, the sum is the same. */
void
series_add_open(struct series *s, const struct span_open *o)
{
	if (s->started && o->at < s->learned.at)
		return;
	if (!s->started || o->at > s->learned.at) {
		open_at(&s->learned, o->at);
		s->started = true;
	}
	s->learned.n += o->n;
	hll_merge(&s->learned.seen, &o->seen);
}
