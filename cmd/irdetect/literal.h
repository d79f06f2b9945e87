/*
 * literal - which of thousands of literals a text may hold, in one pass over it.
 *
 * Answers are candidates: every owner whose literal is there is named, and some
 * whose literal is not may be; the caller looks closer.
 */
#ifndef LITERAL_H
#define LITERAL_H

#include "pattern.h"

struct literals;

struct literals *literals_new(void);
void literals_free(struct literals *);

/* A text that an owner waits for, borrowed; not for PATTERN_ANY, nor an empty text. */
void literals_add(struct literals *, enum pattern_kind, struct str text, uint32_t owner);

/* Build the tables; after the last literals_add(). */
void literals_ready(struct literals *);

/* Call `hit(ctx, owner)` for each candidate, perhaps more than once. */
void literals_find(const struct literals *, struct str text,
    void (*hit)(void *ctx, uint32_t owner), void *ctx);

#endif
