/*
 * irlearn - learn what is normal here, and report what is not
 *
 * Events are looked at through lenses: a value in a context.  What was seldom or
 * never seen gives an alert that says so in numbers.  What alerts and cases speak
 * against is not learned.
 */
#include "alarm.h"
#include "edit.h"
#include "file.h"
#include "mem.h"
#include "pending.h"
#include "tome.h"

static const struct opt options[] = {
    OPT_FILES(0, "model", "file", "what was learned before; repeatable, they add up",
	struct irlearn_set, models),
    OPT_DIR(0, "lenses", "dir", "what to look at", struct irlearn_set, lenses),
    OPT_TEXT(0, "alpha", "number", "report what is as rare as this share of all events",
	struct irlearn_set, alpha),
    OPT_SPAN(0, "wait", "time", "how long an event waits before it is learned",
	struct irlearn_set, wait_ms),
    OPT_FLAG(0, "frozen", "report only, learn nothing", struct irlearn_set, frozen),
    OPT_FLAG(0, "train", "learn only, and write the model", struct irlearn_set, train),
    OPT_FLAG(0, "subtract", "take the events out of the model, and write it",
	struct irlearn_set, subtract),
    OPT_FLAG(0, "merge", "add up the models that are given, write one, and end",
	struct irlearn_set, merge),
    OPT_FLAG(0, "dump", "write the model, readable, and end", struct irlearn_set, dump),
    OPT_FLAG(
	0, "card", "say what the model was made of, and end", struct irlearn_set, card),
    OPT_TEXT(0, "forget", "word", "write the model without a host, user or value",
	struct irlearn_set, forget),
    OPT_COUNT(
	0, "max-keys", "count", "values counted one by one", struct irlearn_set, max),
    OPT_COUNT(0, "max-pending", "count", "events that wait", struct irlearn_set, pending),
    OPT_COUNT(0, "teach", "count", "how often one host teaches one pair an hour",
	struct irlearn_set, teach),
    OPT_END};

static const struct irlearn_set defaults = {
    .alpha = "0.0001",
    .wait_ms = INT64_C(3600) * 1000,
    .max = 1000000,
    .pending = 200000,
    .teach = 36000,
};

static const char *const examples[] = {
    "irnorm logs/auth.log | irlearn -s /var/lib/ir/irlearn",
    "irnorm logs/auth.log | irdetect --pass | irlearn --train > normal.model",
    "irlearn --model normal.model --frozen events.jsonl",
    "irlearn --merge a.model b.model > both.model", NULL};

struct learner {
	const struct irlearn_set *set;
	double alpha;
	struct lenses lenses;
	struct habit *habit;
	struct pending *pending;
	struct alarm alarm;
	uint64_t evicted;
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
	mem_free(l);
}

/* The model is written at the end, and nothing else. */
static bool
is_quiet(const struct irlearn_set *s)
{
	return s->train || s->subtract;
}

static bool
consistent(struct learner *l, struct err *e)
{
	const struct irlearn_set *s = l->set;

	if (s->train + s->subtract + s->frozen > 1)
		err_set(
		    e, ERR_CONFIG, "--train, --subtract and --frozen exclude each other");
	else if (s->subtract && !s->models.n)
		err_set(e, ERR_CONFIG, "--subtract needs a model (--model)");
	else if (!json_num(str_of(s->alpha), &l->alpha) || !(l->alpha > 0) ||
		 l->alpha > 1)
		err_set(
		    e, ERR_CONFIG, "--alpha is a share above 0, to 1: '%s'", s->alpha);
	else
		return true;
	return false;
}

static bool
make_ready(struct learner *l, struct filter_run *run, struct err *e)
{
	const struct irlearn_set *s = l->set;
	const char *dir = s->lenses ? s->lenses : file_data(filter_arena(run), "models");
	struct habit_set set = {.max = s->max, .teach = s->teach};

	if (!consistent(l, e) || !lenses_load(&l->lenses, filter_paths(run), dir, e))
		return false;
	set.alpha = l->alpha;
	l->habit = habit_new(&l->lenses, &set);
	l->pending = pending_new(
	    s->train ? INT64_MAX / 2 : s->wait_ms * 1000000, s->pending);
	return edit_load(l->habit, &s->models, e);
}

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	struct learner *l = mem_new(1, sizeof(*l));

	l->set = set;
	alarm_start(&l->alarm, run);
	if (make_ready(l, run, e))
		return l;
	close_(l);
	return NULL;
}

static void
learn(struct learner *l, struct filter_run *run, struct rec *r, int64_t t)
{
	if (l->set->subtract)
		habit_learn(l->habit, l->habit->seen, l->habit->n_seen, t, -1);
	else
		pending_add(l->pending, l->habit, filter_event_id(run, r), t);
}

static void
tell_evicted(struct learner *l, struct filter_run *run)
{
	uint64_t now = habit_evicted(l->habit);

	filter_evicted(run, now - l->evicted);
	l->evicted = now;
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *r, struct str line, struct err *e)
{
	struct learner *l = state;
	bool quiet = is_quiet(l->set);
	struct judgement j;
	int64_t t;

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
	tell_evicted(l, run);
	habit_judge(l->habit, r, t, &j);
	if (!l->set->frozen)
		learn(l, run, r, t);
	if (quiet)
		return filter_used(run, "learned");
	if (j.best.lens && j.p <= l->alpha)
		alarm_raise(&l->alarm, run, r, line, &l->lenses, &j, l->alpha);
	return FILTER_PASS;
}

static void
end(void *state, struct filter_run *run)
{
	struct learner *l = state;
	struct buf b;

	if (!is_quiet(l->set))
		return;
	pending_flush(l->pending, l->habit, INT64_MAX);
	tell_evicted(l, run);
	b = buf_make((size_t)1 << 32);
	tome_write(l->habit, &b);
	for (struct str rest = buf_str(&b); rest.n;)
		filter_emit(run, str_cut(&rest, '\n'));
	buf_free(&b);
}

/* What waits is learned before it is saved: an alert that comes later must subtract. */
static void
save(void *state, struct buf *b)
{
	struct learner *l = state;

	pending_flush(l->pending, l->habit, INT64_MAX);
	tome_write(l->habit, b);
}

static bool
load(void *state, struct str bytes, struct err *e)
{
	return tome_read(((struct learner *)state)->habit, bytes, "state", e);
}

static const struct filter irlearn = {
    .name = "irlearn",
    .summary = "learn what is normal here, and report what is not",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct irlearn_set),
    .kinds = "event alert incident",
    .open = open_,
    .step = step,
    .end = end,
    .close = close_,
    .save = save,
    .load = load,
};

int
main(int argc, char **argv)
{
	int status = edit_main(options, argc, argv);

	return status >= 0 ? status : filter_main(&irlearn, argc, argv);
}
