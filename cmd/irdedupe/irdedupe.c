/*
 * irdedupe - fold alerts already seen within a span of time
 *
 * Two records are the same when the fields named with -k hold the same values.
 * The first is passed on at once, later ones are folded into it: when the span
 * has run out, in event time, one record leaves with their count and their
 * first and last time, so that what goes on stays visible.  What the owner does
 * not want to hear of is muted, and told of with the rule that muted it.
 */
#include <stdlib.h>

#include "filter.h"
#include "json.h"
#include "likeness.h"
#include "log.h"
#include "mem.h"
#include "mutes.h"
#include "out.h"
#include "blotter.h"

#define MINUTE 60000 /* ms */
#define MS     INT64_C(1000000)

struct set {
	struct opt_list keys;
	const char *time, *mute, *verdicts, *muted;
	bool check;
	int64_t span_ms;
	size_t max, held;
};

static const struct opt options[] = {
    OPT_LIST('k', "key", "path", "compare this field; repeatable", struct set, keys),
    OPT_COUNT('m', "max-keys", "count", "remember at most this many", struct set, max),
    OPT_SIZE(
	0, "max-held", "bytes", "hold at most this much of repeats", struct set, held),
    OPT_SPAN(
	'w', "window", "time", "how long a record counts as seen", struct set, span_ms),
    OPT_TEXT('t', "time", "path", "field that holds the event time", struct set, time),
    OPT_FILE(0, "mute", "file", "silences, windows and inhibitions", struct set, mute),
    OPT_FILE(0, "verdicts", "file", "verdicts whose scope mutes", struct set, verdicts),
    OPT_FILE(0, "muted", "file", "add to it what was muted or folded, and why",
	struct set, muted),
    OPT_FLAG(0, "check", "read what mutes, list it, and end", struct set, check),
    OPT_END};

static const struct set defaults = {
    .time = "@timestamp",
    .span_ms = 10 * MINUTE,
    .max = 100000,
    .held = (size_t)1 << 30,
};

struct dedupe {
	struct filter_run *run;
	struct likeness *likeness;
	struct folds *folds;
	struct mutes *mutes; /* NULL: nothing is muted */
	struct blotter *blotter;
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

static void
close_(void *state)
{
	struct dedupe *d = state;

	blotter_free(d->blotter);
	mutes_free(d->mutes);
	folds_free(d->folds);
	rec_free(d->out);
	likeness_free(d->likeness);
	mem_free(d);
}

/* --check: what would mute, as of now; then the end. */
static void
list_and_end(const struct dedupe *d)
{
	struct buf b = buf_make((size_t)1 << 30);
	struct err e = {0};

	if (d->mutes)
		mutes_list(d->mutes, filter_now(d->run), &b);
	if (!out_write(1, buf_str(&b), &e))
		log_err(&e);
	log_end();
	exit((int)e.kind);
}

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	const struct set *s = set;
	struct dedupe *d = mem_new(1, sizeof(*d));

	d->run = run;
	d->likeness = likeness_new(run, &s->keys, s->time);
	d->of = filter_slot(run, "ir.fold.of");
	d->count = filter_slot(run, "ir.fold.n");
	d->start = filter_slot(run, "event.start");
	d->end = filter_slot(run, "event.end");
	d->folds = folds_new(s->span_ms * MS, s->max, s->held, write_fold, d);
	d->blotter = blotter_new(run, s->muted, e);
	if (!d->blotter)
		goto fail;
	if ((s->mute || s->verdicts) &&
	    !(d->mutes = mutes_load(run, s->mute, s->verdicts, s->max, e)))
		goto fail;
	if (s->check)
		list_and_end(d);
	d->out = rec_new(filter_paths(run), filter_arena(run));
	return d;
fail:
	close_(d);
	return NULL;
}

/* Muted?  Then it ends here, counted by what muted it. */
static bool
is_muted(struct dedupe *d, struct rec *r, const struct offer *o)
{
	struct muted why = {0};

	if (!d->mutes || !likeness_alert(d->likeness, r) ||
	    !mutes_ask(d->mutes, r, o->id, o->ns, &why))
		return false;
	blotter_add(d->blotter, r, &why);
	filter_used(d->run, why.by);
	return true;
}

static enum filter_do
fold(struct dedupe *d, struct rec *r, const struct offer *o)
{
	enum offered did = folds_offer(d->folds, o);
	struct muted why = {.by = "fold", .until = INT64_MAX};

	filter_evicted(d->run, folds_evicted(d->folds) - d->evicted);
	d->evicted = folds_evicted(d->folds);
	if (did != FOLDS_HELD && did != FOLDS_ECHO)
		return FILTER_PASS;
	if (blotter_wanted(d->blotter)) {
		why.by = did == FOLDS_ECHO ? "echo" : "fold";
		why.of = folds_of(d->folds, filter_arena(d->run), o->key);
		blotter_add(d->blotter, r, &why);
	}
	return filter_used(d->run, did == FOLDS_ECHO ? "echo" : "folded");
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *r, struct str line, struct err *e)
{
	struct dedupe *d = state;
	struct offer o;
	int64_t clock;

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
	return is_muted(d, r, &o) ? FILTER_USED : fold(d, r, &o);
}

/* No input is at hand: what was reported leaves. */
static void
idle(void *state, struct filter_run *run)
{
	(void)run;
	blotter_flush(((struct dedupe *)state)->blotter);
}

static void
tick(void *state, struct filter_run *run)
{
	struct dedupe *d = state;

	folds_flush(d->folds, filter_newest(run));
	blotter_flush(d->blotter);
}

static void
end(void *state, struct filter_run *run)
{
	struct dedupe *d = state;

	folds_flush(d->folds, filter_keeps(run) ? filter_newest(run) : INT64_MAX);
	blotter_flush(d->blotter);
}

static void
save(void *state, struct buf *b)
{
	struct dedupe *d = state;

	if (d->mutes)
		mutes_save(d->mutes, b);
	folds_save(d->folds, b);
}

static void
journal(void *state, struct buf *b)
{
	struct dedupe *d = state;

	if (d->mutes)
		mutes_journal(d->mutes, b);
	folds_journal(d->folds, b);
}

/* Without rules parents are of no use. */
static bool
load_one(struct dedupe *d, struct arena *a, struct str line)
{
	if (!json_valid(line, NULL))
		return false;
	if (!str_starts(line, STR("{\"parent\":")))
		return folds_load_one(d->folds, a, line);
	return !d->mutes || mutes_load_one(d->mutes, a, line);
}

static bool
load(void *state, struct str bytes, struct err *e)
{
	struct dedupe *d = state;
	struct arena *a = arena_new();
	bool ok = true;

	while (ok && bytes.n) {
		struct str line = str_cut(&bytes, '\n');

		arena_reset(a);
		/* what stands behind it is readable, as the reader wants it */
		ok = load_one(d, a, line);
	}
	arena_free(a);
	if (!ok)
		err_set(e, ERR_DATA, "not a state of irdedupe");
	return ok;
}

static const char *const examples[] = {"irdetect events.json | irdedupe",
    "irdedupe -w 1h -k rule.id -k source.ip alerts.json",
    "irdedupe --mute mute.yaml --muted muted.json alerts.json", NULL};

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
    .idle = idle,
    .tick = tick,
    .close = close_,
    .save = save,
    .load = load,
    .journal = journal,
};

FILTER_MAIN(irdedupe)
