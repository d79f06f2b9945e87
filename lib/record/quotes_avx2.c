#include "quotes.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,pclmul,bmi,bmi2,popcnt,lzcnt")))

#include "block.h"

/* Both halves of a block. */
struct halves {
	__m256i lo, hi;
};

AVX2 INLINE uint64_t
mask(__m256i lo, __m256i hi)
{
	return (uint32_t)_mm256_movemask_epi8(lo) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(hi) << 32;
}

AVX2 INLINE uint64_t
is(const struct halves *h, char c)
{
	__m256i v = _mm256_set1_epi8(c);

	return mask(_mm256_cmpeq_epi8(h->lo, v), _mm256_cmpeq_epi8(h->hi, v));
}

AVX2 INLINE uint64_t
below(const struct halves *h, char c)
{
	__m256i v = _mm256_set1_epi8((char)(c - 1));

	return mask(_mm256_cmpeq_epi8(_mm256_min_epu8(h->lo, v), h->lo),
	    _mm256_cmpeq_epi8(_mm256_min_epu8(h->hi, v), h->hi));
}

/*
 * What may stand behind a backslash: one bit for each upper half of a byte that
 * does ('"' and '/', '\\', 'b' 'f' 'n', 'r' 't', and the sign bit for 'u').
 */
AVX2 INLINE __m256i
escape(__m256i v)
{
	const __m256i low = _mm256_broadcastsi128_si256(
	    _mm_setr_epi8(0, 0, 1 | 4 | 8, 0, 8, -128, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1));
	const __m256i high = _mm256_broadcastsi128_si256(
	    _mm_setr_epi8(0, 0, 1, 0, 0, 2, 4, -120, 0, 0, 0, 0, 0, 0, 0, 0));
	__m256i upper = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));

	/* A byte above 0x7f gets 0 from the first table, as it must. */
	return _mm256_and_si256(
	    _mm256_shuffle_epi8(low, v), _mm256_shuffle_epi8(high, upper));
}

AVX2 INLINE uint64_t
escaped(struct quotes *q, const struct halves *h, uint64_t slash)
{
	uint64_t behind = block_escaped(slash, &q->escaped);
	__m256i lo = escape(h->lo), hi = escape(h->hi), zero = _mm256_setzero_si256();
	uint64_t u = behind & mask(lo, hi);

	q->bad |= behind & mask(_mm256_cmpeq_epi8(lo, zero), _mm256_cmpeq_epi8(hi, zero));
	if (u)
		block_hex(q, u);
	return behind;
}

AVX2 INLINE void
take(struct quotes *q, const struct halves *h)
{
	struct block b = {is(h, '"'), is(h, '\\'), below(h, 0x20), mask(h->lo, h->hi)};
	uint64_t quotes = b.quote;
	__m128i in;

	if (b.slash | q->escaped)
		quotes &= ~escaped(q, h, b.slash);
	if (b.high)
		block_utf8(q, q->at, b.high);
	in = _mm_clmulepi64_si128(
	    _mm_set_epi64x(0, (int64_t)quotes), _mm_set1_epi8(-1), 0);
	block_take(q, &b, quotes, (uint64_t)_mm_cvtsi128_si64(in));
}

AVX2 void
quotes_avx2(struct quotes *q)
{
	const char *p = q->text + q->at;
	struct halves h;

	q->count = 0;
	for (int i = 0; i < QUOTES_WINDOW / QUOTES_BLOCK && q->at + QUOTES_BLOCK <= q->n;
	     i++) {
		h.lo = _mm256_loadu_si256((const void *)p);
		h.hi = _mm256_loadu_si256((const void *)(p + 32));
		take(q, &h);
		p += QUOTES_BLOCK;
	}
	if (q->at < q->n && q->n - q->at < QUOTES_BLOCK) {
		char last[QUOTES_BLOCK];

		memset(last, ' ', sizeof(last));
		memcpy(last, p, q->n - q->at);
		h.lo = _mm256_loadu_si256((const void *)last);
		h.hi = _mm256_loadu_si256((const void *)(last + 32));
		take(q, &h);
	}
}

#else

typedef int quotes_avx2_is_for_x86;

#endif
