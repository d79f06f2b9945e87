/*
 * tome - what is known of a site as JSON lines, and back.
 *
 * A header, one line for each thing that is known, in an order that does not depend on
 * how it came to be known, and an end with the SHA-256 of all before it.  What is read
 * is added to what is there: exact counts, sketches, sums over epochs and hours are
 * sums, distinct counts unions, so models add up the same in whatever order.
 */
#ifndef TOME_H
#define TOME_H

#include "habit.h"

#define TOME_FORMAT  "irlearn-model"
#define TOME_VERSION 3
#define TOME_OLDEST  2 /* without spans that can be taken out again */

void tome_write(struct habit *, struct buf *);

/* False: ERR_CONFIG, NAME:LINE. */
bool tome_read(struct habit *, struct str text, const char *name, struct err *);

/* Forget what is kept under a word: a host, a user, a program ...  How many keys. */
size_t tome_forget(struct habit *, struct str word);

/* The model card, in Markdown. */
void tome_card(const struct habit *, struct buf *);

#endif
