/*
 * shelf - an incident as bytes, for the state and to undo a merge.
 */
#ifndef SHELF_H
#define SHELF_H

#include "incident.h"
#include "pack.h"

void shelf_save(const struct incident *, struct buf *);

/* NULL, and u->bad, if it cannot be read. */
struct incident *shelf_load(struct unpack *);

#endif
