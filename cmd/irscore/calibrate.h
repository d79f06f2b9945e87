/*
 * calibrate - from sums of weights to probabilities that hold (Platt's method).
 *
 * p = 1 / (1 + exp(-(scale * sum + shift))).  The sums must be of rows that the
 * weights were not made of, else what is learned is how sure a model is of itself.
 * The same samples give the same bytes.
 */
#ifndef CALIBRATE_H
#define CALIBRATE_H

#include <stdbool.h>
#include <stddef.h>

struct sample {
	double sum;
	unsigned weight;
	bool y;
};

/* `scale` stays 1 and `shift` 0 when a larger sum does not speak for a true positive. */
void calibrate(const struct sample *, size_t n, double *scale, double *shift);

#endif
