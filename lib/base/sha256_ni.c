#include "sha256_k.h"
#include "sha256_ni.h"

#define BLOCK 64

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define SHA    __attribute__((target("sha,sse4.1,ssse3")))
#define INLINE static inline __attribute__((always_inline))

/* The instructions want the words of the state in this order. */
struct state {
	__m128i abef, cdgh;
};

/* A block on its way: the last sixteen words of its schedule. */
struct block {
	struct state s;
	__m128i w[4];
};

SHA INLINE struct state
load(const uint32_t h[8])
{
	__m128i abcd = _mm_loadu_si128((const __m128i *)(const void *)h);
	__m128i efgh = _mm_loadu_si128((const __m128i *)(const void *)(h + 4));
	__m128i badc = _mm_shuffle_epi32(abcd, 0xb1);
	__m128i hgfe = _mm_shuffle_epi32(efgh, 0x1b);

	return (struct state){
	    _mm_alignr_epi8(badc, hgfe, 8), _mm_blend_epi16(hgfe, badc, 0xf0)};
}

SHA INLINE void
store(uint32_t h[8], struct state s)
{
	__m128i feba = _mm_shuffle_epi32(s.abef, 0x1b);
	__m128i dchg = _mm_shuffle_epi32(s.cdgh, 0xb1);

	_mm_storeu_si128((__m128i *)(void *)h, _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((__m128i *)(void *)(h + 4), _mm_alignr_epi8(dchg, feba, 8));
}

SHA INLINE void
start(struct block *b, struct state s, const uint8_t *p)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

	b->s = s;
	for (int i = 0; i < 4; i++)
		b->w[i] = _mm_shuffle_epi8(
		    _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i)),
		    big_endian);
}

/* Rounds 4 * i to 4 * i + 3. */
SHA INLINE void
rounds(struct block *b, int i)
{
	__m128i *w = b->w, wk;

	if (i >= 4) {
		__m128i older = _mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]);
		__m128i seven = _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4);

		w[i & 3] = _mm_sha256msg2_epu32(
		    _mm_add_epi32(older, seven), w[(i + 3) & 3]);
	}
	wk = _mm_add_epi32(
	    w[i & 3], _mm_load_si128((const __m128i *)(const void *)&sha256_k[4 * i]));
	b->s.cdgh = _mm_sha256rnds2_epu32(b->s.cdgh, b->s.abef, wk);
	b->s.abef = _mm_sha256rnds2_epu32(
	    b->s.abef, b->s.cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

SHA INLINE struct state
sum(struct state a, struct state b)
{
	return (struct state){
	    _mm_add_epi32(a.abef, b.abef), _mm_add_epi32(a.cdgh, b.cdgh)};
}

SHA void
sha256_ni_one(uint32_t h[8], const uint8_t *p, size_t n)
{
	struct state s = load(h);
	struct block b;

	for (; n > 0; n--, p += BLOCK) {
		start(&b, s, p);
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++)
			rounds(&b, i);
		s = sum(s, b.s);
	}
	store(h, s);
}

SHA void
sha256_ni_two(
    uint32_t h0[8], const uint8_t *p0, uint32_t h1[8], const uint8_t *p1, size_t n)
{
	struct state s0 = load(h0), s1 = load(h1);
	struct block b0, b1;

	for (; n > 0; n--, p0 += BLOCK, p1 += BLOCK) {
		start(&b0, s0, p0);
		start(&b1, s1, p1);
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++) {
			rounds(&b0, i);
			rounds(&b1, i);
		}
		s0 = sum(s0, b0.s);
		s1 = sum(s1, b1.s);
	}
	store(h0, s0);
	store(h1, s1);
}

bool
sha256_ni_here(void)
{
	unsigned a, b, c, d;

	__builtin_cpu_init();
	return __builtin_cpu_supports("sse4.1") &&
	       __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

#else

bool
sha256_ni_here(void)
{
	return false;
}

void
sha256_ni_one(uint32_t h[8], const uint8_t *p, size_t n)
{
	(void)h, (void)p, (void)n;
}

void
sha256_ni_two(
    uint32_t h0[8], const uint8_t *p0, uint32_t h1[8], const uint8_t *p1, size_t n)
{
	(void)h0, (void)p0, (void)h1, (void)p1, (void)n;
}

#endif
