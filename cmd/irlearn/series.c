#include <math.h>
#include <string.h>

#include "series.h"

#define EPOCH 168 /* spans */

void
series_reset(struct series *s)
{
	hll_reset(&s->live.seen);
	hll_reset(&s->learned.seen);
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
		double weight = age < SERIES_EPOCHS ? ldexp(1, (int)-age) : 0;

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

static uint64_t
close_learned(struct series *s, int64_t until)
{
	uint64_t n = size_of(s, &s->learned), most = bound(s);
	int64_t at = s->learned.at, oldest = until / EPOCH - SERIES_EPOCHS;

	close_spans(s, at / EPOCH, 1, n < most ? n : most);
	/* the empty ones between, but not more than count */
	for (at++; at < until;) {
		int64_t epoch = at / EPOCH, end = (epoch + 1) * EPOCH;

		if (epoch < oldest) {
			at = oldest * EPOCH;
			continue;
		}
		end = end < until ? end : until;
		close_spans(s, epoch, (uint64_t)(end - at), 0);
		at = end;
	}
	return n < most ? n : most;
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
series_pool(struct series *s, int64_t at, uint64_t n)
{
	uint64_t most = bound(s);

	close_spans(s, at / EPOCH, 1, n < most ? n : most);
}

void
series_unlearn(struct series *s, int64_t at)
{
	if (s->distinct)
		return;
	if (s->started && at == s->learned.at) {
		s->learned.n -= s->learned.n > 0;
		return;
	}
	for (int i = 0; i < SERIES_EPOCHS; i++)
		if (s->epochs[i].n && s->epochs[i].at == at / EPOCH && s->epochs[i].sum) {
			uint64_t mean = s->epochs[i].sum / s->epochs[i].n;

			s->epochs[i].sum--;
			s->epochs[i].squares -= s->epochs[i].squares > 2 * mean + 1
						    ? 2 * mean + 1
						    : s->epochs[i].squares;
			return;
		}
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
