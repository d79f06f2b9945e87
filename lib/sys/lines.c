#include "lines.h"
#include "mem.h"
#include "sha256.h"
#include "zin.h"

#define CHUNK ((size_t)64 * 1024)

struct lines {
	struct zin *zin;
	bool eof;
	size_t max;

	/* bytes that were read: of them `at` to `end` are to be given out, and up to
	 * `seen` there is no LF in them */
	char *p;
	size_t cap, at, seen, end;
	uint64_t base; /* offset of p[at] in the unpacked input */

	/* the line in hand */
	uint64_t number, offset, length;
	bool ended;

	const struct framing *framing; /* NULL: lines */
	const struct framing *(*choose)(const char *name, struct str head);
	const char *name;

	/* an over-long line that is being skipped */
	bool skipping;
	char *head;
	size_t head_n;
	struct sha256 sha;
	uint8_t hash[SHA256_SIZE];
};

struct lines *
lines_new(int fd, size_t max)
{
	struct lines *l = mem_new(1, sizeof(*l));

	l->max = max;
	l->zin = zin_new(fd);
	l->cap = 2 * CHUNK;
	l->p = mem_new(l->cap + LINES_PAD, 1);
	return l;
}

void
lines_free(struct lines *l)
{
	if (!l)
		return;
	zin_free(l->zin);
	mem_free(l->p);
	mem_free(l->head);
	mem_free(l);
}

void
lines_before_read(struct lines *l, void (*wait)(void *ctx), void *ctx)
{
	zin_before_read(l->zin, wait, ctx);
}

void
lines_frames(struct lines *l,
    const struct framing *(*choose)(const char *name, struct str head), const char *name)
{
	l->choose = choose;
	l->name = name;
}

/* Room for another CHUNK behind `end`. */
static void
make_room(struct lines *l)
{
	size_t cap = l->cap + LINES_PAD;

	if (l->cap - l->end >= CHUNK)
		return;
	if (l->at) {
		memmove(l->p, l->p + l->at, l->end - l->at);
		l->seen -= l->at;
		l->end -= l->at;
		l->at = 0;
	}
	if (l->cap - l->end >= CHUNK)
		return;
	l->p = mem_grow(l->p, &cap, l->end + CHUNK + LINES_PAD, 1);
	l->cap = cap - LINES_PAD;
}

/* Read more; also true when the end was reached. */
static bool
fill(struct lines *l, struct err *e)
{
	ptrdiff_t got;

	make_room(l);
	got = zin_read(l->zin, l->p + l->end, l->cap - l->end, e);
	if (got < 0)
		return false;
	l->eof = got == 0;
	l->end += (size_t)got;
	return true;
}

/* Take `n` bytes, and the LF behind them if there is one. */
static struct str
take(struct lines *l, size_t n, bool lf)
{
	struct str s = {l->p + l->at, n};

	l->at += n + lf;
	l->seen = l->at;
	l->base += n + lf;
	l->ended = lf;
	return s;
}

static void
start_skipping(struct lines *l)
{
	l->skipping = true;
	l->head_n = 0;
	l->length = 0;
	l->offset = l->base;
	sha256_init(&l->sha);
	if (!l->head)
		l->head = mem_new(LINES_HEAD + LINES_PAD, 1);
}

/* The next `n` bytes belong to the over-long line. */
static void
skip(struct lines *l, size_t n, bool lf)
{
	struct str s = take(l, n, lf), head = str_sub(s, 0, LINES_HEAD - l->head_n);

	if (head.n)
		memcpy(l->head + l->head_n, head.p, head.n);
	l->head_n += head.n;
	l->length += s.n;
	sha256_add(&l->sha, s);
}

static enum lines_got
end_skipping(struct lines *l, struct str *line)
{
	l->skipping = false;
	l->number++;
	sha256_end(&l->sha, l->hash);
	*line = (struct str){l->head, l->head_n};
	return LINES_LONG;
}

static enum lines_got
whole(struct lines *l, size_t n, bool lf, struct str *line)
{
	l->number++;
	l->offset = l->base;
	l->length = n;
	*line = take(l, n, lf);
	return LINES_LINE;
}

static enum lines_got
next_framed(struct lines *l, struct str *line, struct err *e)
{
	for (;;) {
		struct str have = {l->p + l->at, l->end - l->at};
		size_t n = have.n ? l->framing->next(have, l->eof) : 0;

		if (n > l->max || (n == 0 && have.n > l->max)) {
			start_skipping(l);
			skip(l, n && n < have.n ? n : have.n, false);
			return end_skipping(l, line);
		}
		if (n || (l->eof && have.n))
			return whole(l, n && n < have.n ? n : have.n, false, line);
		if (l->eof)
			return LINES_EOF;
		if (!fill(l, e))
			return LINES_ERROR;
	}
}

enum lines_got
lines_next(struct lines *l, struct str *line, struct err *e)
{
	if (l->choose) {
		if (!fill(l, e))
			return LINES_ERROR;
		l->framing = l->choose(l->name, (struct str){l->p, l->end});
		l->choose = NULL;
	}
	if (l->framing)
		return next_framed(l, line, e);
	for (;;) {
		char *lf = l->end > l->seen
			       ? memchr(l->p + l->seen, '\n', l->end - l->seen)
			       : NULL;
		size_t n = (lf ? (size_t)(lf - l->p) : l->end) - l->at;

		if (!l->skipping && n > l->max)
			start_skipping(l);
		if (l->skipping) {
			skip(l, n, lf != NULL);
			if (lf || l->eof)
				return end_skipping(l, line);
		} else if (lf || (l->eof && n)) {
			return whole(l, n, lf != NULL, line);
		}
		if (l->eof)
			return LINES_EOF;
		l->seen = l->end;
		if (!fill(l, e))
			return LINES_ERROR;
	}
}

uint64_t
lines_number(const struct lines *l)
{
	return l->number;
}

uint64_t
lines_offset(const struct lines *l)
{
	return l->offset;
}

uint64_t
lines_length(const struct lines *l)
{
	return l->length;
}

bool
lines_ended(const struct lines *l)
{
	return l->ended;
}

void
lines_hash(const struct lines *l, uint8_t out[32])
{
	memcpy(out, l->hash, sizeof(l->hash));
}
