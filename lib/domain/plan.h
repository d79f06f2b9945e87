/*
 * plan - the sealed list of steps that irplan writes and ircontain checks.
 *
 * The hash is over the canonical JSON of plan id, incident id and version, the
 * person who proposed it, expiry and steps: what is applied is what was shown.
 */
#ifndef PLAN_H
#define PLAN_H

#include "approval.h"

#define PLAN_ID       33
#define PLAN_HASH     65
#define PLAN_STEPS    ((size_t)20000) /* in one plan */
#define PLAN_APPROVED 8               /* approvals that are looked at */

/* A plan without its steps. */
struct plan {
	struct str id, incident;
	struct str by;      /* the person who proposed it; absent: a program did */
	struct str hash;    /* as the record has it */
	struct str expires; /* as the record spells it */
	int64_t version;    /* of the incident */
	int64_t expires_ns;
	bool sealed;                             /* the hash is the right one */
	struct approval approved[PLAN_APPROVED]; /* signed, not yet checked */
	size_t n;
	struct str record; /* its bytes, to be handed on; absent: nobody kept them */
};

/* The hash of a plan with these steps (raw JSON list); id, incident, by, version and expires are used. */
void plan_hash(
    struct arena *, const struct plan *, struct str steps, char hash[PLAN_HASH]);

/*
 * Read the members of a plan record but its steps.  False (ERR_DATA): one is
 * missing or malformed.  `sealed` says whether the hash holds; to judge that,
 * expiry and approvals is the caller's.
 */
bool plan_read(struct arena *, const struct node *record, struct plan *, struct err *);

void plan_pack(const struct plan *, struct buf *);
bool plan_unpack(struct str *in, struct plan *);

#endif
