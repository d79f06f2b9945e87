#include <math.h>

#include "mem.h"
#include "shape.h"
#include "vocab.h"

struct cube {
	uint8_t low[SHAPE_SIZES], high[SHAPE_SIZES];
};

/* A node halves its own part of the space along one side; at a place near the middle. */
static void
cut(struct shape *s, unsigned tree, unsigned node, struct cube c, uint64_t seed,
    unsigned sizes)
{
	uint64_t h = vocab_join(seed, (uint64_t)tree << 32 | node);
	unsigned of = (unsigned)(h % sizes), width;
	struct cube low = c, high = c;

	if (node >= SHAPE_NODES)
		return;
	width = (unsigned)(c.high[of] - c.low[of]);
	s->of[tree][node] = (uint8_t)of;
	s->cut[tree][node] = (uint8_t)(c.low[of] + width / 4 +
				       (h >> 32) % (width / 2 + 1));
	low.high[of] = s->cut[tree][node];
	high.low[of] = s->cut[tree][node];
	cut(s, tree, 2 * node, low, seed, sizes);
	cut(s, tree, 2 * node + 1, high, seed, sizes);
}

struct shape *
shape_new(uint64_t seed, unsigned sizes)
{
	struct shape *s = mem_new(1, sizeof(*s));
	struct cube all;

	for (unsigned i = 0; i < SHAPE_SIZES; i++) {
		all.low[i] = 0;
		all.high[i] = 255;
	}
	for (unsigned t = 0; t < SHAPE_TREES; t++)
		cut(s, t, 1, all, seed, sizes);
	return s;
}

void
shape_free(struct shape *s)
{
	mem_free(s);
}

double
shape_score(const struct shape *s, const uint8_t sizes[SHAPE_SIZES])
{
	double sum = 0;

	for (unsigned t = 0; t < SHAPE_TREES; t++) {
		unsigned node = 1, depth = 0;

		/* a place that few reached is as deep as is known */
		while (depth < SHAPE_DEPTH && s->mass[t][node] > 24) {
			node = 2 * node + (sizes[s->of[t][node]] >= s->cut[t][node]);
			depth++;
		}
		sum += log(((double)s->mass[t][node] + 0.5) * (double)(1U << depth));
	}
	return log((double)s->n + 1) - sum / SHAPE_TREES + 6;
}

void
shape_learn(struct shape *s, const uint8_t sizes[SHAPE_SIZES], int n)
{
	if (n < 0 && !s->n)
		return;
	for (unsigned t = 0; t < SHAPE_TREES; t++)
		for (unsigned node = 1; node < SHAPE_NODES;) {
			uint32_t *mass = &s->mass[t][node];

			if (n > 0 ? *mass < UINT32_MAX : *mass > 0)
				*mass += (uint32_t)n;
			node = 2 * node + (sizes[s->of[t][node]] >= s->cut[t][node]);
		}
	s->n += (uint64_t)(int64_t)n;
}
