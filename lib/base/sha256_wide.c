#include "sha256_k.h"
#include "sha256_wide.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw")))
#define INLINE static inline __attribute__((always_inline))

/* The three-way functions of 4.1.2, as tables of the eight cases. */
#define XOR3 0x96
#define CH   0xca
#define MAJ  0xe8

#define ADD(a, b) _mm512_add_epi32(a, b)
#define SUM(x, i, j, l)                                                           \
	_mm512_ternarylogic_epi32(_mm512_ror_epi32(x, i), _mm512_ror_epi32(x, j), \
	    _mm512_ror_epi32(x, l), XOR3)
#define MIX(x, i, j, l)                                                           \
	_mm512_ternarylogic_epi32(_mm512_ror_epi32(x, i), _mm512_ror_epi32(x, j), \
	    _mm512_srli_epi32(x, l), XOR3)

/* Sixteen rows of sixteen words become columns; the words' bytes are turned on the way. */
AVX512 INLINE void
turn(__m512i w[16], const uint8_t *const p[16], size_t at)
{
	const __m512i big_endian = _mm512_broadcast_i32x4(
	    _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
	__m512i t[16];

	for (int i = 0; i < 16; i++)
		w[i] = _mm512_shuffle_epi8(
		    _mm512_loadu_si512((const void *)(p[i] + at)), big_endian);
	for (int i = 0; i < 16; i += 2) {
		t[i] = _mm512_unpacklo_epi32(w[i], w[i + 1]);
		t[i + 1] = _mm512_unpackhi_epi32(w[i], w[i + 1]);
	}
	for (int i = 0; i < 16; i += 4)
		for (int j = 0; j < 2; j++) {
			w[i + 2 * j] = _mm512_unpacklo_epi64(t[i + j], t[i + j + 2]);
			w[i + 2 * j + 1] = _mm512_unpackhi_epi64(t[i + j], t[i + j + 2]);
		}
	for (int i = 0; i < 4; i++) {
		t[i] = _mm512_shuffle_i32x4(w[i], w[i + 4], 0x88);
		t[i + 4] = _mm512_shuffle_i32x4(w[i], w[i + 4], 0xdd);
		t[i + 8] = _mm512_shuffle_i32x4(w[i + 8], w[i + 12], 0x88);
		t[i + 12] = _mm512_shuffle_i32x4(w[i + 8], w[i + 12], 0xdd);
	}
	for (int i = 0; i < 8; i++) {
		w[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
		w[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
	}
}

/* One round; the caller turns the names of the state's words instead of moving them. */
AVX512 INLINE void
one_round(__m512i s[8], int i, __m512i w)
{
	__m512i a = s[(0 - i) & 7], b = s[(1 - i) & 7], c = s[(2 - i) & 7];
	__m512i e = s[(4 - i) & 7], f = s[(5 - i) & 7], g = s[(6 - i) & 7];
	__m512i *d = &s[(3 - i) & 7], *h = &s[(7 - i) & 7], t;

	t = ADD(ADD(*h, ADD(w, _mm512_set1_epi32((int)sha256_k[i]))),
	    ADD(SUM(e, 6, 11, 25), _mm512_ternarylogic_epi32(e, f, g, CH)));
	*d = ADD(*d, t);
	*h = ADD(t, ADD(SUM(a, 2, 13, 22), _mm512_ternarylogic_epi32(a, b, c, MAJ)));
}

AVX512 void
sha256_wide(uint32_t h[SHA256_LANES][8], const uint8_t *const p[SHA256_LANES], size_t n)
{
	const __m512i lanes = _mm512_setr_epi32(
	    0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120);
	__m512i s[8], sum[8], w[16];

	for (int i = 0; i < 8; i++)
		sum[i] = _mm512_i32gather_epi32(lanes, h[0] + i, 4);
	for (size_t at = 0; at < 64 * n; at += 64) {
		turn(w, p, at);
		memcpy(s, sum, sizeof(s));
#pragma GCC unroll 64
		for (int i = 0; i < 64; i++) {
			if (i >= 16)
				w[i & 15] = ADD(ADD(w[i & 15], w[(i + 9) & 15]),
				    ADD(MIX(w[(i + 1) & 15], 7, 18, 3),
					MIX(w[(i + 14) & 15], 17, 19, 10)));
			one_round(s, i, w[i & 15]);
		}
		for (int i = 0; i < 8; i++)
			sum[i] = ADD(sum[i], s[i]);
	}
	for (int i = 0; i < 8; i++)
		_mm512_i32scatter_epi32(h[0] + i, lanes, sum[i], 4);
}

bool
sha256_wide_here(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
}

#else

bool
sha256_wide_here(void)
{
	return false;
}

void
sha256_wide(uint32_t h[SHA256_LANES][8], const uint8_t *const p[SHA256_LANES], size_t n)
{
	(void)h, (void)p, (void)n;
}

#endif
