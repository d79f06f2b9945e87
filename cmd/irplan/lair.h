/*
 * lair - what a path says about the file that lies there.
 */
#ifndef LAIR_H
#define LAIR_H

#include "arena.h"

/* What kind of persistence a file is ("cron"), or absent. */
struct str lair_kind(struct str path);

/* Where the system keeps its own files: nothing is taken from there on a guess. */
bool lair_system(struct str path);

/* Whose home does it lie in ("/root/.ssh/x", "/home/NAME/x")?  Empty: in nobody's. */
struct str lair_owner(struct str path);

/* The directory that it lies in; empty: none but the root. */
struct str lair_above(struct arena *, struct str path);

#endif
