/*
 * contain - a run of ircontain: what it was told, what it knows, what it does.
 *
 * Steps are judged as they come, done together, and each gets its record.
 */
#ifndef CONTAIN_H
#define CONTAIN_H

#include "action.h"
#include "effect.h"
#include "guard.h"
#include "ledger.h"
#include "nft.h"
#include "site.h"

struct set {
	bool apply, plan_only, expire, recover, restore, list, audit, yes;
	struct opt_list block, unblock, protect, undo, approve, protect_files;
	const char *reason, *site, *stop, *format, *force;
	int64_t ttl_ms, wait_ms;
	size_t max_actions, max_hour;
};

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

/* One step on its way, and what became of it.  Texts are in the batch's arena. */
struct job {
	struct action a;
	struct str plan, incident;
	const struct plan *terms; /* of the plan it came in; NULL: it stood alone */
	bool by_hand;
	bool drift;        /* found by --audit or --recover: nothing was tried now */
	bool lift;         /* take the block away instead */
	bool again;        /* it is in the ledger already: only put it in force */
	struct deed *deed; /* where it stands in the ledger; NULL: nowhere */
	enum job_status status;
	const char *code; /* why it was refused, waits or failed; NULL: no reason */
	struct str text;
	struct str diff, change;
	const char *verify; /* "ok", "bad" or NULL */
};

struct contain {
	const struct set *set;
	struct effect_run *run;
	const char *dir; /* state */
	struct site *site;
	struct str by; /* who ordered it */
	char host[256];
	size_t accepted; /* in this run */
	size_t hour;     /* in the last hour */

	/* a batch: made at its first step, gone after its last act */
	bool open;
	bool broken; /* it could not be opened; `why` says why */
	struct err why;
	int64_t now, began_ms;
	struct guard *guard;
	struct ledger *ledger;
	struct nft picture; /* of the kernel, with what was planned in this batch */
	struct job *jobs;
	size_t n, cap;
	struct arena *arena;
	struct arena *texts; /* as long as the run */
};

/* --- batch --- */

/* Look at the machine, the kernel and the ledger.  False: `broken`. */
bool contain_begin(struct contain *);
void contain_end(struct contain *);

/* A new job, its texts copied. */
struct job *contain_job(struct contain *, const struct action *);

/* May it be done?  Sets status, code, text, and what it would change. */
void contain_judge(struct contain *, struct job *);

/* Do all jobs that are planned, if told to apply, and write the records of all. */
void contain_act(struct contain *);

/* Is the stop file there? */
bool contain_stopped(const struct contain *);

/* --- orders by hand; true: there was one --- */
bool order_all(struct contain *);

/* Settle what a crash or the clock left open in the ledger, by asking the kernel. */
void order_settle(struct contain *, bool tell);

/* --- showing --- */

void show_job(struct contain *, const struct job *);

/* The change to the picture by a job that was just put in, or is about to be taken out. */
void show_change(struct contain *, struct job *, size_t at, bool fresh);

#endif
