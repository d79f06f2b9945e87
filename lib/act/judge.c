/* May it be done?  The checks in their order; the actuator looks at every order. */
#include "batch.h"
#include "caps.h"
#include "remote.h"

/* Is it a plan that may be carried out at all, and by us? */
static bool
wanted(struct batch *b, struct job *j)
{
	const struct plan *p = j->terms;
	const char *why;

	if (p && !p->sealed)
		job_refuse(j, "hash",
		    "the plan is not the one that was made: its hash is wrong");
	else if (p && p->expires_ns <= b->now)
		job_refuse(j, "expired", "the plan has expired; make a new one");
	else if (!batch_actuator(b, j->a.what))
		job_say(j, JOB_WAITING, "no-actuator",
		    arena_fmt(b->arena, "%s is not done by %s: a person has to",
			action_verb(j->a.what)->name, b->name));
	else if (!remote_here(b, j->a.on) && !remote_reaches(b, j->a.on, &why))
		job_say(j, JOB_WAITING, "other-host",
		    CAT(b->arena, STR("meant for "), j->a.on, STR(", this is "),
			str_of(b->host), str_of(why)));
	else
		return true;
	return false;
}

bool
batch_agreed(const struct batch *b, const struct job *j)
{
	if (b->set->yes)
		return true;
	for (size_t i = 0; i < b->set->approve.n; i++) {
		struct str id = str_of(b->set->approve.v[i]);

		if (str_eq(id, str_of(j->a.key)) || str_eq(id, j->plan))
			return true;
	}
	return false;
}

static bool
agreed(struct batch *b, struct job *j)
{
	struct consent_ask ask = {j->terms, &j->a, STR_NONE, b->now};
	unsigned need = j->by_hand ? 0 : j->a.approvals;
	const char *why = "the step asks for approval";
	struct consent_got got;

	if (j->approvals > need) {
		need = j->approvals;
		why = j->approvals_why;
	}
	need = consent_need(j->terms, &j->a, need);
	if (need == 0)
		return true;
	if (batch_agreed(b, j))
		ask.here = b->person;
	got = consent_of(b->consent, b->arena, &ask);
	j->agreed = action_cut(got.who, ACTION_TEXT);
	if (got.n >= need)
		return true;
	job_say(j, JOB_WAITING, "approval",
	    arena_fmt(b->arena, "%s: %u of %u persons agreed%s" STR_FMT, why, got.n, need,
		got.except.n ? "; " : "", STR_ARG(action_cut(got.except, ACTION_TEXT))));
	return false;
}

/* What the owner named may not be touched, by whatever verb. */
static bool
harmless(struct batch *b, struct job *j)
{
	static const enum target_member kinds[] = {
	    TARGET_USER, TARGET_HOST, TARGET_DOMAIN, TARGET_PATH, TARGET_UNIT};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct str name = j->a.to.text[kinds[i]];
		const char *why = name.p ? guard_named(b->guard, kinds[i], name) : NULL;

		if (why) {
			job_refuse(j, "protected", STR_FMT " is protected: %s",
			    STR_ARG(str_sub(name, 0, 200)), why);
			return false;
		}
		if (name.p && !j->by_hand && site_critical(b->site, name))
			job_ask(j, 1, "the site file calls it critical");
	}
	return true;
}

static bool
going(struct batch *b, struct job *j)
{
	if (!batch_stopped(b))
		return true;
	job_say(j, JOB_STOPPED, "stopped",
	    CAT(b->arena, STR("everything is stopped by '"), str_of(b->set->stop),
		STR("' or the stop file of the state")));
	return false;
}

static void
accept(struct batch *b, struct job *j)
{
	const struct actuator *hands = remote_hands(b, j->a.what, j->a.on);

	j->status = JOB_PLANNED;
	if (hands->accepted)
		hands->accepted(b, j);
}

/* Is the same to be done in this run already?  What one transaction does may say it twice. */
static bool
above(struct batch *b, const struct job *j, const struct actuator *hands)
{
	for (size_t i = 0; !hands->commit && &b->jobs[i] < j; i++)
		if (b->jobs[i].status == JOB_PLANNED && !b->jobs[i].lift &&
		    strcmp(b->jobs[i].a.key, j->a.key) == 0)
			return true;
	return false;
}

void
batch_judge(struct batch *b, struct job *j)
{
	const struct actuator *hands;

	if (!wanted(b, j) || !harmless(b, j))
		return;
	hands = remote_hands(b, j->a.what, j->a.on);
	if (above(b, j, hands)) {
		job_already(j, "the same step stands above in this run");
		return;
	}
	if (batch_actuator(b, j->a.what)->lasting)
		j->a.ttl_s = 0;
	else if (j->a.ttl_s == 0)
		j->a.ttl_s = caps_ttl_s(b, &j->a);
	j->deed = ledger_live(b->ledger, j->a.key);
	hands->look(b, j);
	if (j->status == JOB_ALREADY && j->deed && batch_acts(b))
		/* so that undoing one incident does not undo it for the other */
		ledger_share(b->ledger, j->deed, j->incident, b->now);
	if (j->status != JOB_PLANNED || !agreed(b, j) || !caps_room(b, j) || !going(b, j))
		return;
	caps_count(b, j);
	accept(b, j);
}

void
batch_lift(struct batch *b, struct job *j)
{
	const struct actuator *hands = remote_hands(b, j->a.what, j->a.on);

	j->lift = true;
	if (!hands) {
		job_say(j, JOB_WAITING, "no-actuator",
		    arena_fmt(b->arena, "%s cannot take back %s%s", b->name,
			action_verb(j->a.what)->name,
			batch_actuator(b, j->a.what) ? " on another host without --ssh"
						     : ""));
	} else if (!hands->undo && !hands->commit) {
		job_refuse(j, "no-undo", "%s cannot be taken back",
		    action_verb(j->a.what)->name);
	} else if (going(b, j)) {
		accept(b, j);
	}
}
