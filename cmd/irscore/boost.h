/*
 * boost - the wall around xgboost: boosted trees, to hold the linear model against.
 *
 * The library is opened when it is asked for; one thread and a fixed seed, so that the
 * same rows give the same trees.
 */
#ifndef BOOST_H
#define BOOST_H

#include "solver.h"

/* Open the library.  False: ERR_SYS.  Call before a sandbox closes. */
bool boost_open(struct err *);

/*
 * Grow trees from `rows` and ask them about `asked`, all of features 0 to `features` - 1:
 * `p` gets a probability for each of `asked`, `shap` the mean of what a feature added to
 * the log odds or took from them.  False: ERR_SYS.
 */
bool boost_try(const struct solver_row *rows, size_t n, const struct solver_row *asked,
    size_t n_asked, size_t features, double *p, double *shap, struct err *);

#endif
