/* A batch from opening guard and ledger to the records. */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "batch.h"
#include "caps.h"
#include "carry.h"
#include "log.h"
#include "machine.h"
#include "remote.h"
#include "show.h"
#include "upkeep.h"

#define PROTECT "/etc/ir/protect"
#define NAP_MS  50

static bool
lists(struct batch *b, struct err *e)
{
	const char *own = arena_fmt(b->arena, "%s/protect", b->dir).p;

	if (access(PROTECT, F_OK) == 0 && !guard_list(b->guard, PROTECT, e))
		return false;
	if (access(own, F_OK) == 0 && !guard_list(b->guard, own, e))
		return false;
	for (size_t i = 0; i < b->set->protect_files.n; i++)
		if (!guard_list(b->guard, b->set->protect_files.v[i], e))
			return false;
	return true;
}

/* The lock is held for one batch only; wait a while for another run's. */
static struct ledger *
open_ledger(struct batch *b, struct err *e)
{
	struct timespec nap = {0, NAP_MS * 1000000L};
	int64_t left = b->set->wait_ms;
	bool write = b->set->apply || b->set->recover || b->set->expire;
	struct ledger *l;

	if (b->set->plan_only)
		write = false;
	while (!(l = ledger_open(b->dir, write, e)) && e->kind == ERR_LATER && left > 0) {
		nanosleep(&nap, NULL);
		left -= NAP_MS;
		*e = (struct err){0};
	}
	return l;
}

static bool
begin_all(struct batch *b, struct err *e)
{
	for (size_t i = 0; b->actuators[i]; i++)
		if (b->actuators[i]->begin && !b->actuators[i]->begin(b, e))
			return false;
	return true;
}

static void
tidy_all(struct batch *b)
{
	for (size_t i = 0; b->actuators[i] && !b->broken && !batch_stopped(b); i++)
		if (b->actuators[i]->tidy)
			b->actuators[i]->tidy(b);
}

/* Where the wall clock was set, what lasts is counted by the time since boot. */
static void
keep_time(struct batch *b)
{
	if (ledger_last(b->ledger) > b->now)
		log_warn("the clock stands before the last entry of the ledger");
	if (!effect_given_now(b->run) && ledger_rebase(b->ledger, b->now))
		log_warn("the clock was set: how long things last is counted from boot");
}

bool
batch_begin(struct batch *b)
{
	if (b->open)
		return !b->broken;
	b->open = true;
	b->why = (struct err){0};
	b->now = effect_now(b->run);
	b->began_ms = batch_clock_ms();
	b->guard = guard_new();
	guard_site(b->guard, b->site);
	b->broken = !lists(b, &b->why) || !machine_guard(b->guard, &b->why) ||
		    !(b->ledger = open_ledger(b, &b->why)) || !begin_all(b, &b->why);
	if (b->broken)
		return false;
	if (ledger_doubt(b->ledger))
		log_info(
		    "the index of the ledger is made anew: %s", ledger_doubt(b->ledger));
	if (ledger_torn(b->ledger))
		log_warn("the last line of the ledger was cut short; it is closed");
	keep_time(b);
	caps_begin(b);
	if (batch_acts(b)) {
		upkeep_settle(b, false);
		tidy_all(b);
	}
	return !b->broken;
}

static bool
chosen(const struct batch *b, const char *key)
{
	for (size_t i = 0; i < b->set->only.n; i++)
		if (str_eq(str_of(b->set->only.v[i]), str_of(key)))
			return true;
	return b->set->only.n == 0;
}

/* The bytes of its plan, once for all its steps that go elsewhere. */
static void
carried(struct batch *b, struct job *j, const struct plan *p)
{
	const struct job *last = b->n > 1 ? &b->jobs[b->n - 2] : NULL;
	bool same = last && str_eq(last->record, p->record);

	j->record = same ? last->record : arena_copy(b->arena, p->record);
	j->hash = same ? last->hash : arena_copy(b->arena, p->hash);
}

void
batch_step(struct batch *b, const struct plan *plan, const struct action *a)
{
	const char *by = action_verb(a->what)->by;
	struct job *j;
	bool ready;

	if (b->set->openc2) {
		answer_translate(b, a);
		return;
	}
	/* what another of our programs does is its own to answer for */
	if ((strcmp(by, b->name) != 0 && strcmp(by, "irnotify") != 0) ||
	    !chosen(b, a->key))
		return;
	ready = batch_begin(b);
	j = batch_job(b, a);
	if (plan) {
		j->plan = arena_copy(b->arena, plan->id);
		j->incident = arena_copy(b->arena, plan->incident);
		if (b->set->ssh && !remote_here(b, a->on))
			carried(b, j, plan);
	}
	if (!ready)
		return;
	j->terms = plan;
	batch_judge(b, j);
	j->terms = NULL; /* it ends with the call */
}

/* --- its end --- */

static void
note(struct batch *b, const struct job *j)
{
	switch (j->status) {
	case JOB_REFUSED:
		effect_ended(b->run, ERR_DATA);
		break;
	case JOB_STOPPED:
		effect_ended(b->run, ERR_LATER);
		break;
	case JOB_WAITING:
		/* without --apply everything waits; that is no news */
		if (batch_acts(b))
			effect_ended(b->run, ERR_LATER);
		break;
	case JOB_FAILED:
		effect_ended(b->run, j->drift ? ERR_DATA : ERR_SYS);
		break;
	case JOB_PLANNED:
	case JOB_APPLIED:
	case JOB_ALREADY:
	case JOB_UNDONE:
	case JOB_EXPIRED:
		break;
	}
}

static void
not_ready(struct batch *b)
{
	bool later = b->why.kind == ERR_LATER;

	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i].status == JOB_PLANNED)
			job_say(&b->jobs[i], later ? JOB_WAITING : JOB_FAILED,
			    "not-ready", str_of(b->why.msg));
	log_err(&b->why);
	effect_ended(b->run, later ? ERR_LATER : ERR_SYS);
}

void
batch_act(struct batch *b)
{
	sigset_t every, old;

	if (!b->open)
		return;
	if (b->broken) {
		not_ready(b);
	} else if (batch_acts(b) && carry_any(b)) {
		/* a signal waits until the ledger says what was done */
		sigfillset(&every);
		sigprocmask(SIG_BLOCK, &every, &old);
		carry_out(b);
		sigprocmask(SIG_SETMASK, &old, NULL);
	}
	if (!b->broken && !ledger_sync(b->ledger, &b->why)) {
		log_err(&b->why);
		effect_ended(b->run, ERR_SYS);
	}
	for (size_t i = 0; i < b->n; i++) {
		if (b->jobs[i].asked)
			answer_show(b, &b->jobs[i]);
		else
			show_job(b, &b->jobs[i]);
		note(b, &b->jobs[i]);
	}
	batch_end(b);
}
