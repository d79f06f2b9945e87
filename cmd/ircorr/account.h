/*
 * account - an incident as a record: what happened, in fields and in words.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "judge.h"

/* The record, without LF; `explain` adds ir.why. */
void account_write(
    const struct incident *, const struct attack *, bool explain, struct buf *);

/* ir.incident.title and ir.incident.method. */
void account_title(const struct incident *, const struct attack *, struct buf *);
void account_method(const struct incident *, const struct attack *, struct buf *);

#endif
