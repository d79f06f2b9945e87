/*
 * hll - about how many different ones there were (HyperLogLog, 256 registers).
 *
 * Up to 16 they are kept and counted exactly, by 32 bits of their hash; beyond that the
 * error is about 6.5 %.  What two have counted adds up without counting twice.
 */
#ifndef HLL_H
#define HLL_H

#include <stdbool.h>
#include <stdint.h>

#define HLL_FEW  16
#define HLL_REGS 256

struct hll {
	uint32_t few[HLL_FEW];
	unsigned n;    /* of few */
	uint8_t *regs; /* NULL: few has all; free with hll_reset() */
};

void hll_reset(struct hll *);
void hll_add(struct hll *, uint64_t hash);
void hll_merge(struct hll *, const struct hll *);
double hll_count(const struct hll *);

#endif
