/*
 * measure - how well probabilities say what is true.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stddef.h>

struct scored {
	double p;
	bool y;
};

struct fitness {
	size_t n, positive;
	double ap, auroc, ece, ece_high, log_loss;
	size_t high; /* of at least 0.02, for ece_high */
};

/* Sorts them. */
struct fitness measure(struct scored *, size_t n);

#endif
