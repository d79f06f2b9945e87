/*
 * snip - lines taken out of text files of a system, and put back in their places.
 *
 * A line may have another one put in its place meanwhile (a group without one
 * member).  All other bytes of a file stay as they are.
 */
#ifndef SNIP_H
#define SNIP_H

#include "buf.h"
#include "node.h"
#include "rootfs.h"

#define SNIPS_MAX  64
#define SNIP_BYTES ((size_t)64 << 20) /* longest file */

struct snip {
	struct str path, text;
	struct str now; /* stands in its place meanwhile; absent: nothing does */
	int64_t nth;    /* which line it was, from 0 */
	bool bare;      /* the last one, without a line feed */
};

/* Those of one file stand together, by their number. */
struct snips {
	struct snip v[SNIPS_MAX];
	size_t n;
};

/* Take them out, or put them back; what is so already is no error. */
bool snips_take(
    const struct rootfs *, struct arena *, const struct snips *, struct err *);
bool snips_give(
    const struct rootfs *, struct arena *, const struct snips *, struct err *);

/* Are all of them out?  1 yes, 0 no, -1 cannot say. */
int snips_out(const struct rootfs *, struct arena *, const struct snips *);

/* As a JSON list, and back.  False: the list has none, or not what snips_write() made. */
void snips_write(const struct snips *, struct buf *);
bool snips_read(struct arena *, const struct node *, struct snips *);

#endif
