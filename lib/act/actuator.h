/*
 * actuator - the hands for one verb: what a program that acts must know of it.
 *
 * The driver (batch) does the rest: plan, hash, approvals, caps, stop file,
 * ledger, verification, undo, expiry, recovery, audit.  An actuator is called
 * for targets of its own verb on this host only.
 */
#ifndef ACTUATOR_H
#define ACTUATOR_H

#include "job.h"
#include "past.h"

struct batch;

struct actuator {
	enum action_do what;

	/* The system ends it by itself when its time is over (kernel time-outs). */
	bool ends;

	/* It goes on past its end, or has none: no TTL is set (kill-process, collect-evidence). */
	bool lasting;

	/* It asks another machine: one that is silent leaves its deeds open, and hinders nothing else. */
	bool far;

	/* It preserves: done before all others of a batch (collect-evidence). */
	bool first;

	/* What it ends is gone: not done while what preserves for the same incident is not. */
	bool destroys;

	/*
	 * Before the first job of a batch, and after its last act; both may be NULL.
	 * False: nothing of the batch is done.
	 */
	bool (*begin)(struct batch *, struct err *);
	void (*end)(struct batch *);

	/*
	 * Look at the system and change nothing: refuse, say `already`, ask for approval,
	 * or set j->prior (raw JSON: the state to go back to and the evidence checked,
	 * such as uid, hash, start time), j->change and j->diff.
	 */
	void (*look)(struct batch *, struct job *);

	/* It is accepted (`planned`, to be done or to be lifted); may be NULL. */
	void (*accepted)(struct batch *, struct job *);

	/* Do one; NULL where `commit` is there. */
	bool (*apply)(struct batch *, struct job *, struct err *);

	/*
	 * Do all planned jobs of this actuator's group in one transaction; j->lift ones are
	 * taken back.  Called once for all actuators with the same `commit`.
	 */
	bool (*commit)(struct batch *, struct err *);

	/* Is it in force now?  1 yes, 0 no, -1 cannot say.  Used to verify, recover and audit. */
	int (*holds)(struct batch *, const struct past *);

	/*
	 * Back to what was noted as prior; does nothing where that holds already.  Called as well after
	 * an apply() that failed half-way.  NULL: it has no inverse.
	 */
	bool (*undo)(struct batch *, const struct past *, struct err *);

	/*
	 * Take away what it left in the system when its time was over there, and that does
	 * nothing any more.  Called when a batch that acts begins; may be NULL.
	 */
	void (*tidy)(struct batch *);

	/* Find what is in force and not in the ledger, by job_drift(); may be NULL. */
	void (*audit)(struct batch *);
};

/* The two with a deed of the ledger. */
int actuator_holds(const struct actuator *, struct batch *, const struct deed *);
bool actuator_undo(
    const struct actuator *, struct batch *, const struct deed *, struct err *);

#endif
