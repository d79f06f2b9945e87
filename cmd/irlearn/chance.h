/*
 * chance - how likely a count is, and several p-values as one.
 */
#ifndef CHANCE_H
#define CHANCE_H

#include <stddef.h>

/*
 * P(X >= n) for counts of that mean and variance: negative binomial, and Poisson where
 * the variance is no more than the mean.
 */
double chance_count(double n, double mean, double variance);

/*
 * The p-value of `n` tests of one event, sorted in place: Benjamini-Hochberg's step-up
 * with Yekutieli's factor, min over i of p(i) n/i (1 + 1/2 + ... + 1/n).  It holds
 * whatever the dependence between the tests, which Fisher's sum does not.
 */
double chance_joined(double *p, size_t n);

#endif
