#include <stdarg.h>
#include <stdio.h>

#include "buf.h"
#include "mem.h"

struct buf
buf_make(size_t max)
{
	return (struct buf){.max = max};
}

void
buf_free(struct buf *b)
{
	mem_free(b->p);
	*b = (struct buf){.max = b->max};
}

char *
buf_room(struct buf *b, size_t n)
{
	if (n > b->max || b->n > b->max - n) {
		b->full = true;
		return NULL;
	}
	if (b->n + n > b->cap) {
		b->p = mem_grow(b->p, &b->cap, b->n + n < 256 ? 256 : b->n + n, 1);
		if (b->cap > b->max)
			b->cap = b->max;
	}
	return b->p + b->n;
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0 && (p = buf_room(b, (size_t)n + 1))) {
		vsnprintf(p, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void
buf_u64(struct buf *b, uint64_t v)
{
	char t[20], *p = t + sizeof(t);

	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	buf_add(b, (struct str){p, (size_t)(t + sizeof(t) - p)});
}

void
buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_ch(b, '-');
	buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

size_t
buf_utf8(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n;

	if (s.n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || s.n < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* 0: as it is; 1: \u00XX; 2: look closer (not ASCII); else the letter after '\'. */
/* clang-format off */
#define TWO 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2
static const char escape[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 'b', 't', 'n', 1, 'f', 'r', 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    0, 0, '"', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\\', 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    TWO, TWO, TWO, TWO, TWO, TWO, TWO, TWO,
};
/* clang-format on */

static size_t
json_piece(struct buf *b, struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.p[i];
	size_t n;

	switch (escape[c]) {
	case 1:
		buf_fmt(b, "\\u%04x", c);
		return 1;
	case 2:
		n = buf_utf8(str_from(s, i));
		buf_add(b, n ? str_sub(s, i, n) : STR("\xef\xbf\xbd"));
		return n ? n : 1;
	default:
		buf_ch(b, '\\');
		buf_ch(b, escape[c]);
		return 1;
	}
}

void
buf_json(struct buf *b, struct str s)
{
	size_t i = 0;

	buf_ch(b, '"');
	while (i < s.n) {
		size_t from = i;

		while (i < s.n && !escape[(unsigned char)s.p[i]])
			i++;
		if (i > from)
			buf_add(b, str_sub(s, from, i - from));
		if (i < s.n)
			i += json_piece(b, s, i);
	}
	buf_ch(b, '"');
}
