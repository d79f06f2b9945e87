/*
 * graph - ircorr --graph: incidents as pictures and as Attack Flows.
 *
 * Reads what ircorr writes; records that ircorr has not yet seen go through it first.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include "settings.h"

/* Do the arguments ask for a graph?  Errors in them are somebody else's to tell. */
bool graph_asked(const struct opt *own, int argc, char **argv);

/* The functions of a report. */
void *graph_open(struct filter_run *, void *set, struct err *);
enum filter_do graph_step(
    void *state, struct filter_run *, struct rec *, struct str line, struct err *);
void graph_end(void *state, struct filter_run *);
void graph_close(void *state);

#endif
