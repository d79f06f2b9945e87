/*
 * shape - half-space trees: how alone an event stands among all, in several numbers.
 *
 * Trees cut the space in halves at places that a fixed seed chose, so that models add up,
 * and count what fell where.  A second opinion: it sees what is odd in the company of
 * other things, and is not told what to look for.
 */
#ifndef SHAPE_H
#define SHAPE_H

#include <stdint.h>

#define SHAPE_TREES 16
#define SHAPE_DEPTH 8
#define SHAPE_NODES (1 << (SHAPE_DEPTH + 1)) /* of a tree, from 1 */
#define SHAPE_SIZES 8                        /* numbers at most */

struct shape {
	uint8_t cut[SHAPE_TREES][SHAPE_NODES], of[SHAPE_TREES][SHAPE_NODES];
	uint32_t mass[SHAPE_TREES][SHAPE_NODES];
	uint64_t n;
};

/* `seed` and the number of sizes decide on the cuts. */
struct shape *shape_new(uint64_t seed, unsigned sizes);
void shape_free(struct shape *);

/* Nats by which the place of these sizes is emptier than if all were even. */
double shape_score(const struct shape *, const uint8_t sizes[SHAPE_SIZES]);
void shape_learn(struct shape *, const uint8_t sizes[SHAPE_SIZES], int n);

#endif
