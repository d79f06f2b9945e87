#include <math.h>
#include <stdlib.h>

#include "measure.h"

static int
highest_first(const void *a, const void *b)
{
	double x = ((const struct scored *)a)->p, y = ((const struct scored *)b)->p;

	return (x < y) - (x > y);
}

/* Precision averaged over the positives, and the area under the ROC curve; equal
 * scores are one step. */
static void
rank(const struct scored *s, struct fitness *f)
{
	size_t tp = 0, fp = 0;
	double area = 0;

	for (size_t i = 0, end; i < f->n; i = end) {
		size_t yes = 0;

		for (end = i; end < f->n && s[end].p == s[i].p; end++)
			yes += s[end].y;
		area += (double)(end - i - yes) * ((double)tp + (double)yes / 2);
		tp += yes;
		fp += end - i - yes;
		if (yes)
			f->ap += (double)yes / (double)f->positive * (double)tp /
				 (double)end;
	}
	if (f->positive && fp)
		f->auroc = area / ((double)f->positive * (double)fp);
}

/* Distance between what was said and what was, over ten parts of equal size. */
static double
miscalibration(const struct scored *s, size_t n)
{
	double sum = 0;

	for (size_t b = 0; b < 10; b++) {
		size_t from = n * b / 10, to = n * (b + 1) / 10;
		double off = 0;

		for (size_t i = from; i < to; i++)
			off += s[i].p - (s[i].y ? 1 : 0);
		sum += fabs(off);
	}
	return n ? sum / (double)n : 0;
}

struct fitness
measure(struct scored *s, size_t n)
{
	struct fitness f = {.n = n};

	for (size_t i = 0; i < n; i++) {
		f.positive += s[i].y;
		f.log_loss -= log(fmax(s[i].y ? s[i].p : 1 - s[i].p, 1e-9));
	}
	qsort(s, n, sizeof(*s), highest_first);
	while (f.high < n && s[f.high].p >= 0.02)
		f.high++;
	rank(s, &f);
	f.ece = miscalibration(s, n);
	f.ece_high = miscalibration(s, f.high);
	f.log_loss = n ? f.log_loss / (double)n : 0;
	return f;
}
