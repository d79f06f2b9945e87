#include <stdarg.h>
#include <stdio.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "buf.h"
#include "mem.h"
#include "spread.h"

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
	if (b->drain && b->n >= BUF_DRAIN)
		b->drain(b);
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
	char t[20], *p = str_digits(t + sizeof(t), v);

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

/* Bit i: byte i of sixteen has to be looked at. */
static inline unsigned
look_at(const char *p)
{
#if defined(__SSE2__)
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i bad = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)); /* and what is not ASCII */

	bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
	bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
	bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
	return (unsigned)_mm_movemask_epi8(bad);
#else
	unsigned bits = 0;

	for (unsigned i = 0; i < 16; i++)
		bits |= (unsigned)(escape[(unsigned char)p[i]] != 0) << i;
	return bits;
#endif
}

/* Less than sixteen bytes, put together of pieces that overlap. */
static bool
clean_short(struct str s)
{
	char all[16];

	if (s.n >= 8) {
		memcpy(all, s.p, 8);
		memcpy(all + 8, s.p + s.n - 8, 8);
		return !look_at(all);
	}
	if (s.n >= 4) {
		memcpy(all, s.p, 4);
		memcpy(all + 4, s.p + s.n - 4, 4);
		memcpy(all + 8, all, 8);
		return !look_at(all);
	}
	for (size_t i = 0; i < s.n; i++)
		if (escape[(unsigned char)s.p[i]])
			return false;
	return true;
}

bool
buf_json_clean(struct str s)
{
	if (s.n < 16)
		return clean_short(s);
	for (size_t i = 0; i + 16 <= s.n; i += 16)
		if (look_at(s.p + i))
			return false;
	return !look_at(s.p + s.n - 16);
}

/* The character at the start of `s`; returns how many bytes it was. */
static size_t
json_char(char **to, struct str s)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char c = (unsigned char)s.p[0];
	size_t n = 1;
	char *p = *to;

	switch (escape[c]) {
	case 0:
		*p++ = (char)c;
		break;
	case 1:
		memcpy(p, "\\u00", 4);
		p[4] = hex[c >> 4];
		p[5] = hex[c & 15];
		p += 6;
		break;
	case 2:
		n = buf_utf8(s);
		memcpy(p, n ? s.p : "\xef\xbf\xbd", n ? n : 3);
		p += n ? n : 3;
		n = n ? n : 1;
		break;
	default:
		*p++ = '\\';
		*p++ = escape[c];
		break;
	}
	*to = p;
	return n;
}

/* Sixteen bytes of which `bits` have to be looked at; returns how many were done. */
static inline size_t
json_piece(char **to, struct str s, unsigned bits)
{
	size_t from = 0;
	char *p = *to;

	/* what stands before each of them is copied with what is behind it */
	for (; bits; bits &= bits - 1) {
		size_t at = (size_t)__builtin_ctz(bits);
		char c = escape[(unsigned char)s.p[at]];

		memcpy(p, s.p + from, 16);
		p += at - from;
		if (c <= 2) {
			*to = p;
			return at + json_char(to, str_from(s, at));
		}
		p[0] = '\\';
		p[1] = c;
		p += 2;
		from = at + 1;
	}
	memcpy(p, s.p + from, 16);
	*to = p + (16 - from);
	return 16;
}

size_t
buf_json_write(char *to, struct str s)
{
	bool fast = spread_here();
	char *p = to;

	for (size_t n; s.n >= SPREAD_BLOCK; s = str_from(s, n))
		if (!fast || !(n = spread(&p, s)))
			n = json_piece(&p, s, look_at(s.p));
	while (s.n) {
		size_t n = s.n < 16 ? s.n : 16, i = 0;

		if (n == 16 && !look_at(s.p)) {
			memcpy(p, s.p, 16);
			i = 16;
			p += 16;
		}
		while (i < n)
			if (!escape[(unsigned char)s.p[i]])
				*p++ = s.p[i++];
			else
				i += json_char(&p, str_from(s, i));
		s = str_from(s, i);
	}
	return (size_t)(p - to);
}

#define PIECE 4096 /* of a text, so that not six times its length must be free */

/* Near the limit: byte by byte, as far as it goes. */
static void
json_tight(struct buf *b, struct str s)
{
	char room[BUF_JSON_ROOM(4)], *p;

	for (size_t n; s.n; s = str_from(s, n)) {
		p = room;
		n = json_char(&p, s);
		buf_add(b, (struct str){room, (size_t)(p - room)});
	}
}

#define SHORT 64 /* most values are, and need no escapes */

void
buf_json(struct buf *b, struct str s)
{
	char *to;

	if (s.n <= SHORT && buf_json_clean(s) && (to = buf_room(b, s.n + 2))) {
		to[0] = '"';
		buf_copy(to + 1, s.p, s.n);
		to[s.n + 1] = '"';
		b->n += s.n + 2;
		return;
	}
	buf_ch(b, '"');
	while (s.n) {
		struct str part = str_sub(s, 0, PIECE);
		size_t room;

		/* not through a character */
		while (part.n < s.n && part.n > PIECE - 4 && (s.p[part.n] & 0xc0) == 0x80)
			part.n--;
		room = BUF_JSON_ROOM(part.n);
		if (b->max - b->n < room)
			json_tight(b, part);
		else if (b->cap - b->n >= room || buf_room(b, room))
			b->n += buf_json_write(b->p + b->n, part);
		s = str_from(s, part.n);
	}
	buf_ch(b, '"');
}
