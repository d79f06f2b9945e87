/*
 * job - one step on its way through a program that acts, and what became of it.
 */
#ifndef JOB_H
#define JOB_H

#include "action.h"
#include "arena.h"
#include "ledger.h"
#include "openc2.h"
#include "plan.h"

enum job_status {
	JOB_PLANNED,
	JOB_WAITING,
	JOB_REFUSED,
	JOB_STOPPED,
	JOB_APPLIED,
	JOB_ALREADY,
	JOB_FAILED,
	JOB_UNDONE,
	JOB_EXPIRED,
};

/* Texts are in `arena`, which is the batch's. */
struct job {
	struct action a;
	struct arena *arena;
	struct str plan, incident;
	struct str record,
	    hash; /* of the plan, if it goes to another host; else absent */
	const struct plan
	    *terms; /* of the plan it came in, while judged; NULL: it stood alone */
	bool by_hand;
	bool forced;          /* --force-protected was given for exactly this target */
	bool drift;           /* found by --audit or --recover: nothing was tried now */
	bool lift;            /* take it back instead */
	bool over;            /* ... because its time is over */
	bool again;           /* it is in the ledger already: only put it in force */
	struct openc2 *asked; /* the command that it answers; NULL: there was none */
	struct deed *deed;    /* where it stands in the ledger; NULL: nowhere */
	enum job_status status;
	const char *code; /* why it was refused, waits or failed; NULL: no reason */
	struct str text;
	unsigned approvals;        /* that the actuator asks for on top ... */
	const char *approvals_why; /* ... and why */
	struct str agreed;         /* who agreed, and why */
	struct str prior;          /* raw JSON for the ledger: the state to go back to */
	struct str diff;    /* unified, without the privilege to look: what it says */
	struct str change;  /* what would be done, for a person or a tool */
	struct str undo;    /* how a person takes it back; absent: --undo */
	const char *verify; /* "ok", "bad" or NULL */
};

/* Set status, code and text.  `code` is a literal. */
void job_say(struct job *, enum job_status, const char *code, struct str text);

/* It may not be done, and why; refusals are for good. */
void job_refuse(struct job *, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* It is in force, or not in force, already: nothing to do. */
void job_already(struct job *, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A person has to agree, `n` of them at least. */
void job_ask(struct job *, unsigned n, const char *why);

const char *job_status_name(enum job_status);

#endif
