#include "quotes.h"

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
