/*
 * irlearn - learn what is normal here, and report what is not
 *
 * Events are looked at through lenses: a value in a context.  What was seldom or
 * never seen gives an alert that says so in numbers.  What alerts and cases speak
 * against is not learned.
 */
#include "alarm.h"
#include "common.h"
#include "file.h"
#include "mem.h"
#include "pending.h"
#include "when.h"

#define MODEL_MAX ((size_t)1024 * 1024 * 1024)

struct set {
	struct opt_list models;
	const char *lenses, *alpha;
	int64_t wait_ms;
	size_t max, pending;
	bool train, forget, frozen;
};

static const struct opt options[] = {
    OPT_FILES(0, "model", "file", "what was learned before; repeatable, they add up",
	struct set, models),
    OPT_DIR(0, "lenses", "dir", "what to look at", struct set, lenses),
    OPT_TEXT(0, "alpha", "number", "report what is as rare as this share of all events",
	struct set, alpha),
    OPT_SPAN(0, "wait", "time", "how long an event waits before it is learned",
	struct set, wait_ms),
    OPT_FLAG(0, "frozen", "report only, learn nothing", struct set, frozen),
    OPT_FLAG(0, "train", "learn only, and write the model", struct set, train),
    OPT_FLAG(0, "forget", "take the events out of the model, and write it", struct set,
	forget),
    OPT_COUNT(0, "max-keys", "count", "values counted one by one", struct set, max),
    OPT_COUNT(0, "max-pending", "count", "events that wait", struct set, pending),
    OPT_END};

static const struct set defaults = {
    .alpha = "0.0001",
    .wait_ms = INT64_C(3600) * 1000,
    .max = 1000000,
    .pending = 200000,
};

static const char *const examples[] = {
    "irnorm logs/auth.log | irlearn -s /var/lib/ir/irlearn",
    "irnorm logs/auth.log | irdetect --pass | irlearn --train > normal.model",
    "irlearn --model normal.model --frozen events.jsonl", NULL};

struct learner {
	const struct set *set;
	double alpha;
	struct lenses lenses;
	struct habit *habit;
	struct pending *pending;
	struct alarm alarm;
	struct buf keys;
	uint64_t spilled;
};

static void
close_(void *state)
{
	struct learner *l = state;

	alarm_end(&l->alarm);
	pending_free(l->pending);
	habit_free(l->habit);
	if (l->lenses.a)
		lenses_free(&l->lenses);
	buf_free(&l->keys);
	mem_free(l);
}

static bool
load_models(struct learner *l, struct err *e)
{
	struct arena *a = arena_new();
	bool ok = true;

	for (size_t i = 0; ok && i < l->set->models.n; i++) {
		const char *path = l->set->models.v[i];
		struct str text = {0};

		if (file_trusted(path, e))
			text = file_read(a, path, MODEL_MAX, e);
		ok = text.p && habit_load(l->habit, text, path, e);
	}
	arena_free(a);
	return ok;
}

static bool
consistent(struct learner *l, struct err *e)
{
	const struct set *s = l->set;

	if (s->train + s->forget + s->frozen > 1)
		err_set(
		    e, ERR_CONFIG, "--train, --forget and --frozen exclude each other");
	else if (s->forget && !s->models.n)
		err_set(e, ERR_CONFIG, "--forget needs a model (--model)");
	else if (!json_num(str_of(s->alpha), &l->alpha) || !(l->alpha > 0) ||
		 l->alpha > 1)
		err_set(
		    e, ERR_CONFIG, "--alpha is a share above 0, to 1: '%s'", s->alpha);
	else
		return true;
	return false;
}

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	struct learner *l = mem_new(1, sizeof(*l));
	const char *dir;

	l->set = set;
	l->keys = buf_make((size_t)1024 * 1024);
	dir = l->set->lenses ? l->set->lenses : file_data(filter_arena(run), "models");
	alarm_start(&l->alarm, run);
	if (consistent(l, e) && lenses_load(&l->lenses, run, dir, e)) {
		l->habit = habit_new(&l->lenses, l->set->max);
		l->pending = pending_new(
		    l->set->train ? INT64_MAX / 2 : l->set->wait_ms * 1000000,
		    l->set->pending);
		if (load_models(l, e))
			return l;
	}
	close_(l);
	return NULL;
}

static uint32_t
day_of(int64_t t)
{
	return t > 0 ? (uint32_t)(t / (86400 * WHEN_S)) : 0;
}

static void
learn(struct learner *l, struct filter_run *run, struct rec *r, int64_t t)
{
	buf_reset(&l->keys);
	habit_keys(l->habit, &l->keys);
	if (l->set->forget)
		habit_learn(l->habit, buf_str(&l->keys), -1, day_of(t));
	else
		pending_add(
		    l->pending, l->habit, filter_event_id(run, r), t, buf_str(&l->keys));
}

static void
tell_spilled(struct learner *l, struct filter_run *run)
{
	filter_evicted(run, habit_spilled(l->habit) - l->spilled);
	l->spilled = habit_spilled(l->habit);
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *r, struct str line, struct err *e)
{
	struct learner *l = state;
	bool quiet = l->set->train || l->set->forget;
	struct surprise s;
	int64_t t;
	double p;

	(void)e;
	if (!alarm_is_event(&l->alarm, r)) {
		alarm_quarantine(&l->alarm, r, l->pending);
		return quiet ? filter_used(run, "not an event") : FILTER_PASS;
	}
	if (!habit_look(l->habit, r))
		return quiet ? filter_used(run, "no lens") : FILTER_PASS;
	if (!filter_clock(run, r, &t)) {
		filter_warn(run, "no time, so it is not learned");
		return quiet ? filter_used(run, "no time") : FILTER_PASS;
	}
	pending_flush(l->pending, l->habit, filter_newest(run));
	tell_spilled(l, run);
	s = habit_judge(l->habit, &p);
	if (!l->set->frozen)
		learn(l, run, r, t);
	if (quiet)
		return filter_used(run, "learned");
	if (p <= l->alpha)
		alarm_raise(&l->alarm, run, r, line, &s, p, l->alpha);
	return FILTER_PASS;
}

static void
end(void *state, struct filter_run *run)
{
	struct learner *l = state;
	struct buf b = buf_make((size_t)1 << 32);
	struct str rest;

	if (l->set->train || l->set->forget) {
		pending_flush(l->pending, l->habit, INT64_MAX);
		tell_spilled(l, run);
		habit_save(l->habit, &b);
		for (rest = buf_str(&b); rest.n;)
			filter_emit(run, str_cut(&rest, '\n'));
	}
	buf_free(&b);
}

/* What waits is learned before it is saved: an alert that comes later must subtract. */
static void
save(void *state, struct buf *b)
{
	struct learner *l = state;

	pending_flush(l->pending, l->habit, INT64_MAX);
	habit_save(l->habit, b);
}

static bool
load(void *state, struct str bytes, struct err *e)
{
	return habit_load(((struct learner *)state)->habit, bytes, "state", e);
}

static const struct filter irlearn = {
    .name = "irlearn",
    .summary = "learn what is normal here, and report what is not",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct set),
    .kinds = "event alert incident",
    .open = open_,
    .step = step,
    .end = end,
    .close = close_,
    .save = save,
    .load = load,
};

FILTER_MAIN(irlearn)
