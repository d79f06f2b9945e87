/*
 * irdedupe - fold alerts already seen within a span of time
 *
 * Two records are the same when the fields named with -k hold the same values.
 * The first is passed on at once, later ones are folded into it: when the span
 * has run out, in event time, one record leaves with their count and their
 * first and last time, so that what goes on stays visible.
 */
#include "filter.h"
#include "likeness.h"
#include "mem.h"

#define MINUTE 60000 /* ms */
#define MS     INT64_C(1000000)

struct set {
	struct opt_list keys;
	const char *time;
	int64_t span_ms;
	size_t max;
};

static const struct opt options[] = {
    OPT_LIST('k', "key", "path", "compare this field; repeatable", struct set, keys),
    OPT_COUNT('m', "max-keys", "count", "remember at most this many", struct set, max),
    OPT_SPAN(
	'w', "window", "time", "how long a record counts as seen", struct set, span_ms),
    OPT_TEXT('t', "time", "path", "field that holds the event time", struct set, time),
    OPT_END};

static const struct set defaults = {
    .time = "@timestamp",
    .span_ms = 10 * MINUTE,
    .max = 100000,
};

struct dedupe {
	struct filter_run *run;
	struct likeness *likeness;
	struct folds *folds;
	struct rec *out;
	uint64_t evicted; /* as told to the loop so far */
	int of, count, start, end;
};

/* The held bytes leave with what they stand for. */
static void
write_fold(void *ctx, const struct folded *f)
{
	struct dedupe *d = ctx;
	struct buf b = buf_make(f->held.n + 4096);

	if (rec_scan(d->out, f->held, NULL)) {
		rec_set_text(d->out, d->of, f->of);
		rec_set_i64(d->out, d->count, (int64_t)f->n);
		rec_set_time(d->out, d->start, f->start);
		rec_set_time(d->out, d->end, f->end);
		filter_why(d->run, d->out, STR("repeats of an alert were folded"),
		    STR("ir.fold.of"), f->of);
		rec_write(d->out, &b);
		filter_emit(d->run, buf_str(&b));
	}
	buf_free(&b);
}

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	const struct set *s = set;
	struct dedupe *d = mem_new(1, sizeof(*d));

	(void)e;
	d->run = run;
	d->likeness = likeness_new(run, &s->keys, s->time);
	d->of = filter_slot(run, "ir.fold.of");
	d->count = filter_slot(run, "ir.fold.n");
	d->start = filter_slot(run, "event.start");
	d->end = filter_slot(run, "event.end");
	d->out = rec_new(filter_paths(run), filter_arena(run));
	d->folds = folds_new(s->span_ms * MS, s->max, write_fold, d);
	return d;
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *r, struct str line, struct err *e)
{
	struct dedupe *d = state;
	struct offer o;
	int64_t clock;
	enum offered did;

	(void)e;
	if (!likeness_applies(d->likeness, r))
		return FILTER_PASS;
	if (!filter_clock(run, r, &clock)) {
		filter_warn(run, "no time, so it is not folded");
		return FILTER_PASS;
	}
	folds_flush(d->folds, filter_newest(run));
	o = likeness_offer(d->likeness, run, r, clock);
	o.line = line;
	did = folds_offer(d->folds, &o);
	filter_evicted(run, folds_evicted(d->folds) - d->evicted);
	d->evicted = folds_evicted(d->folds);
	if (did == FOLDS_HELD)
		return filter_used(run, "folded");
	return did == FOLDS_ECHO ? filter_used(run, "echo") : FILTER_PASS;
}

static void
tick(void *state, struct filter_run *run)
{
	struct dedupe *d = state;

	folds_flush(d->folds, filter_newest(run));
}

static void
end(void *state, struct filter_run *run)
{
	struct dedupe *d = state;

	folds_flush(d->folds, filter_keeps(run) ? filter_newest(run) : INT64_MAX);
}

static void
close_(void *state)
{
	struct dedupe *d = state;

	folds_free(d->folds);
	rec_free(d->out);
	likeness_free(d->likeness);
	mem_free(d);
}

static void
save(void *state, struct buf *b)
{
	folds_save(((struct dedupe *)state)->folds, b);
}

static bool
load(void *state, struct str bytes, struct err *e)
{
	return folds_load(((struct dedupe *)state)->folds, bytes, e);
}

static const char *const examples[] = {"irdetect events.json | irdedupe",
    "irdedupe -w 1h -k rule.id -k source.ip alerts.json", NULL};

const struct filter irdedupe = {
    .name = "irdedupe",
    .summary = "fold alerts already seen within a span of time",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct set),
    .kinds = "event alert",
    .open = open_,
    .step = step,
    .mark = tick,
    .end = end,
    .tick = tick,
    .close = close_,
    .save = save,
    .load = load,
};

FILTER_MAIN(irdedupe)
