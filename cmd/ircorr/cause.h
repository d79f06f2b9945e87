/*
 * cause - ir.cause: how the attacker came in, by what weakness, how sure that is and
 * why, and what the records do not show.
 */
#ifndef CAUSE_H
#define CAUSE_H

#include "attack.h"
#include "cover.h"
#include "incident.h"

/* "ir.cause":{...}, behind the members that the buffer has. */
void cause_write(
    const struct incident *, const struct attack *, const struct cover *, struct buf *);

#endif
