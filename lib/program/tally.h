/*
 * tally - what a filter did with its records, so that nothing is lost unseen.
 *
 * in = passed + used + rejected, and out = passed + made; tally_check() says so.
 */
#ifndef TALLY_H
#define TALLY_H

#include "buf.h"
#include "str.h"

#define TALLY_REASONS 32

struct tally {
	uint64_t in, passed, used, rejected, out, made, marks, evicted;
	uint64_t bytes_in, bytes_out;
	struct {
		const char *why; /* a literal */
		uint64_t n;
	} reasons[TALLY_REASONS];
	size_t n;
	int64_t start_ns; /* monotonic */
};

void tally_start(struct tally *);
void tally_used(struct tally *, const char *why);

/* Do the two sums hold? */
bool tally_check(const struct tally *);

/* One record: {"ir.stats.prog":"irdedupe","ir.stats.in":10,...}. */
void tally_record(const struct tally *, const char *prog, struct buf *);

/* The same for Prometheus' text format. */
void tally_metrics(const struct tally *, const char *prog, struct buf *);

#endif
