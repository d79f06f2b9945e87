/*
 * draft - format files (ir-format(5)) for lines that no format knows.
 *
 * Names and types of the holes are guessed from the words before them and from
 * the values; whoever uses a draft gives them their right names.  A draft holds
 * only rules that match their own samples.
 */
#ifndef DRAFT_H
#define DRAFT_H

#include "unknown.h"

/* The drafts for groups of at least `least` lines, as YAML. */
void draft_write(
    const struct unknown_group *, size_t n, uint64_t least, struct arena *, struct buf *);

#endif
