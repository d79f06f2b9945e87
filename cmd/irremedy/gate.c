#include "gate.h"
#include "node.h"
#include "remote.h"

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

static struct str
words(const struct job *j, enum action_do what, struct str target, const char *how)
{
	return arena_fmt(
	    j->arena, "%s " STR_FMT " %s", action_verb(what)->name, STR_ARG(target), how);
}

/* What is still open; absent: nothing. */
static struct str
shut_by(struct batch *b, struct job *j)
{
	const struct actuator *hands;
	const struct job *o;
	struct deed *d;
	size_t at = 0;

	if (j->incident.n == 0)
		return STR_NONE;
	if ((o = open_job(b, j)))
		return words(j, o->a.what, o->a.target, "is not done");
	while ((d = ledger_next(b->ledger, &at))) {
		if (!eradicates(d->what) || !deed_wanted_by(d, j->incident) ||
		    d->state == DEED_UNDONE || d->state == DEED_EXPIRED)
			continue;
		hands = remote_hands(b, d->what, d->on);
		if (d->state != DEED_APPLIED ||
		    (hands && actuator_holds(hands, b, d) == 0))
			return words(j, d->what, d->target, "does not hold");
	}
	return STR_NONE;
}

void
gate_recovery(struct batch *b, struct job *j)
{
	struct str why = shut_by(b, j);

	if (why.p)
		job_say(j, JOB_WAITING, "eradication", why);
}

/*
 * While a batch acts its deeds are intents, until all outcomes are written at once;
 * what is planned in it stands before this step or has failed.
 */
bool
gate_open(struct batch *b, struct job *j, struct err *e)
{
	const struct job *o = j->incident.n ? open_job(b, j) : NULL;

	if (o)
		err_set(e, ERR_DATA, "eradication first: %s " STR_FMT " is not done",
		    action_verb(o->a.what)->name, STR_ARG(str_sub(o->a.target, 0, 200)));
	return !o;
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
