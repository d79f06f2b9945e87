#include <math.h>
#include <string.h>

#include "hll.h"
#include "mem.h"

void
hll_reset(struct hll *h)
{
	mem_free(h->regs);
	*h = (struct hll){0};
}

/* 8 bits choose the register, the zeros in front of the other 24 are what it keeps. */
static void
note(struct hll *h, uint32_t bits)
{
	uint32_t rest = bits << 8;
	uint8_t rank = rest ? (uint8_t)(__builtin_clz(rest) + 1) : 25;
	uint8_t *reg = &h->regs[bits >> 24];

	if (rank > *reg)
		*reg = rank;
}

static void
spread(struct hll *h)
{
	if (h->regs)
		return;
	h->regs = mem_new(HLL_REGS, 1);
	for (unsigned i = 0; i < h->n; i++)
		note(h, h->few[i]);
	memset(h->few, 0, sizeof(h->few));
	h->n = 0;
}

/* In order, so that the same ones are the same bytes. */
static void
add_bits(struct hll *h, uint32_t bits)
{
	unsigned i = 0;

	if (h->regs) {
		note(h, bits);
		return;
	}
	while (i < h->n && h->few[i] < bits)
		i++;
	if (i < h->n && h->few[i] == bits)
		return;
	if (h->n == HLL_FEW) {
		spread(h);
		note(h, bits);
		return;
	}
	memmove(&h->few[i + 1], &h->few[i], (h->n - i) * sizeof(*h->few));
	h->few[i] = bits;
	h->n++;
}

void
hll_add(struct hll *h, uint64_t hash)
{
	add_bits(h, (uint32_t)(hash >> 32));
}

void
hll_merge(struct hll *h, const struct hll *o)
{
	if (o->regs)
		spread(h);
	for (unsigned i = 0; i < o->n; i++)
		add_bits(h, o->few[i]);
	for (unsigned i = 0; o->regs && i < HLL_REGS; i++)
		if (o->regs[i] > h->regs[i])
			h->regs[i] = o->regs[i];
}

double
hll_count(const struct hll *h)
{
	double sum = 0, zeros = 0, raw;

	if (!h->regs)
		return h->n;
	for (unsigned i = 0; i < HLL_REGS; i++) {
		sum += ldexp(1, -h->regs[i]);
		zeros += h->regs[i] == 0;
	}
	raw = 0.7213 / (1 + 1.079 / HLL_REGS) * HLL_REGS * HLL_REGS / sum;
	if (raw < 2.5 * HLL_REGS && zeros > 0)
		return HLL_REGS * log(HLL_REGS / zeros);
	return raw;
}
