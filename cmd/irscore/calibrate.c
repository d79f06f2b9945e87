#include <math.h>

#include "calibrate.h"

#define ROUNDS 100
#define RIDGE  1e-12

/* log(1 + exp(x)), of any x */
static double
softplus(double x)
{
	return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

struct platt {
	const struct sample *v;
	size_t n;
	double yes, no; /* what is aimed at: not quite 1 and 0 */
};

static double
aim(const struct platt *p, size_t i)
{
	return p->v[i].y ? p->yes : p->no;
}

static double
loss(const struct platt *p, double a, double b)
{
	double sum = 0;

	for (size_t i = 0; i < p->n; i++) {
		double f = a * p->v[i].sum + b;

		sum += p->v[i].weight * (softplus(f) - aim(p, i) * f);
	}
	return sum;
}

/* One step of Newton's, halved until it helps.  False: there is none. */
static bool
improve(const struct platt *p, double *a, double *b)
{
	double haa = RIDGE, hab = 0, hbb = RIDGE, ga = 0, gb = 0;
	double da, db, det, before = loss(p, *a, *b);

	for (size_t i = 0; i < p->n; i++) {
		const struct sample *s = &p->v[i];
		double q = 1 / (1 + exp(-(*a * s->sum + *b)));
		double w = s->weight * q * (1 - q), off = s->weight * (q - aim(p, i));

		haa += w * s->sum * s->sum;
		hab += w * s->sum;
		hbb += w;
		ga += off * s->sum;
		gb += off;
	}
	det = haa * hbb - hab * hab;
	if (fabs(ga) + fabs(gb) < 1e-6 || !(det > 0))
		return false;
	da = -(hbb * ga - hab * gb) / det;
	db = -(haa * gb - hab * ga) / det;
	for (double step = 1; step > 1e-6; step /= 2)
		if (loss(p, *a + step * da, *b + step * db) < before) {
			*a += step * da;
			*b += step * db;
			return true;
		}
	return false;
}

void
calibrate(const struct sample *v, size_t n, double *scale, double *shift)
{
	double positive = 0, negative = 0, a = 1, b = 0;
	struct platt p = {v, n, 0, 0};

	*scale = 1;
	*shift = 0;
	for (size_t i = 0; i < n; i++)
		*(v[i].y ? &positive : &negative) += v[i].weight;
	p.yes = (positive + 1) / (positive + 2);
	p.no = 1 / (negative + 2);
	for (int i = 0; i < ROUNDS && improve(&p, &a, &b); i++)
		;
	if (!(a > 0) || !isfinite(a) || !isfinite(b))
		return;
	*scale = a;
	*shift = b;
}
