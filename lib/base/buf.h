/*
 * buf - bytes that grow, up to a limit given at birth.
 *
 * What does not fit is dropped whole and `full` is set: write without looking,
 * look once at the end.  With `drain` set, what has gathered is handed to it when it has
 * become BUF_DRAIN bytes and more is to come; it leaves the buffer empty.
 */
#ifndef BUF_H
#define BUF_H

#include "err.h"
#include "str.h"

#define BUF_DRAIN ((size_t)1 << 20)

struct buf {
	char *p;
	size_t n, cap, max;
	bool full;
	void (*drain)(struct buf *); /* or NULL */
	void *to;                    /* for drain() */
};

/* An empty buffer that never holds more than `max` bytes; free with buf_free(). */
struct buf buf_make(size_t max);
void buf_free(struct buf *);

static inline void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->full = false;
}

static inline struct str
buf_str(const struct buf *b)
{
	return (struct str){b->p ? b->p : "", b->n};
}

/* Room for `n` bytes at the end, or NULL (and `full`); then add to `b->n` yourself. */
char *buf_room(struct buf *, size_t n);

/* memcpy() without a call for the short pieces that records are made of. */
static inline void
buf_copy(char *to, const char *p, size_t n)
{
	if (n > 32) {
		memcpy(to, p, n);
	} else if (n >= 16) {
		memcpy(to, p, 16);
		memcpy(to + n - 16, p + n - 16, 16);
	} else if (n >= 8) {
		memcpy(to, p, 8);
		memcpy(to + n - 8, p + n - 8, 8);
	} else if (n >= 4) {
		memcpy(to, p, 4);
		memcpy(to + n - 4, p + n - 4, 4);
	} else if (n) {
		to[0] = p[0];
		to[n / 2] = p[n / 2];
		to[n - 1] = p[n - 1];
	}
}

static inline void
buf_add(struct buf *b, struct str s)
{
	char *p;

	if (s.n && (p = b->cap - b->n >= s.n ? b->p + b->n : buf_room(b, s.n))) {
		memcpy(p, s.p, s.n);
		b->n += s.n;
	}
}

static inline void
buf_ch(struct buf *b, char c)
{
	char *p = b->n < b->cap ? b->p + b->n : buf_room(b, 1);

	if (p) {
		*p = c;
		b->n++;
	}
}

void buf_fmt(struct buf *, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_u64(struct buf *, uint64_t);
void buf_i64(struct buf *, int64_t);

/*
 * The bytes as a JSON string with its quotes: '"', '\', C0 and DEL escaped,
 * bad UTF-8 replaced by U+FFFD (one for each bad byte), all else as it is.
 */
void buf_json(struct buf *, struct str);

/* The same without the quotes, to where BUF_JSON_ROOM(n) bytes are free; returns its length. */
#define BUF_JSON_ROOM(n) (6 * (n) + 16)
size_t buf_json_write(char *to, struct str);

/* Is it ASCII that would stand there as it is? */
bool buf_json_clean(struct str);

/*
 * Length of the well-formed UTF-8 character at the start of `s`, 0 if there
 * is none (RFC 3629: no surrogates, nothing above U+10FFFF, shortest form).
 */
size_t buf_utf8(struct str s);

#endif
