#include "quotes.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512                                                                    \
	__attribute__((target("avx512f,avx512bw,avx512vl,pclmul,bmi,bmi2,popcnt," \
			      "lzcnt")))

#include "block.h"

/* As in quotes_avx2.c: one bit for each upper half that may stand behind a backslash. */
AVX512 INLINE uint64_t
escaped(struct quotes *q, __m512i v, uint64_t slash)
{
	const __m512i low = _mm512_broadcast_i32x4(
	    _mm_setr_epi8(0, 0, 1 | 4 | 8, 0, 8, -128, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1));
	const __m512i high = _mm512_broadcast_i32x4(
	    _mm_setr_epi8(0, 0, 1, 0, 0, 2, 4, -120, 0, 0, 0, 0, 0, 0, 0, 0));
	__m512i upper = _mm512_and_si512(_mm512_srli_epi16(v, 4), _mm512_set1_epi8(15));
	__m512i kind = _mm512_and_si512(
	    _mm512_shuffle_epi8(low, v), _mm512_shuffle_epi8(high, upper));
	uint64_t behind = block_escaped(slash, &q->escaped);
	uint64_t u = behind & _mm512_movepi8_mask(kind);

	q->bad |= behind & _mm512_testn_epi8_mask(kind, kind);
	if (u)
		block_hex(q, u);
	return behind;
}

AVX512 INLINE void
take(struct quotes *q, __m512i v)
{
	struct block b = {_mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')),
	    _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\')),
	    _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20)), _mm512_movepi8_mask(v)};
	uint64_t quotes = b.quote;
	__m128i in;

	if (b.slash | q->escaped)
		quotes &= ~escaped(q, v, b.slash);
	if (b.high)
		block_utf8(q, q->at, b.high);
	in = _mm_clmulepi64_si128(
	    _mm_set_epi64x(0, (int64_t)quotes), _mm_set1_epi8(-1), 0);
	block_take(q, &b, quotes, (uint64_t)_mm_cvtsi128_si64(in));
}

AVX512 void
quotes_avx512(struct quotes *q)
{
	const char *p = q->text + q->at;

	q->count = 0;
	for (int i = 0; i < QUOTES_WINDOW / QUOTES_BLOCK && q->at + QUOTES_BLOCK <= q->n;
	     i++) {
		take(q, _mm512_loadu_si512((const void *)p));
		p += QUOTES_BLOCK;
	}
	if (q->at < q->n && q->n - q->at < QUOTES_BLOCK)
		take(q, _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '),
			    ((uint64_t)1 << (q->n - q->at)) - 1, (const void *)p));
}

#else

typedef int quotes_avx512_is_for_x86;

#endif
