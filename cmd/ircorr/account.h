/*
 * account - an incident as a record: what happened, in fields and in words.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "cover.h"
#include "judge.h"

/* The record, without LF, added to the buffer; `explain` adds ir.why, `scratch` is for words. */
void account_write(const struct incident *, const struct attack *, const struct cover *,
    bool explain, struct buf *scratch, struct buf *);

/* The record of an event: `other` was merged into, or split off from, the incident. */
void account_event(
    const struct incident *, const struct incident *other, bool merged, struct buf *);

/* The acts in order of time, as their places in the list; returns how many. */
size_t account_order(const struct incident *, uint8_t order[INCIDENT_MAX]);

/* ir.incident.title and ir.incident.method. */
void account_title(const struct incident *, const struct attack *, struct buf *);
void account_method(const struct incident *, const struct attack *, struct buf *);

#endif
