/*
 * crew - lines normalised by several threads; events leave in the order of the lines.
 *
 * Lines are collected into parts of one input.  A part is begun with what was
 * known of its input some parts ago; when its turn comes to leave, and it
 * turns out that something else was known by then and mattered, it is done
 * anew.  So the events are those that one thread would have made.
 */
#ifndef CREW_H
#define CREW_H

#include "norm.h"

struct crew;

/* One event, and what no format knew of its line (or absent). */
typedef void crew_event(void *ctx, struct str event, struct str unknown);

/* The norm stays the caller's, whose thread works as well: `jobs` - 1 threads are started. */
struct crew *crew_new(struct norm *, size_t jobs, crew_event *, void *ctx);

/* Before the origins and the norm. */
void crew_free(struct crew *);

/* Take a line, copied; events of earlier ones may leave.  False: no thread could start. */
bool crew_line(struct crew *, struct origin *, const struct norm_line *);

/* Let everything leave. */
void crew_drain(struct crew *);

#endif
