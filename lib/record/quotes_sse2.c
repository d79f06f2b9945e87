#include "quotes.h"

#if defined(__x86_64__)

#include <emmintrin.h>

#include "block.h"

/* The four quarters of a block. */
struct quarters {
	__m128i v[4];
};

INLINE uint64_t
mask(__m128i a, __m128i b, __m128i c, __m128i d)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(a) |
	       (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16 |
	       (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 |
	       (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
}

INLINE uint64_t
is(const struct quarters *b, char c)
{
	__m128i x = _mm_set1_epi8(c);

	return mask(_mm_cmpeq_epi8(b->v[0], x), _mm_cmpeq_epi8(b->v[1], x),
	    _mm_cmpeq_epi8(b->v[2], x), _mm_cmpeq_epi8(b->v[3], x));
}

INLINE uint64_t
below(const struct quarters *b, char c)
{
	__m128i x = _mm_set1_epi8((char)(c - 1));

	return mask(_mm_cmpeq_epi8(_mm_min_epu8(b->v[0], x), b->v[0]),
	    _mm_cmpeq_epi8(_mm_min_epu8(b->v[1], x), b->v[1]),
	    _mm_cmpeq_epi8(_mm_min_epu8(b->v[2], x), b->v[2]),
	    _mm_cmpeq_epi8(_mm_min_epu8(b->v[3], x), b->v[3]));
}

/* What stands behind backslashes is looked at one by one: no shuffle before SSSE3. */
INLINE uint64_t
escaped(struct quotes *q, uint64_t slash)
{
	static const char good[] = "\"\\/bfnrtu";
	uint64_t behind = block_escaped(slash, &q->escaped), u = 0;

	for (uint64_t rest = behind; rest; rest &= rest - 1) {
		int i = __builtin_ctzll(rest);
		char c = q->at + (uint32_t)i < q->n ? q->text[q->at + (uint32_t)i] : ' ';

		if (!memchr(good, c, sizeof(good) - 1))
			q->bad = 1;
		if (c == 'u')
			u |= (uint64_t)1 << i;
	}
	if (u)
		block_hex(q, u);
	return behind;
}

INLINE void
take(struct quotes *q, const char *p)
{
	struct quarters v;
	struct block b;
	uint64_t quotes;

	for (int i = 0; i < 4; i++)
		v.v[i] = _mm_loadu_si128((const void *)(p + 16 * i));
	b = (struct block){is(&v, '"'), is(&v, '\\'), below(&v, 0x20),
	    mask(v.v[0], v.v[1], v.v[2], v.v[3])};
	quotes = b.quote;
	if (b.slash | q->escaped)
		quotes &= ~escaped(q, b.slash);
	if (b.high)
		block_utf8(q, q->at, b.high);
	block_take(q, &b, quotes, block_between(quotes));
}

void
quotes_sse2(struct quotes *q)
{
	const char *p = q->text + q->at;

	q->count = 0;
	for (int i = 0; i < QUOTES_WINDOW / QUOTES_BLOCK && q->at + QUOTES_BLOCK <= q->n;
	     i++) {
		take(q, p);
		p += QUOTES_BLOCK;
	}
	if (q->at < q->n && q->n - q->at < QUOTES_BLOCK) {
		char last[QUOTES_BLOCK];

		memset(last, ' ', sizeof(last));
		memcpy(last, p, q->n - q->at);
		take(q, last);
	}
}

#else

typedef int quotes_sse2_is_for_x86;

#endif
