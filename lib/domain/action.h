/*
 * action - a step that changes something: verb, typed target, and its terms.
 *
 * A step comes from a record and so, in the end, from log text.  Reading it
 * makes binary values of everything that is acted on and prints them back for
 * everything that is shown: no raw string goes through.
 */
#ifndef ACTION_H
#define ACTION_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "ip.h"
#include "node.h"
#include "str.h"
#include "target.h"

enum action_do {
	DO_NONE,
	DO_BLOCK_IP,
	DO_BLOCK_DOMAIN,
	DO_ISOLATE_HOST,
	DO_KILL_PROCESS,
	DO_STOP_PROCESS,
	DO_QUARANTINE_FILE,
	DO_LOCK_ACCOUNT,
	DO_EXPIRE_PASSWORD,
	DO_REVOKE_SESSIONS,
	DO_REVOKE_KEYS,
	DO_DISABLE_SERVICE,
	DO_RATE_LIMIT,
	DO_COLLECT_EVIDENCE,
	DO_CALL,
	DO_PATCH_PACKAGE,
	DO_RESTORE_PATH,
	DO_REMOVE_PERSISTENCE,
	DO_REMOVE_ACCOUNT,
	DO_ROTATE_SECRET,
	DO_NOTIFY,
	DO_MAX,
};

enum action_risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH };

/* What a verb is, whatever it is done to. */
struct action_verb {
	const char *name;
	const char *undo;      /* NULL: it has none */
	const char *targets;   /* the form of its target, see target_read() */
	const char *by;        /* the program that does it */
	enum action_risk risk; /* how grave it is by itself */
};

const struct action_verb *action_verb(enum action_do);
enum action_do action_find(struct str name); /* DO_NONE: there is no such verb */

enum action_phase {
	PHASE_CONTAIN,
	PHASE_PRESERVE,
	PHASE_ERADICATE,
	PHASE_RECOVER,
	PHASE_HARDEN
};
const char *action_phase_name(enum action_phase);
const char *action_risk_name(enum action_risk);

#define ACTION_KEY  33
#define ACTION_TEXT 512 /* most bytes of a reason, a target, a host name */
#define ACTION_TTL_MAX \
	INT64_C(2592000) /* 30 days in seconds: nothing is blocked for good */

struct action {
	enum action_do what;
	enum action_phase phase;
	enum action_risk risk;
	unsigned approvals; /* how many persons must agree: 0, 1 or 2 */
	bool observed; /* the target is an address that the reporting system saw itself */
	int64_t ttl_s; /* 0: the verb has none */
	struct target to;  /* typed */
	struct str target; /* the same as canonical JSON */
	struct net net;    /* of block-ip and rate-limit; v is 0 for other verbs */
	struct str on;     /* host or group; empty: here */
	struct str why;
	struct str events;    /* raw JSON list of event ids; empty: none */
	struct str needs;     /* raw JSON list of what must hold first; empty: nothing */
	struct str after;     /* raw JSON list of keys that come first; empty: none */
	struct str blast;     /* what else it hits, in words; empty: not said */
	char key[ACTION_KEY]; /* the same action has the same key everywhere */
};

/* A step for a network, with key, target text and all else at its plainest. */
void action_for_net(struct arena *, struct action *, enum action_do, const struct net *);

/* The same for an account. */
void action_for_user(
    struct arena *, struct action *, enum action_do, struct str user, struct str on);

/* Set the key from verb, target and `on`; the two above do so. */
void action_seal(struct action *);

/*
 * A step from its parts, its target as JSON: from the ledger, from an order.
 * False (ERR_DATA): the target has not the form of the verb.
 */
bool action_of(struct arena *, enum action_do, struct str target, struct str on,
    struct action *, struct err *);

/*
 * Read a step of a plan.  False (ERR_DATA): a member is missing, unknown to the
 * verb or of the wrong form, or the key is not the one of this action.  Texts
 * are borrowed from the node or in the arena.
 */
bool action_read(struct arena *, const struct node *, struct action *, struct err *);

/* How grave it is: what the step says, or its verb by itself, whichever is more. */
enum action_risk action_gravity(const struct action *);

/* As a member of ir.plan.steps, keys in canonical order. */
void action_write(const struct action *, struct buf *);

/* Over the wire, all but events, needs, after and blast; unpack believes nothing.  Texts are borrowed or in the arena. */
void action_pack(const struct action *, struct buf *);
bool action_unpack(struct arena *, struct str *in, struct action *);

/* Cut to at most `max` bytes between two characters. */
struct str action_cut(struct str, size_t max);

#endif
