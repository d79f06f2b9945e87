/*
 * evtx - the binary event logs of Windows, as a line of XML an event.
 *
 * A file is a header and chunks of 64 KiB, each of which explains itself, so it is read
 * as a stream, from a pipe as well.  What an event cannot be read of leaves as a line
 * with its number.  Work and text of one event are bounded: templates may refer to
 * one another at will.
 */
#ifndef EVTX_H
#define EVTX_H

#include "buf.h"
#include "str.h"

struct evtx;

#define EVTX_MAGIC "ElfFile" /* and a NUL */

struct evtx *evtx_new(void);
void evtx_free(struct evtx *);

/* Take bytes of the file; how many were taken.  0: events must leave first. */
size_t evtx_feed(struct evtx *, struct str bytes);

/* No more bytes will come: what there is of a chunk is all. */
void evtx_end(struct evtx *);

/* Write the next event and its LF behind what `out` has; false: feed more. */
bool evtx_next(struct evtx *, struct buf *out);

#endif
