/*
 * sift - may any of some literals stand in a line, whatever its case.
 *
 * For lines of JSON that hardly ever hold one: only every few bytes are looked at, as
 * few as the shortest literal allows, and the line is not folded.  Yes may be wrong, no
 * never is, whatever the line's escapes stand for; literals are such that JSON writes
 * them as they are.
 */
#ifndef SIFT_H
#define SIFT_H

#include "str.h"

struct sift;

struct sift *sift_new(void);
void sift_free(struct sift *);

/* A folded literal; copied. */
void sift_add(struct sift *, struct str);

/* After the last sift_add(). */
void sift_ready(struct sift *);

bool sift_may(const struct sift *, struct str line);

#endif
