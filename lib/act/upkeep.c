#include "log.h"
#include "remote.h"
#include "upkeep.h"
#include "when.h"

struct str
upkeep_reason(const struct batch *b)
{
	return b->set->reason ? action_cut(str_of(b->set->reason), ACTION_TEXT) : STR("");
}

/* --- undo --- */

static bool
named(const struct deed *d, struct str id)
{
	return str_eq(id, str_of(d->id)) || str_eq(id, str_of(d->key)) ||
	       str_eq(id, d->plan) || deed_wanted_by(d, id);
}

/* What another incident wants as well is kept for that one. */
static bool
stays(struct batch *b, struct deed *d, struct str incident)
{
	if (d->also.n == 0 || !deed_wanted_by(d, incident))
		return false;
	if (batch_acts(b))
		ledger_leave(b->ledger, d, incident, b->now);
	job_say(batch_job_of(b, d, false), JOB_ALREADY, "shared",
	    STR("it stays: another incident wants it, too"));
	return true;
}

static void
undo_one(struct batch *b, struct deed *d, struct str name)
{
	struct job *j;

	if (deed_live(d) && stays(b, d, name))
		return;
	if (!deed_live(d) && !str_eq(name, str_of(d->id)))
		return;
	j = batch_job_of(b, d, true);
	j->a.why = upkeep_reason(b);
	if (deed_live(d))
		batch_lift(b, j);
	else
		job_already(j, "it is %s", deed_state_name(d->state));
}

/* Newest first. */
static void
undo(struct batch *b, const char *name)
{
	struct deed *d;
	size_t n = 0, found = 0;

	if ((d = ledger_find(b->ledger, str_of(name)))) {
		undo_one(b, d, str_of(name));
		return;
	}
	for (size_t at = 0; ledger_next(b->ledger, &at);)
		n = at;
	while (n-- > 0) {
		size_t at = n;

		d = ledger_next(b->ledger, &at);
		if (!d || !named(d, str_of(name)))
			continue;
		found++;
		undo_one(b, d, str_of(name));
	}
	if (found == 0) {
		log_error("no action, plan or incident '%s' in the ledger", name);
		effect_ended(b->run, ERR_DATA);
	}
}

/* Ids on standard input. */
static void
undo_listed(struct batch *b)
{
	const char *ids[1000];
	struct err e = {0};
	size_t n = remote_ids(b->arena, ids, &e);

	if (e.kind) {
		log_err(&e);
		effect_ended(b->run, ERR_DATA);
	}
	for (size_t i = 0; i < n; i++)
		undo(b, ids[i]);
}

/* --- after a crash, or later --- */

static void
told(struct batch *b, struct deed *d, enum deed_state was)
{
	static const enum job_status says[] = {
	    [DEED_INTENT] = JOB_WAITING,
	    [DEED_APPLIED] = JOB_APPLIED,
	    [DEED_FAILED] = JOB_FAILED,
	    [DEED_UNDOING] = JOB_WAITING,
	    [DEED_UNDONE] = JOB_UNDONE,
	    [DEED_EXPIRED] = JOB_EXPIRED,
	};
	struct job *j = batch_job_of(b, d, was == DEED_UNDOING);

	j->drift = true;
	j->verify = d->state == DEED_APPLIED ? "ok" : NULL;
	job_say(j, says[d->state], "recovered",
	    CAT(b->arena, STR("the ledger said "), str_of(deed_state_name(was)),
		STR(", the system says "), str_of(deed_state_name(d->state))));
}

/* False: the system cannot be asked. */
static bool
settle_one(struct batch *b, const struct actuator *hands, struct deed *d, bool tell)
{
	enum deed_state was = d->state, now = was;
	int in;

	if (was == DEED_APPLIED && !(hands->ends && deed_over(d, b->now)))
		return true;
	in = actuator_holds(hands, b, d);
	if (in < 0)
		return was == DEED_APPLIED;
	if (was == DEED_INTENT)
		now = in ? DEED_APPLIED : DEED_FAILED;
	else if (was == DEED_UNDOING)
		now = in ? DEED_APPLIED : DEED_UNDONE;
	if (now == DEED_APPLIED && hands->ends && deed_over(d, b->now) && !in)
		now = DEED_EXPIRED;
	if (now == was)
		return true;
	ledger_outcome(b->ledger, d, now, STR("as found in the system"), b->now);
	if (tell)
		told(b, d, was);
	return true;
}

