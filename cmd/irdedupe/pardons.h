/*
 * pardons - what a person has judged to be harmless, and asked not to see again.
 *
 * A verdict false_positive or benign_positive that lists fields in `ir.verdict.scope`
 * mutes alerts which hold in these fields what the verdict holds, to the byte, until
 * `ir.verdict.until`.  A later verdict true_positive of the same scope ends it.
 */
#ifndef PARDONS_H
#define PARDONS_H

#include "mutes.h"

struct pardons;

struct pardons *pardons_new(struct filter_run *);
void pardons_free(struct pardons *);

/* A file of verdicts; other kinds of records are passed over.  False: `e`. */
bool pardons_load(struct pardons *, const char *path, struct err *);

bool pardons_ask(const struct pardons *, struct rec *, int64_t ns, struct muted *);
void pardons_list(const struct pardons *, int64_t now_ns, struct buf *);

#endif
