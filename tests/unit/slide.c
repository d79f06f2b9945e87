/* Sliding windows against the same worked out by brute force on random streams. */
#include <math.h>
#include <stdlib.h>

#include "slide.h"
#include "test.h"

#define STEPS 400
#define SPAN  50

struct event {
	int64_t t;
	double v;
	uint16_t ref;
};

static uint64_t seed = 7;

static unsigned
roll(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The values still in the window, sorted. */
static size_t
kept(const struct event *v, size_t n, int64_t newest, double *out)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].t >= newest - SPAN)
			out[k++] = v[i].v;
	qsort(out, k, sizeof(*out), by_value);
	return k;
}

static double
share_below(const double *v, size_t n, double percent)
{
	double at = percent / 100 * (double)(n - 1), whole = floor(at);
	size_t i = (size_t)whole;

	return i + 1 < n ? v[i] * (1 - (at - whole)) + v[i + 1] * (at - whole) : v[i];
}

static bool
agrees(
    enum slide_keep keep, const struct slide *s, const double *v, size_t n, double last)
{
	double sum = 0, percents[] = {0, 10, 50, 99, 100};
	size_t same = 0, distinct = 0;

	for (size_t i = 0; i < n; i++) {
		sum += v[i];
		same += v[i] == last;
		distinct += i == 0 || v[i] != v[i - 1];
	}
	if (s->n != n || s->distinct != distinct ||
	    slide_count(s, slide_bits(last)) != same)
		return false;
	if (keep == SLIDE_SUM && fabs(s->sum - sum) > 1e-6)
		return false;
	for (size_t i = 0; keep == SLIDE_SORTED && i < 5; i++)
		if (fabs(slide_percentile(s, percents[i]) -
			 share_below(v, n, percents[i])) > 1e-9)
			return false;
	return true;
}

static bool
stream(enum slide_keep keep, unsigned disorder)
{
	struct event v[STEPS];
	double in[STEPS];
	struct slide s = {.keep = keep};
	int64_t now = 1000, newest = 0;
	size_t n = 0;
	bool ok = true, fresh;

	for (size_t i = 0; ok && i < STEPS; i++) {
		struct member m = {.ref = (uint16_t)roll(3)};
		double value = (double)roll(9) - 4 + (double)roll(4) / 4;

		now += roll(12) == 0 ? roll(120) : roll(4);
		m.t = now - (disorder ? (int64_t)roll(disorder) : 0);
		m.value = slide_bits(value);
		if (!slide_add(&s, &m, SPAN, &fresh)) {
			ok = m.t < newest - SPAN;
			continue;
		}
		newest = m.t > newest ? m.t : newest;
		v[n++] = (struct event){m.t, value, m.ref};
		ok = agrees(keep, &s, in, kept(v, n, newest, in), value);
	}
	slide_free(&s);
	return ok;
}

static void
figures_are_those_of_brute_force(void)
{
	for (unsigned i = 0; i < 60; i++) {
		T(stream(SLIDE_HASHES, i % 3 * 40));
		T(stream(SLIDE_SUM, i % 3 * 40));
		T(stream(SLIDE_SORTED, i % 3 * 40));
	}
}

int
main(void)
{
	FACT(figures_are_those_of_brute_force);
	return TEST_END;
}
