/*
 * lines - a stream of lines, whatever their length and packing.
 *
 * Reads what is there and hands out whole lines; the callback runs before each
 * read(2), which is where output is flushed, so that nothing waits in a buffer
 * while the program waits for input.
 */
#ifndef LINES_H
#define LINES_H

#include "err.h"
#include "str.h"

/* Readable bytes behind every line: block-wise scanners run over the end. */
#define LINES_PAD 64

enum lines_got {
	LINES_EOF,
	LINES_LINE,
	LINES_LONG,  /* longer than the limit: `line` is its first LINES_HEAD bytes */
	LINES_ERROR, /* `e` says why; lines that were whole came before */
};

#define LINES_HEAD ((size_t)64 * 1024)

struct lines;

/* Lines of more than `max` bytes are LINES_LONG.  The descriptor stays the caller's. */
struct lines *lines_new(int fd, size_t max);
void lines_free(struct lines *);

/* Call `wait(ctx)` before each read(2). */
void lines_before_read(struct lines *, void (*wait)(void *ctx), void *ctx);

/* An input of records that are no lines. */
struct framing {
	/* Bytes of the record at the start, with what ends it; 0: more is needed. */
	size_t (*next)(struct str have, bool eof);
};

/*
 * Ask once, with the first bytes that were read, whether the input is framed;
 * NULL: it is lines.  A framed record is handed out whole, with what ends it.
 */
void lines_frames(struct lines *,
    const struct framing *(*choose)(const char *name, struct str head), const char *name);

/*
 * The next line without its LF (a CR before it stays: it is part of the bytes).
 * Borrowed until the next call.  A last line without LF counts.
 */
enum lines_got lines_next(struct lines *, struct str *line, struct err *);

/* Of the line last returned: its number from 1; its first byte's offset in the
 * unpacked input; its length, also of a long one; was there an LF at its end. */
uint64_t lines_number(const struct lines *);
uint64_t lines_offset(const struct lines *);
uint64_t lines_length(const struct lines *);
bool lines_ended(const struct lines *);

/* SHA-256 of the whole of a LINES_LONG line. */
void lines_hash(const struct lines *, uint8_t out[32]);

#endif
