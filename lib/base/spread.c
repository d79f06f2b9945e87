#include <stdatomic.h>

#include "spread.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 \
	__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2,popcnt")))

/* To ask the processor takes longer than to write a short text. */
bool
spread_here(void)
{
	static _Atomic signed char known; /* 0: not asked yet, 1: yes, -1: no */

	if (!known) {
		__builtin_cpu_init();
		known = __builtin_cpu_supports("avx512bw") &&
				__builtin_cpu_supports("avx512vl") &&
				__builtin_cpu_supports("avx512vbmi2") &&
				__builtin_cpu_supports("bmi2")
			    ? 1
			    : -1;
	}
	return known > 0;
}

/* Each byte gets a backslash before it; those that nobody needs are pressed out. */
AVX512 size_t
spread(char **to, struct str s)
{
	const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\');
	const uint64_t bytes = 0xaaaaaaaaaaaaaaaau;
	size_t done = 0;
	char *p = *to;

	for (; s.n - done >= SPREAD_BLOCK; done += SPREAD_BLOCK) {
		__m256i v = _mm256_loadu_si256((const void *)(s.p + done));
		uint32_t marked = _mm256_cmpeq_epi8_mask(v, quote) |
				  _mm256_cmpeq_epi8_mask(v, slash);
		__m512i pairs = _mm512_or_si512(
		    _mm512_slli_epi16(_mm512_cvtepu8_epi16(v), 8),
		    _mm512_set1_epi16('\\'));

		/* 0x20 to 0x7e, and no others */
		if (_mm256_cmpge_epu8_mask(_mm256_sub_epi8(v, _mm256_set1_epi8(0x20)),
			_mm256_set1_epi8(0x7f - 0x20)))
			break;
		_mm512_storeu_si512(p,
		    _mm512_maskz_compress_epi8(bytes | _pdep_u64(marked, ~bytes), pairs));
		p += SPREAD_BLOCK + _mm_popcnt_u32(marked);
	}
	*to = p;
	return done;
}

#else

bool
spread_here(void)
{
	return false;
}

size_t
spread(char **to, struct str s)
{
	(void)to, (void)s;
	return 0;
}

#endif
