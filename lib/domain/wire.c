#include "wire.h"

void
wire_put_u8(struct buf *b, uint8_t v)
{
	buf_ch(b, (char)v);
}

void
wire_put_i64(struct buf *b, int64_t v)
{
	uint64_t u = (uint64_t)v;

	for (int i = 0; i < 8; i++)
		buf_ch(b, (char)(u >> (8 * i)));
}

void
wire_put_str(struct buf *b, struct str s)
{
	wire_put_i64(b, (int64_t)s.n);
	buf_add(b, s);
}

bool
wire_u8(struct str *in, uint8_t *v)
{
	if (in->n < 1)
		return false;
	*v = (uint8_t)in->p[0];
	*in = str_from(*in, 1);
	return true;
}

bool
wire_i64(struct str *in, int64_t *v)
{
	uint64_t u = 0;

	if (in->n < 8)
		return false;
	for (int i = 0; i < 8; i++)
		u |= (uint64_t)(uint8_t)in->p[i] << (8 * i);
	*v = (int64_t)u;
	*in = str_from(*in, 8);
	return true;
}

bool
wire_str(struct str *in, size_t max, struct str *s)
{
	struct str rest = *in;
	int64_t n;

	if (!wire_i64(&rest, &n) || n < 0 || (uint64_t)n > max || (uint64_t)n > rest.n)
		return false;
	*s = str_sub(rest, 0, (size_t)n);
	*in = str_from(rest, (size_t)n);
	return true;
}
