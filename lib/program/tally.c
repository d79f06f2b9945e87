#include <time.h>

#include "tally.h"

static int64_t
monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
tally_start(struct tally *t)
{
	t->start_ns = monotonic();
}

void
tally_used(struct tally *t, const char *why)
{
	t->used++;
	for (size_t i = 0; i < t->n; i++)
		if (t->reasons[i].why == why || strcmp(t->reasons[i].why, why) == 0) {
			t->reasons[i].n++;
			return;
		}
	if (t->n < TALLY_REASONS) {
		t->reasons[t->n].why = why;
		t->reasons[t->n++].n = 1;
	}
}

bool
tally_check(const struct tally *t)
{
	return t->in == t->passed + t->used + t->rejected &&
	       t->out == t->passed + t->made;
}

struct row {
	const char *name;
	uint64_t n;
};

#define ROWS(t)                                                                          \
	{                                                                                \
		{"in", (t)->in}, {"passed", (t)->passed}, {"used", (t)->used},           \
		    {"rejected", (t)->rejected}, {"out", (t)->out}, {"made", (t)->made}, \
		    {"marks", (t)->marks}, {"evicted", (t)->evicted},                    \
		    {"bytes_in", (t)->bytes_in}, {"bytes_out", (t)->bytes_out},          \
	}

static double
seconds(const struct tally *t)
{
	return (double)(monotonic() - t->start_ns) / 1e9;
}

void
tally_record(const struct tally *t, const char *prog, struct buf *b)
{
	const struct row rows[] = ROWS(t);

	buf_add(b, STR("{\"ir.stats.prog\":"));
	buf_json(b, str_of(prog));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		buf_fmt(b, ",\"ir.stats.%s\":%llu", rows[i].name,
		    (unsigned long long)rows[i].n);
	buf_add(b, STR(",\"ir.stats.reasons\":{"));
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			buf_ch(b, ',');
		buf_json(b, str_of(t->reasons[i].why));
		buf_fmt(b, ":%llu", (unsigned long long)t->reasons[i].n);
	}
	buf_fmt(b, "},\"ir.stats.seconds\":%.6f}", seconds(t));
}

void
tally_metrics(const struct tally *t, const char *prog, struct buf *b)
{
	const struct row rows[] = ROWS(t);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		buf_fmt(b, "# TYPE ir_%s_total counter\nir_%s_total{prog=\"%s\"} %llu\n",
		    rows[i].name, rows[i].name, prog, (unsigned long long)rows[i].n);
	buf_fmt(b, "# TYPE ir_seconds gauge\nir_seconds{prog=\"%s\"} %.6f\n", prog,
	    seconds(t));
}
