/*
 * needles - which of thousands of literals stand in a text, in one pass over it.
 *
 * Each is found by its four bytes that fewest others share, through a bitmap
 * that sorts out almost all places of the text.
 */
#ifndef NEEDLES_H
#define NEEDLES_H

#include "str.h"

#define NEEDLE_LEAST 4 /* bytes; shorter ones are not taken */

struct needles;

struct needles *needles_new(void);
void needles_free(struct needles *);

/* The number of a literal, counted from 0; the same for the same one.  It is borrowed. */
uint32_t needles_add(struct needles *, struct str);
size_t needles_count(const struct needles *);

/* Build the tables; after the last needles_add(). */
void needles_ready(struct needles *);

/* Call `hit(ctx, number)` for each place where one stands. */
void needles_find(const struct needles *, struct str text,
    void (*hit)(void *ctx, uint32_t number), void *ctx);

#endif
