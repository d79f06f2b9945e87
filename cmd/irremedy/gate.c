#include "gate.h"
#include "node.h"

/* The verbs that take an intruder away. */
static bool
eradicates(enum action_do what)
{
	return what == DO_KILL_PROCESS || what == DO_QUARANTINE_FILE ||
	       what == DO_REMOVE_PERSISTENCE || what == DO_REMOVE_ACCOUNT ||
	       what == DO_REVOKE_KEYS;
}

/* Planned in this batch and not done is not done, either. */
static const struct job *
open_job(const struct batch *b, const struct job *j)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct job *o = &b->jobs[i];

		if (o != j && eradicates(o->a.what) && str_eq(o->incident, j->incident) &&
		    (o->status == JOB_WAITING || o->status == JOB_REFUSED ||
			o->status == JOB_FAILED || o->status == JOB_STOPPED))
			return o;
	}
	return NULL;
}

void
gate_recovery(struct batch *b, struct job *j)
{
	const struct actuator *hands;
	const struct job *o;
	struct deed *d;
	size_t at = 0;

	if (j->incident.n == 0)
		return;
	if ((o = open_job(b, j))) {
		job_say(j, JOB_WAITING, "eradication",
		    arena_fmt(j->arena, "%s " STR_FMT " is not done",
			action_verb(o->a.what)->name, STR_ARG(o->a.target)));
		return;
	}
	while ((d = ledger_next(b->ledger, &at))) {
		if (!eradicates(d->what) || !deed_wanted_by(d, j->incident) ||
		    d->state == DEED_UNDONE || d->state == DEED_EXPIRED)
			continue;
		hands = batch_actuator(b, d->what);
		if (d->state == DEED_APPLIED && (!hands || hands->holds(b, d) != 0))
			continue;
		job_say(j, JOB_WAITING, "eradication",
		    arena_fmt(j->arena, "%s " STR_FMT " does not hold",
			action_verb(d->what)->name, STR_ARG(d->target)));
		return;
	}
}

/* The hashes that a deed keeps are texts of 64 digits anywhere in what it noted. */
bool
gate_tainted(void *told, const char sha256[65], struct str path)
{
	struct batch *b = told;
	struct deed *d;
	size_t at = 0;

	(void)path;
	while ((d = ledger_next(b->ledger, &at)))
		if ((d->what == DO_QUARANTINE_FILE || d->what == DO_REMOVE_PERSISTENCE) &&
		    deed_live(d) && d->prior.n &&
		    memmem(d->prior.p, d->prior.n, sha256, 64))
			return true;
	return false;
}
