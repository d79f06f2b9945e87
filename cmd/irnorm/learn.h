/*
 * learn - what --learn does with lines that no format knows.
 */
#ifndef LEARN_H
#define LEARN_H

#include "norm.h"
#include "unknown.h"

/* Keep the line that was just read, if it is one of those. */
void learn_keep(struct unknown *, const struct norm *, struct str line);

/* Draft formats for the templates that recur, as YAML. */
void learn_drafts(struct unknown *, struct arena *, struct buf *);

#endif
