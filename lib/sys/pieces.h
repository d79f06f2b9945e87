/*
 * pieces - a file of lines that is read a megabyte or so at a time.
 *
 * For files of our own that may be longer than memory; lines of any length.
 */
#ifndef PIECES_H
#define PIECES_H

#include "err.h"
#include "str.h"

#define PIECES_PAD 128 /* zero bytes behind each piece */

struct pieces;

/* NULL: ERR_CONFIG. */
struct pieces *pieces_open(const char *path, struct err *);
void pieces_close(struct pieces *);

/*
 * Whole lines with their LF (the file's last one may lack it); borrowed until the next
 * call.  Absent at the end, and with `e` where it cannot be read.
 */
struct str pieces_lines(struct pieces *, struct err *);

/* The bytes that come next, wherever lines end; likewise. */
struct str pieces_bytes(struct pieces *, struct err *);

#endif
