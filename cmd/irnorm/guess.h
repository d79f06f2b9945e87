/*
 * guess - what text says in the ways in which most logs say it.
 *
 * A level behind the time, a request in quotes, "from" an address, one address
 * "->" another.  Two answers to one question are none.  All of it is claimed:
 * nothing here is observed.
 */
#ifndef GUESS_H
#define GUESS_H

#include "norm.h"

/* A word such as WARN. */
bool guess_is_level(struct str word);

/* The ends of a flow and a request; whatever is set already stays. */
void guess_text(struct norm *, struct str text);

/*
 * The level behind a time stamp that ends at `at`; returns what stands behind it,
 * the message.
 */
struct str guess_head(struct norm *, struct str text, size_t at);

#endif
