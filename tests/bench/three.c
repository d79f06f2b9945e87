/*
 * A filter for measuring: looks five fields up and adds three, as a typical stage does.
 */
#include "filter.h"
#include "mem.h"

struct three {
	int look[5], add[3];
};

static const struct opt options[] = {OPT_END};

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	static const char *const look[] = {
	    "EventID", "Channel", "Computer", "Image", "TimeCreated_SystemTime"};
	static const char *const add[] = {"ir.one", "ir.two", "ir.three"};
	struct three *t = mem_new(1, sizeof(*t));

	(void)set;
	(void)e;
	for (int i = 0; i < 5; i++)
		t->look[i] = filter_slot(run, look[i]);
	for (int i = 0; i < 3; i++)
		t->add[i] = filter_slot(run, add[i]);
	return t;
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	struct three *t = state;
	int64_t n = 0;

	(void)run;
	(void)line;
	(void)e;
	for (int i = 0; i < 5; i++)
		n += (int64_t)rec_raw(rec, t->look[i]).n;
	rec_set_i64(rec, t->add[0], n);
	rec_set(rec, t->add[1], STR("\"medium\""));
	rec_set(rec, t->add[2], STR("[\"a\",\"b\"]"));
	return FILTER_PASS;
}

static const struct filter three = {
    .name = "three",
    .summary = "add three fields, for measuring",
    .operands = "[file ...]",
    .options = options,
    .open = open_,
    .step = step,
    .close = mem_free,
};

FILTER_MAIN(three)
