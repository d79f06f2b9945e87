/*
 * trail - what changed since the snapshot: lines that are only ever added.
 *
 * DIR/journal.N belongs to snap.N (0: there was none).  Each line has a hash over itself
 * and the one before, so a torn end is told from lines that count; it is cut off when
 * the trail is taken up again.
 */
#ifndef TRAIL_H
#define TRAIL_H

#include "err.h"
#include "str.h"

struct trail;

/* The journal behind snap.`number`; the file is made when there is something to add. */
struct trail *trail_new(const char *dir, uint64_t number);
void trail_close(struct trail *);

/*
 * Hand its lines so far to `take`, some at a time, JSON_PAD bytes behind them; what comes
 * is added behind them.  What is torn is reported and cut off.  False: `take` or `e`.
 */
bool trail_read(struct trail *, bool (*take)(void *ctx, struct str, struct err *),
    void *ctx, struct err *);

/* Add lines, each with its LF.  They outlive this process once it returns. */
bool trail_add(struct trail *, struct str lines, struct err *);

uint64_t trail_bytes(const struct trail *);

/* Remove the journals of snapshots before `number`, or with `after` those from it on. */
void trail_prune(const char *dir, uint64_t number, bool after);

#endif
