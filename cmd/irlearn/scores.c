#include "scores.h"

#define FRESH 64
#define BIN   0.03125

unsigned
scores_bin(double nats)
{
	double bin = nats > 0 ? nats / BIN : 0;

	return bin >= SCORES_BINS - 1 ? SCORES_BINS - 1 : (unsigned)bin;
}

void
scores_add(struct scores *s, uint64_t bin, int64_t n)
{
	if (bin >= SCORES_BINS)
		return;
	if (n < 0 && (s->bins[bin] < (uint64_t)-n || s->n < (uint64_t)-n))
		return;
	s->bins[bin] += (uint64_t)n;
	s->n += (uint64_t)n;
	s->changed++;
}

void
scores_settle(struct scores *s)
{
	uint64_t sum = 0;

	for (unsigned i = SCORES_BINS; i-- > 0;)
		s->tail[i] = sum += s->bins[i];
	s->of_tail = s->n;
	s->changed = 0;
}

double
scores_p(struct scores *s, double nats)
{
	/* when depends on the events alone, so that a replay says the same */
	if (s->changed >= FRESH)
		scores_settle(s);
	return ((double)s->tail[scores_bin(nats)] + 1) / ((double)s->of_tail + 1);
}
