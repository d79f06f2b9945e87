/*
 * diff - the alerts of one set of rules against those of another.
 */
#ifndef DIFF_H
#define DIFF_H

#include "filter.h"

struct diff;

/* The other set runs as an instance of its own, with these arguments. */
struct diff *diff_new(int argc, char **argv, struct err *);
void diff_free(struct diff *);

/* Take up an event: the old rules see it now. */
void diff_event(struct diff *, struct str line);

/* The new rules made this alert of it; `ctx` is the diff. */
void diff_alert(void *ctx, struct str alert);

/* Write those alerts that one set alone made, with `ir.diff` "gained" or "lost". */
void diff_write(struct diff *, struct filter_run *);

/* All that was gained and lost. */
void diff_totals(const struct diff *, uint64_t *gained, uint64_t *lost);

#endif
