/*
 * batch - a run of a program that acts: what it was told, what it knows, what it does.
 *
 * Steps are judged as they come, done together, and each gets its record.  The
 * order is fixed: look, judge, write the intent (fsync), act, look again, write
 * the outcome (fsync), say so.
 */
#ifndef BATCH_H
#define BATCH_H

#include "actuator.h"
#include "consent.h"
#include "effect.h"
#include "guard.h"
#include "hands.h"
#include "ledger.h"
#include "site.h"

/* Options of every program that acts; the program has them in its table. */
struct act_set {
	bool ssh; /* steps for other hosts are carried there */
	const char *ssh_config;
	bool openc2;
	bool apply, plan_only, yes, expire, recover, restore, list, audit;
	struct opt_list only; /* keys: all other steps are left alone; none: do all */
	struct opt_list undo, approve, approvals, protect_files, max_class;
	const char *reason, *actor, *site, *stop, *format, *force, *root, *approvers;
	int64_t ttl_ms, wait_ms;
	int64_t
	    confirm_ms; /* what cuts a machine off ends after that, unless confirmed; 0: not */
	size_t max_actions, max_hour;
	size_t max_burst; /* 0: half of max_hour, max_actions at least */
};

struct batch {
	const char *name; /* of the program */
	const struct act_set *set;
	struct effect_run *run;
	const struct actuator *const *actuators; /* NULL behind the last */
	const char *dir;                         /* state */
	struct site *site;
	struct hands hands; /* files of the system, and the vault */
	struct str by;      /* who ordered it */
	struct str person;  /* the same as one name: that of sudo, else of the user id */
	struct consent *consent;
	char host[256];
	size_t accepted;        /* in this run */
	size_t hour;            /* in the last hour */
	int64_t bucket;         /* of time that actions pay with (caps) */
	size_t classes[DO_MAX]; /* in this batch, not yet in the ledger */

	/* a batch: made at its first step, gone after its last act */
	bool open;
	bool broken; /* it could not be opened; `why` says why */
	struct err why;
	int64_t now, began_ms;
	struct guard *guard;
	struct ledger *ledger;
	struct job *jobs; /* moved by batch_job() */
	size_t n, cap;
	struct arena *arena; /* as long as the batch */
	struct arena *texts; /* as long as the run */
	void *mine[DO_MAX];  /* of actuators: made by begin(), given back by end() */
};

/* A run.  NULL: `e` says why.  `actuators` and `set` are borrowed. */
struct batch *batch_new(const char *name, struct effect_run *, const struct act_set *,
    const struct actuator *const *actuators, struct err *);
void batch_free(struct batch *);

/* Look at the machine and the ledger.  False: `broken`, and `why`. */
bool batch_begin(struct batch *);
void batch_end(struct batch *);

/* Is it allowed to change anything in this run? */
bool batch_acts(const struct batch *);

/* A new job, its texts copied; pointers to earlier jobs are lost. */
struct job *batch_job(struct batch *, const struct action *);

/* The same for a deed, to be taken back if `lift`. */
struct job *batch_job_of(struct batch *, struct deed *, bool lift);

/* A step of a plan, or one that stood alone (plan NULL): make a job and judge it. */
void batch_step(struct batch *, const struct plan *, const struct action *);

/* May it be done?  Sets status, code, text, and what it would change. */
void batch_judge(struct batch *, struct job *);

/* Did whoever gave the order agree to it (--yes, --approve)? */
bool batch_agreed(const struct batch *, const struct job *);

/* Plan to take back what a job says (lift is set); the stop file alone forbids it. */
void batch_lift(struct batch *, struct job *);

/* Do all jobs that are planned, if told to apply, and write the records of all. */
void batch_act(struct batch *);

/* An approval that came by itself. */
void batch_approval(struct batch *, const struct approval *);

/* The hands for a verb; NULL: there are none here. */
const struct actuator *batch_actuator(const struct batch *, enum action_do);

/* Is a stop file there? */
bool batch_stopped(const struct batch *);

int64_t batch_clock_ms(void);

#endif
