/*
 * ledger - what was done, written down before it is done.
 *
 * A file of JSON lines that only grows; each has its number and the SHA-256 of
 * the bytes of the line before, so that a change is seen, and the hash of the
 * last one, in every action record, shows a tail that was cut off.  Intents are
 * on the disk before the act, outcomes after it.  A line cut short by a crash
 * was never acted on: it stays, and an entry `recovered` closes it.  One file a
 * host, shared by all programs that act; one writer at a time.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "action.h"
#include "err.h"
#include "ip.h"
#include "str.h"

enum deed_state {
	DEED_INTENT, /* about to be done; after a crash: only the system knows */
	DEED_APPLIED,
	DEED_FAILED,
	DEED_UNDOING, /* about to be undone */
	DEED_UNDONE,
	DEED_EXPIRED,
};

/* An action and what became of it.  Texts are the ledger's. */
struct deed {
	char id[33]; /* of this attempt */
	char key[ACTION_KEY];
	enum deed_state state;
	enum action_do what;
	struct str target; /* canonical JSON */
	struct str on;
	struct net net;   /* of a target that is one; v is 0 without */
	struct str prior; /* raw JSON: the state to go back to, what the actuator noted */
	int64_t ttl_s, at_ns, until_ns; /* ttl 0: until it is undone */
	struct str plan, incident, by, why;
	struct str agreed; /* who agreed; only written */
	struct str
	    also;   /* further incidents that want it, a space between; empty: none */
	size_t nth; /* how many came before it */
};

struct ledger;

/*
 * Open the ledger in a directory.  To write, an index beside it is used where it fits,
 * so that what is in force is looked up and not read; see ledger_doubt().  To `write` takes the lock (ERR_LATER if it is
 * held) and makes the directory; to read alone takes what is there, or nothing.
 * NULL: ERR_CONFIG if the file is damaged or not ours.
 */
struct ledger *ledger_open(const char *dir, bool write, struct err *);
void ledger_close(struct ledger *);

/*
 * Add an intent at `now_ns`; fills in id, at and until, copies the texts.  The
 * deed returned is the ledger's, until the next intent.
 */
struct deed *ledger_intend(struct ledger *, const struct deed *, int64_t now_ns);

/* Add what became of a deed; `reason` may be absent. */
void ledger_outcome(
    struct ledger *, struct deed *, enum deed_state, struct str reason, int64_t now_ns);

/* Its end is another one: `ttl_s` from when it was intended. */
void ledger_extend(struct ledger *, struct deed *, int64_t ttl_s, int64_t now_ns);

/*
 * Another incident wants a deed, too.  One that leaves (false: it was the last,
 * so the deed has no reason any more) takes only itself away.
 */
void ledger_share(struct ledger *, struct deed *, struct str incident, int64_t now_ns);
bool ledger_leave(struct ledger *, struct deed *, struct str incident, int64_t now_ns);

/* Does an incident want this deed? */
bool deed_wanted_by(const struct deed *, struct str incident);

/* Add something else that was ordered: "protect", "restore"; its target as JSON. */
void ledger_remark(struct ledger *, const char *what, struct str target, struct str by,
    struct str reason, int64_t now_ns);

/* Put on the disk what was added.  False (ERR_SYS): stop, and act no more. */
bool ledger_sync(struct ledger *, struct err *);

/* The newest deed of an action that is in force, or being done or undone; NULL: none is. */
struct deed *ledger_live(struct ledger *, const char key[ACTION_KEY]);

/* The deed of an id; NULL: there is none. */
struct deed *ledger_find(struct ledger *, struct str id);

/* All deeds, oldest first: start with at = 0.  This reads them all. */
struct deed *ledger_next(struct ledger *, size_t *at);

/* Those that are in force, or being done or undone, of one verb (DO_NONE: of any). */
struct deed *ledger_next_live(struct ledger *, enum action_do, size_t *at);

/* Those of a verb that were intended since `from_ns`. */
struct deed *ledger_next_since(
    struct ledger *, enum action_do, int64_t from_ns, size_t *at);

/* Those that are being done or undone, or whose time is over at `now_ns`. */
struct deed *ledger_next_due(struct ledger *, int64_t now_ns, size_t *at);

/* How many of a verb are live and not over. */
size_t ledger_in_force(const struct ledger *, enum action_do, int64_t now_ns);

/* Deeds intended since `from_ns`. */
size_t ledger_since(const struct ledger *, int64_t from_ns);

/*
 * A bucket of `size` ns that fills by the clock and pays `each` ns a deed: what is in it
 * at `now_ns`.  It is counted anew from the deeds of the last `size`, so it outlasts a run.
 */
int64_t ledger_bucket(const struct ledger *, int64_t size, int64_t each, int64_t now_ns);

/* Deeds of a verb intended since `from_ns`; failed ones are none. */
size_t ledger_count(const struct ledger *, enum action_do, int64_t from_ns);

/* The same of one key. */
size_t ledger_times(const struct ledger *, const char key[ACTION_KEY], int64_t from_ns);

/*
 * The clock was set where a deed of this boot ends at another time by the wall clock
 * than by the time since boot: then it ends by the latter.  True: that happened.
 */
bool ledger_rebase(struct ledger *, int64_t now_ns);

/* SHA-256 of the last line, in hex: ir.ledger.head. */
struct str ledger_head(const struct ledger *);

/* Was a line found that a crash cut short, and is closed by `recovered` now? */
bool ledger_torn(const struct ledger *);

/* Why the index was not used but made anew; NULL: it was used, or is not there for reading. */
const char *ledger_doubt(const struct ledger *);

/* When the last line was written; INT64_MIN if there is none. */
int64_t ledger_last(const struct ledger *);

/* In force, or being done or undone. */
bool deed_live(const struct deed *);

/* Is its time over at `now_ns`? */
bool deed_over(const struct deed *, int64_t now_ns);

const char *deed_state_name(enum deed_state);

#endif
