/*
 * draw - graphs of incidents in the languages of others.
 *
 * What comes from records is foreign: no markup, directive or character that cannot be
 * seen comes of it.  A label's line has at most DRAW_LINE characters.
 */
#ifndef DRAW_H
#define DRAW_H

#include "flow.h"

#define DRAW_LINE 100

/* One digraph with a cluster an incident; begin and end stand around all of them. */
void dot_begin(struct buf *);
void dot_incident(struct buf *, const struct flow *, size_t no);
void dot_end(struct buf *);

/* One flowchart with a subgraph an incident. */
void mermaid_begin(struct buf *);
void mermaid_incident(struct buf *, const struct flow *, size_t no);

/* One bundle of STIX 2.1 with an Attack Flow, a line. */
void attackflow_incident(struct buf *, const struct flow *, const struct attack *);

/* The beginning of a text, at most DRAW_LINE characters, spelled out for people. */
void draw_shown(struct buf *, struct str);

/* Is the edge news?  The source, host or account that the step before had, too, is not. */
bool draw_news(const struct flow *, const struct flow_edge *);

/* "12 things, 3 steps and 40 edges left out", or nothing. */
void draw_left_out(struct buf *, const struct flow *);

#endif
