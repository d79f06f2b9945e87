#include "block.h"
#include "buf.h"

void
block_hex(struct quotes *q, uint64_t u)
{
	q->literal = false;
	for (; u; u &= u - 1) {
		const char *p = q->text + q->at + __builtin_ctzll(u) + 1;

		for (int i = 0; i < 4; i++) {
			unsigned c = (unsigned char)p[i];

			if (c - '0' > 9 && (c | 0x20) - 'a' > 5)
				q->bad = 1;
		}
	}
}

void
block_utf8(struct quotes *q, uint32_t at, uint64_t high)
{
	q->ascii = false;
	for (; high; high &= high - 1) {
		uint32_t i = at + (uint32_t)__builtin_ctzll(high);
		size_t n;

		if (i < q->utf8 || i >= q->n)
			continue;
		n = buf_utf8((struct str){q->text + i, q->n - i});
		if (n == 0)
			q->bad = 1;
		q->utf8 = i + (n ? (uint32_t)n : 1);
	}
}
