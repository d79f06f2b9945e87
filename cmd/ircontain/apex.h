/*
 * apex - domains that nobody may block: those that many depend on, public suffixes,
 * our own, and where this system is updated from.
 */
#ifndef APEX_H
#define APEX_H

#include "arena.h"
#include "err.h"
#include "rootfs.h"

struct apex;

/* What holds for a system; in the arena.  NULL (ERR_CONFIG): the shipped list misses. */
struct apex *apex_load(struct arena *, const struct rootfs *, struct err *);

/* Why not, in the arena; absent: it may be.  `name` is canonical. */
struct str apex_why(struct arena *, const struct apex *, struct str name);

#endif
