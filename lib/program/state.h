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
 * The newest usable snapshot (or number `restore`, if not 0), in the arena; absent
 * if there is none.  A damaged one is skipped, with a warning, for the one before; where
 * there are only damaged ones `e` says so, and none is overwritten.
 */
struct str state_load(
    struct state *, struct arena *, uint64_t restore, uint64_t *number, struct err *);

/* Room for what stands before a snapshot: to be called on an empty buffer. */
void state_begin(struct buf *);

/* Write snap.N of what was added since state_begin(), whole or not at all; keeps the two
 * newest and their journals. */
bool state_save(struct state *, uint64_t number, struct buf *, struct err *);

/* The number of the first snapshot, or journal, behind `number`; 0: there is none. */
uint64_t state_next_journal(const struct state *, uint64_t number);

#endif
