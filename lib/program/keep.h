/*
 * keep - what a filter knows, kept in a directory over runs and crashes.
 *
 * A snapshot at marks and at the end; of filters that tell what changed also a journal
 * behind it, which becomes a snapshot when it has grown to the size of one.  Nothing is
 * kept that says more than what was put out.
 */
#ifndef KEEP_H
#define KEEP_H

#include "instance.h"

struct keep;

/*
 * Take the directory of --state or $STATE_DIRECTORY and hand the filter what is in it
 * ($IR_RESTORE: of that number).  False: `e`.  *k is NULL where nothing is kept.
 */
bool keep_open(struct keep **k, struct filter_run *, struct err *);
void keep_close(struct keep *);

/* A snapshot of the state as it is; `number` 0: one more than the last. */
void keep_save(struct keep *, uint64_t number);

/* Write down what changed since this was called last; output was flushed before. */
void keep_changes(struct keep *);

#endif
