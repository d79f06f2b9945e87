#include "seen.h"

void
seen_start(struct seen *s, struct filter_run *run, size_t max)
{
	s->moments = moments_new(max);
	s->rule = filter_slot(run, "rule.id");
	s->host = filter_slot(run, "host.name");
	s->observer = filter_slot(run, "observer.name");
	s->by = filter_slot(run, "ir.alert.by");
	s->dataset = filter_slot(run, "event.dataset");
	s->fold = filter_slot(run, "ir.fold.of");
	s->n = filter_slot(run, "ir.fold.n");
	s->start = filter_slot(run, "event.start");
	s->end = filter_slot(run, "event.end");
}

void
seen_end(struct seen *s)
{
	moments_free(s->moments);
}

bool
seen_take(struct seen *s, struct filter_run *run, struct rec *r, struct moment *m)
{
	struct sighted it = {.n = 1};
	int64_t t, n;

	if (!filter_clock(run, r, &t))
		return false;
	it.first = it.last = t;
	it.rule = rec_text(r, s->rule);
	it.host = rec_text(r, s->host);
	if (!it.host.n)
		it.host = rec_text(r, s->observer);
	it.family = rec_text(r, s->dataset);
	it.sensor = rec_text(r, s->by);
	if (rec_text(r, s->fold).n && rec_i64(r, s->n, &n) && n > 0 && n < INT32_MAX) {
		it.fold = true;
		it.n = (uint64_t)n;
		if (!rec_time(r, s->start, &it.first) || it.first > t)
			it.first = t;
		if (!rec_time(r, s->end, &it.last) || it.last < it.first)
			it.last = t;
	}
	moments_take(s->moments, &it, m);
	return true;
}
