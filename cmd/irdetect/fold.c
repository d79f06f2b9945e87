/* Case folding: ASCII at memory speed, the rest by a table of runs. */
#include "fold.h"

#include "buf.h"

struct run {
	uint32_t first, last;
	uint8_t step;
	int32_t add;
};

static const struct run runs[] = {
#include "fold_table.inc"
};

uint32_t
fold_char(uint32_t c)
{
	size_t lo = 0, hi = sizeof(runs) / sizeof(runs[0]);

	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c > runs[mid].last)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == sizeof(runs) / sizeof(runs[0]) || c < runs[lo].first ||
	    (c - runs[lo].first) % runs[lo].step != 0)
		return c;
	return c + (uint32_t)runs[lo].add;
}

/* The code point of a well-formed character of `n` bytes. */
static uint32_t
decode(const unsigned char *p, size_t n)
{
	switch (n) {
	case 1:
		return p[0];
	case 2:
		return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
	case 3:
		return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	default:
		return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 |
		       (p[3] & 0x3Fu);
	}
}

static char *
encode(char *o, uint32_t c)
{
	if (c < 0x80) {
		*o++ = (char)c;
	} else if (c < 0x800) {
		*o++ = (char)(0xC0 | c >> 6);
		*o++ = (char)(0x80 | (c & 0x3F));
	} else if (c < 0x10000) {
		*o++ = (char)(0xE0 | c >> 12);
		*o++ = (char)(0x80 | (c >> 6 & 0x3F));
		*o++ = (char)(0x80 | (c & 0x3F));
	} else {
		*o++ = (char)(0xF0 | c >> 18);
		*o++ = (char)(0x80 | (c >> 12 & 0x3F));
		*o++ = (char)(0x80 | (c >> 6 & 0x3F));
		*o++ = (char)(0x80 | (c & 0x3F));
	}
	return o;
}

/* Folding can make a character of two bytes one of three, hence the room. */
static struct str
fold_wide(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + s.n / 2 + 4), *o = out;
	size_t at = 0;

	while (at < s.n) {
		unsigned char c = (unsigned char)s.p[at];
		size_t n;

		if (c < 0x80) {
			*o++ = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
			at++;
			continue;
		}
		n = buf_utf8(str_from(s, at));
		if (n == 0) {
			*o++ = s.p[at++];
			continue;
		}
		o = encode(o, fold_char(decode((const unsigned char *)s.p + at, n)));
		at += n;
	}
	return (struct str){out, (size_t)(o - out)};
}

#define EACH UINT64_C(0x0101010101010101)

static uint64_t
load(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* The top bit of each of eight bytes that is one of A to Z. */
static uint64_t
capitals(uint64_t w)
{
	uint64_t low = w & EACH * 0x7F;

	return (low + EACH * (0x80 - 'A')) & ~(low + EACH * (0x7F - 'Z')) & ~w &
	       EACH * 0x80;
}

struct str
fold(struct arena *a, struct str s)
{
	uint64_t upper = 0, high = 0;
	size_t whole = s.n & ~(size_t)7, i;
	char *out;

	for (i = 0; i < whole; i += 8) {
		uint64_t w = load(s.p + i);

		upper |= capitals(w);
		high |= w;
	}
	for (; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		upper |= (unsigned char)(c - 'A') < 26;
		high |= c;
	}
	if (high & EACH * 0x80)
		return fold_wide(a, s);
	if (!upper)
		return s;
	out = arena_alloc(a, s.n);
	for (i = 0; i < whole; i += 8) {
		uint64_t w = load(s.p + i);

		w |= capitals(w) >> 2;
		memcpy(out + i, &w, sizeof(w));
	}
	for (; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		out[i] = (char)(c | ((unsigned char)(c - 'A') < 26 ? 0x20 : 0));
	}
	return (struct str){out, s.n};
}
