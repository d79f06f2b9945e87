#include <stdio.h>

#include "span.h"

struct unit {
	struct str name;
	int64_t n;
};

static const struct unit times[] = {
    {{"ms", 2}, 1},
    {{"s", 1}, 1000},
    {{"m", 1}, 60 * 1000},
    {{"h", 1}, 3600 * 1000},
    {{"d", 1}, 86400 * 1000},
    {{"w", 1}, 7 * 86400LL * 1000},
};

static const struct unit sizes[] = {
    {{"", 0}, 1},
    {{"B", 1}, 1},
    {{"k", 1}, 1000},
    {{"kB", 2}, 1000},
    {{"K", 1}, 1024},
    {{"KiB", 3}, 1024},
    {{"M", 1}, 1 << 20},
    {{"MiB", 3}, 1 << 20},
    {{"MB", 2}, 1000000},
    {{"G", 1}, 1 << 30},
    {{"GiB", 3}, 1 << 30},
    {{"GB", 2}, 1000000000},
};

/* Leading digits of `*s` as a number; moves behind them. */
static bool
digits(struct str *s, uint64_t *n)
{
	size_t i = 0;

	while (i < s->n && s->p[i] >= '0' && s->p[i] <= '9')
		i++;
	if (!str_u64(str_sub(*s, 0, i), n))
		return false;
	*s = str_from(*s, i);
	return true;
}

bool
span_parse(struct str s, int64_t *ms)
{
	int64_t sum = 0;

	if (s.n == 0)
		return false;
	while (s.n > 0) {
		uint64_t n;
		size_t k = 0;
		int64_t unit = 0;

		if (!digits(&s, &n))
			return false;
		while (k < s.n && (s.p[k] < '0' || s.p[k] > '9'))
			k++;
		if (k == 0 && sum == 0)
			unit = 1000;
		for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
			if (str_eq(str_sub(s, 0, k), times[i].name))
				unit = times[i].n;
		if (unit == 0 || n > (uint64_t)(INT64_MAX / 2 / unit))
			return false;
		if (sum > INT64_MAX / 2 - (int64_t)n * unit)
			return false;
		sum += (int64_t)n * unit;
		s = str_from(s, k);
	}
	*ms = sum;
	return true;
}

bool
span_size(struct str s, uint64_t *bytes)
{
	uint64_t n;

	if (!digits(&s, &n))
		return false;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (s.n == sizes[i].name.n && memcmp(s.p, sizes[i].name.p, s.n) == 0) {
			if (n > UINT64_MAX / (uint64_t)sizes[i].n)
				return false;
			*bytes = n * (uint64_t)sizes[i].n;
			return true;
		}
	return false;
}

const char *
span_text(char out[SPAN_MAX], int64_t ms)
{
	size_t n = 0;

	if (ms == 0)
		return memcpy(out, "0s", 3);
	for (size_t i = sizeof(times) / sizeof(*times); i-- > 0;) {
		if (ms < times[i].n)
			continue;
		n += (size_t)snprintf(out + n, SPAN_MAX - n, "%lld%s",
		    (long long)(ms / times[i].n), times[i].name.p);
		ms %= times[i].n;
	}
	return out;
}
