/*
 * derive - what some fields of an event say about others.
 *
 * Nothing that the source said is replaced, but for its spelling.
 */
#ifndef DERIVE_H
#define DERIVE_H

#include "event.h"

/* Set a field that has no value yet. */
void derive_text(struct event *, int field, struct str);
void derive_raw(struct event *, int field, struct str);
void derive_copy(struct event *, int from, int to);

/* url.* of url.original. */
void derive_url(struct event *);

/* network.*: type, protocol number and name, sums, Community ID. */
void derive_network(struct event *, unsigned roles);

/* related.* */
void derive_related(struct event *);

#endif