void
upkeep_settle(struct batch *b, bool tell)
{
	const struct actuator *hands;
	struct deed *d;

	for (size_t at = 0; (d = ledger_next_due(b->ledger, b->now, &at));) {
		hands = remote_hands(b, d->what, d->on);
		if (!hands || settle_one(b, hands, d, tell))
			continue;
		if (hands->far) {
			log_warn("%s stays open: who could say what became of it is "
				 "silent",
			    d->id);
			continue;
		}
		err_set(&b->why, ERR_SYS,
		    "no privilege to ask the system which of the two holds");
		b->broken = true;
		return;
	}
	if (!ledger_sync(b->ledger, &b->why))
		b->broken = true;
}

/* What the system does not end by itself is taken back when its time is over. */
static void
expire(struct batch *b)
{
	const struct actuator *hands;
	struct deed *d;

	for (size_t at = 0; (d = ledger_next_due(b->ledger, b->now, &at));) {
		struct job *j;

		hands = remote_hands(b, d->what, d->on);
		if (!hands || hands->ends || d->state != DEED_APPLIED ||
		    !deed_over(d, b->now))
			continue;
		j = batch_job_of(b, d, true);
		j->over = true;
		j->a.why = STR("its time is over");
		batch_lift(b, j);
	}
}

static void
list(struct batch *b)
{
	struct deed *d;

	for (size_t at = 0; (d = ledger_next_live(b->ledger, DO_NONE, &at));)
		if (!deed_over(d, b->now) && batch_actuator(b, d->what))
			batch_job_of(b, d, false)->status = d->state == DEED_APPLIED
								? JOB_APPLIED
								: JOB_WAITING;
}

/* --- drift --- */

struct job *
upkeep_drift(struct batch *b, const struct action *a, const char *code, struct str text)
{
	struct job *j = batch_job(b, a);

	job_say(j, JOB_FAILED, code, text);
	j->drift = true;
	j->verify = "bad";
	return j;
}

static void
missing(struct batch *b, struct deed *d, const char *code, struct str why)
{
	struct job *j = batch_job_of(b, d, false);

	job_say(j, JOB_FAILED, code, why);
	j->drift = true;
	j->verify = "bad";
}

/* What the ledger wants against what the system has; status 1 if they differ. */
static void
audit(struct batch *b)
{
	const struct actuator *hands;
	struct deed *d;

	for (size_t at = 0; (d = ledger_next_live(b->ledger, DO_NONE, &at));) {
		int in;

		hands = deed_over(d, b->now) ? NULL : remote_hands(b, d->what, d->on);
		in = hands ? actuator_holds(hands, b, d) : 1;
		if (in == 0) {
			missing(b, d, "missing",
			    STR("in the ledger, not in the system; see --restore"));
		} else if (in < 0 && hands->far) {
			missing(b, d, "silent", STR("who could say it does not answer"));
		} else if (in < 0) {
			err_set(&b->why, ERR_SYS, "no privilege to look at the system");
			b->broken = true;
			return;
		}
	}
	for (size_t i = 0; b->actuators[i]; i++)
		if (b->actuators[i]->audit)
			b->actuators[i]->audit(b);
}

/* After a boot, or drift: put in force again what the ledger says is. */
static void
restore(struct batch *b)
{
	const struct actuator *hands;
	struct deed *d;

	for (size_t at = 0; (d = ledger_next_live(b->ledger, DO_NONE, &at));) {
		struct job *j;

		hands = deed_over(d, b->now) ? NULL : remote_hands(b, d->what, d->on);
		if (!hands || hands->lasting)
			continue;
		j = batch_job_of(b, d, false);
		if (d->ttl_s)
			j->a.ttl_s = (d->until_ns - b->now) / WHEN_S + 1;
		j->again = true;
		hands->look(b, j);
		if (j->status != JOB_PLANNED)
			continue;
		if (hands->accepted)
			hands->accepted(b, j);
	}
}

bool
upkeep_asked(const struct act_set *s)
{
	return s->undo.n || s->recover || s->expire || s->list || s->audit || s->restore;
}

void
upkeep_orders(struct batch *b)
{
	const struct act_set *s = b->set;

	if (s->recover || s->expire)
		upkeep_settle(b, true);
	if (s->expire)
		expire(b);
	if (s->restore)
		restore(b);
	for (size_t i = 0; i < s->undo.n; i++)
		if (strcmp(s->undo.v[i], "-") == 0)
			undo_listed(b);
		else
			undo(b, s->undo.v[i]);
	if (s->list)
		list(b);
	if (s->audit)
		audit(b);
}
