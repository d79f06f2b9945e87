#include "pack.h"

/* Seven bits a byte, the lowest first. */
void
pack_u64(struct buf *b, uint64_t v)
{
	for (; v > 0x7f; v >>= 7)
		buf_ch(b, (char)(v | 0x80));
	buf_ch(b, (char)v);
}

/* Small numbers of either sign are short. */
void
pack_i64(struct buf *b, int64_t v)
{
	pack_u64(b, (uint64_t)v << 1 ^ (uint64_t)(v < 0 ? -1 : 0));
}

void
pack_str(struct buf *b, struct str s)
{
	pack_u64(b, s.n);
	buf_add(b, s);
}

uint64_t
unpack_u64(struct unpack *u)
{
	uint64_t v = 0;

	for (unsigned shift = 0; !u->bad && shift < 64 && u->rest.n > 0; shift += 7) {
		unsigned char c = (unsigned char)u->rest.p[0];

		u->rest = str_from(u->rest, 1);
		v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return v;
	}
	u->bad = true;
	return 0;
}

int64_t
unpack_i64(struct unpack *u)
{
	uint64_t v = unpack_u64(u);

	return (int64_t)(v >> 1 ^ (v & 1 ? UINT64_MAX : 0));
}

uint64_t
unpack_max(struct unpack *u, uint64_t max)
{
	uint64_t v = unpack_u64(u);

	if (v <= max)
		return v;
	u->bad = true;
	return 0;
}

struct str
unpack_str(struct unpack *u)
{
	uint64_t n = unpack_u64(u);
	struct str s;

	if (u->bad || n > u->rest.n) {
		u->bad = true;
		return STR("");
	}
	s = str_sub(u->rest, 0, (size_t)n);
	u->rest = str_from(u->rest, (size_t)n);
	return s;
}

void
unpack_into(struct unpack *u, char *to, size_t size)
{
	struct str s = unpack_str(u);

	if (s.n >= size) {
		u->bad = true;
		s.n = 0;
	}
	if (s.n)
		memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

bool
unpack_tag(struct unpack *u, const char *tag)
{
	struct str s = unpack_str(u);

	u->bad |= !str_eq(s, str_of(tag));
	return !u->bad;
}
