/*
 * solver - the wall around liblinear: L2-regularised logistic regression.
 *
 * Its trust-region solver gives the same weights for the same rows.  The library
 * is opened when it is asked for; nothing else of irscore needs it.
 */
#ifndef SOLVER_H
#define SOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* A row: the features that are on, by number, rising. */
struct solver_row {
	const uint32_t *on;
	size_t n;
	bool positive;
};

/* Open the library.  False: ERR_SYS.  Call before a sandbox closes. */
bool solver_open(struct err *);

/*
 * Weights for features 0 to `features` - 1, and behind them the bias.  `cost` is the
 * inverse of the penalty.  Rows of both kinds must be there.
 */
void solver_train(
    const struct solver_row *, size_t n, size_t features, double cost, double *w);

#endif
