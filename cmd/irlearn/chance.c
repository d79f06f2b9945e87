#include <math.h>
#include <stdlib.h>

#include "chance.h"

/* The continued fraction of the incomplete beta function, by Lentz's method. */
static double
fraction(double a, double b, double x)
{
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1), f;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	f = d;
	for (int i = 1; i < 500; i++) {
		double m = i, step,
		       even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
		       odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));

		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		f *= d * c;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		step = d * c;
		f *= step;
		if (fabs(step - 1) < 1e-12)
			break;
	}
	return f;
}

/* The regularised incomplete beta function. */
static double
beta(double a, double b, double x)
{
	double head;

	if (x <= 0 || x >= 1)
		return x >= 1;
	head = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
	return x < (a + 1) / (a + b + 2) ? head * fraction(a, b, x) / a
					 : 1 - head * fraction(b, a, 1 - x) / b;
}

double
chance_count(double n, double mean, double variance)
{
	double size = 1e7, p; /* so large that it is Poisson */

	if (n <= 0 || !(mean > 0))
		return n <= 0;
	if (variance > mean * (1 + mean / size))
		size = mean * mean / (variance - mean);
	p = beta(n, size, mean / (mean + size));
	return p < 1e-300 ? 1e-300 : p > 1 ? 1 : p;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
chance_joined(double *p, size_t n)
{
	double least = 1, harmonic = 0;

	qsort(p, n, sizeof(*p), by_value);
	for (size_t i = 1; i <= n; i++)
		harmonic += 1 / (double)i;
	for (size_t i = 1; i <= n; i++) {
		double q = p[i - 1] * (double)n / (double)i * harmonic;

		least = q < least ? q : least;
	}
	return least;
}
