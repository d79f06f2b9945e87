/*
 * block - from the masks of one block to what quotes wants to know.
 *
 * Included by each variant, so that all of this is compiled for its machine.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include "quotes.h"

#define INLINE static inline __attribute__((always_inline))

/* Bit n of each mask is byte n of the block. */
struct block {
	uint64_t quote, slash;
	uint64_t control; /* below 0x20 */
	uint64_t high;    /* not ASCII */
};

/* Of bytes behind a backslash. */
struct block_escapes {
	uint64_t good; /* may stand there */
	uint64_t u;    /* want four hex digits */
};

/*
 * The bytes that stand behind a backslash which is not itself escaped.  Runs of
 * backslashes that start at an odd place carry, when added to themselves, into
 * the place behind them; from there on "odd" and "even" have changed sides.
 */
INLINE uint64_t
block_escaped(uint64_t slash, uint64_t *carry)
{
	const uint64_t even = 0x5555555555555555u;
	uint64_t behind, odd_runs, turned;

	slash &= ~*carry;
	behind = slash << 1 | *carry;
	odd_runs = slash & ~even & ~behind;
	*carry = __builtin_add_overflow(odd_runs, slash, &turned);
	return (even ^ turned << 1) & behind;
}

/* Behind each \u of the block at q->at four hex digits?  Sets `bad`; clears `literal`. */
void block_hex(struct quotes *, uint64_t u);

/* The characters of the block at `at` that are not ASCII; sets `bad`, clears `ascii`. */
void block_utf8(struct quotes *, uint32_t at, uint64_t high);

/* All ones from each set bit up to the next one. */
INLINE uint64_t
block_between(uint64_t x)
{
	for (int by = 1; by < 64; by *= 2)
		x ^= x << by;
	return x;
}

/*
 * Take up the block at q->at.  `quotes` are those that are not escaped, `in` the
 * bytes in strings, the opening quote included.
 */
INLINE void
block_take(struct quotes *q, const struct block *b, uint64_t quotes, uint64_t in)
{
	uint32_t *to = q->ends + q->count, at = q->at;
	uint64_t ends;

	in ^= q->inside;
	q->inside = 0 - (in >> 63);
	q->bad |= b->control & in;
	ends = quotes & ~in;
	q->count += (uint32_t)__builtin_popcountll(ends);
	q->at += QUOTES_BLOCK;
	/* Four at a time: what is too much is written over. */
	do
		for (int i = 0; i < 4; i++) {
			*to++ = at + (uint32_t)__builtin_ctzll(ends | (uint64_t)1 << 63);
			ends &= ends - 1;
		}
	while (ends);
}

#endif
