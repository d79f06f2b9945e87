/*
 * ledger - what was done, written down before it is done.
 *
 * A file of JSON lines that only grows; each line carries the SHA-256 of itself
 * and of the line before, so that a change is seen.  Intents are on the disk
 * before the act, outcomes after it; a line cut short by a crash was never
 * acted on and is dropped.  One writer at a time.
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
	struct net net;
	int64_t ttl_s, at_ns, until_ns;
	struct str plan, incident, by, why;
	struct str
	    also; /* further incidents that want it, a space between; empty: none */
};

struct ledger;

/*
 * Open the ledger in a directory.  To `write` takes the lock (ERR_LATER if it is
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

/*
 * Another incident wants a deed, too.  One that leaves (false: it was the last,
 * so the deed has no reason any more) takes only itself away.
 */
void ledger_share(struct ledger *, struct deed *, struct str incident, int64_t now_ns);
bool ledger_leave(struct ledger *, struct deed *, struct str incident, int64_t now_ns);

/* Does an incident want this deed? */
bool deed_wanted_by(const struct deed *, struct str incident);

/* Add something else that was ordered: "protect", "restore". */
void ledger_remark(struct ledger *, const char *what, const struct net *, struct str by,
    struct str reason, int64_t now_ns);

/* Put on the disk what was added.  False (ERR_SYS): stop, and act no more. */
bool ledger_sync(struct ledger *, struct err *);

/* The newest deed of an action that is in force, or being done or undone; NULL: none is. */
struct deed *ledger_live(struct ledger *, const char key[ACTION_KEY]);

/* All deeds, oldest first: start with at = 0. */
struct deed *ledger_next(struct ledger *, size_t *at);

/* Deeds intended since `from_ns`. */
size_t ledger_since(const struct ledger *, int64_t from_ns);

/* When the last line was written; INT64_MIN if there is none. */
int64_t ledger_last(const struct ledger *);

bool deed_live(const struct deed *);
const char *deed_state_name(enum deed_state);

#endif
