/*
 * out - buffered output that knows when a reader has gone.
 *
 * EPIPE: SIGPIPE is restored and raised, so the program dies the quiet death
 * whether or not its parent ignored the signal.
 */
#ifndef OUT_H
#define OUT_H

#include "buf.h"
#include "err.h"
#include "str.h"

struct out;

struct out *out_new(int fd);
void out_free(struct out *); /* does not flush */

/* For programs that act: a reader that has gone is an error like any other. */
void out_survive(struct out *);

/* Add bytes, writing when 64 KiB have gathered. */
bool out_add(struct out *, struct str, struct err *);

/* The same with a LF behind. */
bool out_line(struct out *, struct str, struct err *);

/*
 * Where `n` bytes can be written without a copy: at the end of the buffer, with buf_add()
 * and no other call on `out` between.  NULL: more than the buffer holds, or (ERR_SYS)
 * what stood there could not be written.
 */
struct buf *out_room(struct out *, size_t n, struct err *);

/* Write everything.  False: ERR_SYS, "cannot write: No space left on device". */
bool out_flush(struct out *, struct err *);

uint64_t out_bytes(const struct out *); /* added so far */

/* All of `s` to `fd`, over EINTR and short writes. */
bool out_write(int fd, struct str s, struct err *);

#endif
