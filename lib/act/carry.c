/* Write the intent, act, look again, write the outcome. */
#include "carry.h"
#include "log.h"
#include "remote.h"

static void
all(struct batch *b, enum job_status status, const char *code, struct str text)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i].status == JOB_PLANNED)
			job_say(&b->jobs[i], status, code, text);
}

bool
carry_any(const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i].status == JOB_PLANNED)
			return true;
	return false;
}

static struct deed
deed_of(const struct batch *b, const struct job *j)
{
	struct deed d = {.what = j->a.what,
	    .target = j->a.target,
	    .on = j->a.on,
	    .net = j->a.net,
	    .prior = j->prior,
	    .ttl_s = j->a.ttl_s,
	    .plan = j->plan,
	    .incident = j->incident,
	    .by = b->by,
	    .agreed = j->agreed,
	    .why = j->a.why};

	memcpy(d.key, j->a.key, sizeof(d.key));
	return d;
}

static void
intend(struct batch *b, struct job *j)
{
	struct deed d = deed_of(b, j);

	if (j->again)
		ledger_remark(b->ledger, "restore", j->a.target, b->by, STR_NONE, b->now);
	else if (!j->lift)
		j->deed = ledger_intend(b->ledger, &d, b->now);
	else if (j->deed)
		ledger_outcome(b->ledger, j->deed, DEED_UNDOING, j->a.why, b->now);
	else
		ledger_remark(b->ledger, action_verb(j->a.what)->undo, j->a.target, b->by,
		    j->a.why, b->now);
}

/* --- acting --- */

static void
fail(struct batch *b, struct job *j, const struct err *e)
{
	job_say(j, JOB_FAILED, "act", arena_copy(b->arena, str_of(e->msg)));
	log_err(e);
}

/* Does the system hold what it should? */
static void
verify(struct batch *b, struct job *j)
{
	struct deed d = deed_of(b, j);
	int in = actuator_holds(
	    remote_hands(b, j->a.what, j->a.on), b, j->deed ? j->deed : &d);

	if (in < 0) {
		j->verify = NULL;
		j->status = j->lift ? JOB_UNDONE : JOB_APPLIED;
		return;
	}
	j->verify = (in > 0) != j->lift ? "ok" : "bad";
	if ((in > 0) != j->lift)
		j->status = j->lift ? JOB_UNDONE : JOB_APPLIED;
	else
		job_say(j, JOB_FAILED, "verify",
		    STR("the system does not hold what it was given"));
}

/* What was begun and did not succeed is taken back; the job stays failed. */
static void
roll_back(struct batch *b, const struct actuator *hands, struct job *j)
{
	struct err e = {0};

	if (j->lift || !hands->undo)
		return;
	if (actuator_undo(hands, b, j->deed, &e))
		return;
	log_err(&e);
	j->text = CAT(
	    b->arena, j->text, STR("; and it could not be taken back: "), str_of(e.msg));
}

static void
one(struct batch *b, struct job *j)
{
	const struct actuator *hands = remote_hands(b, j->a.what, j->a.on);
	struct err e = {0};
	bool ok;

	if (batch_stopped(b)) {
		job_say(j, JOB_STOPPED, "stopped", STR("the stop file appeared"));
		return;
	}
	ok = j->lift ? actuator_undo(hands, b, j->deed, &e) : hands->apply(b, j, &e);
	if (!ok)
		fail(b, j, &e);
	else
		verify(b, j);
	if (j->status == JOB_FAILED)
		roll_back(b, hands, j);
}

/* One transaction for all jobs of the actuators that share a `commit`. */
static void
together(struct batch *b, const struct actuator *hands)
{
	struct err e = {0};
	bool stopped = batch_stopped(b), ok = !stopped && hands->commit(b, &e);

	if (!ok && !stopped)
		log_err(&e);
	for (size_t i = 0; i < b->n; i++) {
		struct job *j = &b->jobs[i];

		if (j->status != JOB_PLANNED ||
		    batch_actuator(b, j->a.what)->commit != hands->commit)
			continue;
		if (stopped)
			job_say(j, JOB_STOPPED, "stopped", STR("the stop file appeared"));
		else if (!ok)
			job_say(
			    j, JOB_FAILED, "act", arena_copy(b->arena, str_of(e.msg)));
		else
			verify(b, j);
	}
}

/* Is there something to be preserved for the same incident that is not? */
static bool
too_early(struct batch *b, const struct job *j)
{
	for (size_t i = 0; i < b->n && !j->lift; i++) {
		const struct job *o = &b->jobs[i];
		const struct actuator *hands = batch_actuator(b, o->a.what);

		if (hands && hands->first && !o->lift &&
		    str_eq(o->incident, j->incident) && str_eq(o->a.on, j->a.on) &&
		    o->status != JOB_APPLIED && o->status != JOB_ALREADY)
			return true;
	}
	return false;
}

/* What preserves goes before everything else. */
static void
preserve(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i].status == JOB_PLANNED &&
		    batch_actuator(b, b->jobs[i].a.what)->first)
			one(b, &b->jobs[i]);
}

static void
act_one(struct batch *b, struct job *j, const struct actuator *own)
{
	if (own->destroys && too_early(b, j))
		job_say(j, JOB_WAITING, "evidence",
		    STR("evidence first: it is not collected yet"));
	else if (own->commit && remote_here(b, j->a.on))
		together(b, own);
	else
		one(b, j);
}

/* What is for other hosts goes before the transactions of this one. */
static void
act(struct batch *b)
{
	preserve(b);
	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i].status == JOB_PLANNED && !remote_here(b, b->jobs[i].a.on))
			act_one(b, &b->jobs[i], batch_actuator(b, b->jobs[i].a.what));
	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i].status == JOB_PLANNED)
			act_one(b, &b->jobs[i], batch_actuator(b, b->jobs[i].a.what));
}

/* --- outcome --- */

static void
outcome(struct batch *b, struct job *j)
{
	struct deed *d = j->deed;

	if (!d || (j->again && j->status == JOB_APPLIED && d->state == DEED_APPLIED))
		return;
	if (j->status == JOB_APPLIED)
		ledger_outcome(b->ledger, d, DEED_APPLIED, STR_NONE, b->now);
	else if (j->status == JOB_UNDONE)
		ledger_outcome(
		    b->ledger, d, j->over ? DEED_EXPIRED : DEED_UNDONE, STR_NONE, b->now);
	else if (d->state == DEED_INTENT)
		ledger_outcome(b->ledger, d, DEED_FAILED, j->text, b->now);
	else if (d->state == DEED_UNDOING)
		ledger_outcome(b->ledger, d, DEED_APPLIED, j->text, b->now);
	if (j->status == JOB_UNDONE && j->over)
		j->status = JOB_EXPIRED;
}

void
carry_out(struct batch *b)
{
	struct err e = {0};

	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i].status == JOB_PLANNED)
			intend(b, &b->jobs[i]);
	if (!ledger_sync(b->ledger, &e)) {
		all(b, JOB_FAILED, "ledger", arena_copy(b->arena, str_of(e.msg)));
		log_err(&e);
		return;
	}
	act(b);
	for (size_t i = 0; i < b->n; i++)
		outcome(b, &b->jobs[i]);
	if (!ledger_sync(b->ledger, &e)) {
		log_err(&e);
		effect_ended(b->run, ERR_SYS);
	}
}
