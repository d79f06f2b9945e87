/*
 * state - a directory with one writer and a checksummed snapshot at a mark.
 */
#ifndef STATE_H
#define STATE_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "str.h"

struct state;

/* Take the lock (ERR_LATER if it is held), make the directory if need be. */
struct state *state_open(const char *dir, struct err *);
void state_close(struct state *);

/*
 * The number of the newest usable snapshot, or `restore` if that is not 0 and is usable;
 * 0 if there is none.  A damaged one is skipped, with a warning, for the one before;
 * where there are only damaged ones `e` says so, and none is overwritten.
 */
uint64_t state_find(struct state *, uint64_t restore, struct err *);

/*
 * Hand a usable snapshot to `take`: whole, or with `lines` some of its lines at a time,
 * zero bytes behind them, so that none is in memory as a whole.  False: `take` or `e`.
 */
bool state_read(struct state *, uint64_t number, bool lines,
    bool (*take)(void *ctx, struct str, struct err *), void *ctx, struct err *);

/*
 * Where the bytes of a snapshot go; NULL: `e`.  With `lines` they leave for the disk as
 * they come: nothing that was added may be looked at again.
 */
struct buf *state_begin(struct state *, bool lines, struct err *);

/* Make that snap.N, whole or not at all; keeps the two newest and their journals. */
bool state_save(struct state *, uint64_t number, struct err *);

/* How long the last one was. */
uint64_t state_bytes(const struct state *);

/* The number of the first snapshot, or journal, behind `number`; 0: there is none. */
uint64_t state_next_journal(const struct state *, uint64_t number);

#endif
