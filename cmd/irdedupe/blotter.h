/*
 * blotter - every record that was muted or folded, with the rule that did it.
 *
 * The record's own bytes with the kind `muted` and `ir.mute.*`: to the file given, else
 * with --explain to the output; else nowhere, and --stats counts them.
 */
#ifndef BLOTTER_H
#define BLOTTER_H

#include "mutes.h"

struct blotter;

/* `path` may be NULL; a file is added to.  NULL: `e`. */
struct blotter *blotter_new(struct filter_run *, const char *path, struct err *);
void blotter_free(struct blotter *);

bool blotter_wanted(const struct blotter *);
void blotter_add(struct blotter *, struct rec *, const struct muted *);
void blotter_flush(struct blotter *);

#endif
