/*
 * sift - which of some literals stand in a line of JSON, whatever their case.
 *
 * For lines that hardly ever hold one: only every few bytes are looked at, as few
 * as the shortest literal allows, and the line is not folded.  Literals must be such
 * that JSON writes them as they are.
 */
#ifndef SIFT_H
#define SIFT_H

#include "str.h"

struct sift;

struct sift *sift_new(void);
void sift_free(struct sift *);

/* A folded literal that an owner waits for; copied. */
void sift_add(struct sift *, struct str, uint32_t owner);

/* After the last sift_add(); an example of the lines to come tells what is rare in them. */
void sift_ready(struct sift *, struct str line);

/*
 * Call `hit(ctx, owner)` for each whose literal is there, perhaps more than once, and
 * for some whose literal is not.  No character of the line is spelled \u, or folds to
 * ASCII without being that.  False: these literals cannot be searched for like this,
 * and nobody was called.
 */
bool sift_find(const struct sift *, struct str line,
    void (*hit)(void *ctx, uint32_t owner), void *ctx);

/* Is a character spelled \u?  Is there one that folds to ASCII? */
bool sift_spelled(struct str line);
bool sift_folds(struct str line);

#endif
