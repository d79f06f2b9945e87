#include "block.h"
#include "buf.h"

bool
block_hex(const char *text, uint64_t u)
{
	for (; u; u &= u - 1) {
		const char *p = text + __builtin_ctzll(u) + 1;

		for (int i = 0; i < 4; i++) {
			unsigned c = (unsigned char)p[i];

			if (c - '0' > 9 && (c | 0x20) - 'a' > 5)
				return false;
		}
	}
	return true;
}

void
block_utf8(struct quotes *q, uint32_t at, uint64_t high)
{
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

#if defined(__x86_64__)

/* Best first. */
static const struct quotes_variant variants[] = {{"avx512", quotes_avx512},
    {"avx2", quotes_avx2}, {"sse2", quotes_sse2}, {"scalar", NULL}};

static bool
runs(const struct quotes_variant *v)
{
	__builtin_cpu_init();
	if (v->window == quotes_avx512)
		return __builtin_cpu_supports("avx512bw") &&
		       __builtin_cpu_supports("avx512vl") &&
		       __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi2");
	if (v->window == quotes_avx2)
		return __builtin_cpu_supports("avx2") &&
		       __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi2");
	return true;
}

#else

static const struct quotes_variant variants[] = {{"scalar", NULL}};

static bool
runs(const struct quotes_variant *v)
{
	return v->window == NULL;
}

#endif

const struct quotes_variant *
quotes_variant(const char *name)
{
	for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++)
		if ((!name || strcmp(variants[i].name, name) == 0) && runs(&variants[i]))
			return &variants[i];
	return NULL;
}
