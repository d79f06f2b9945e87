/* The record loop: instances beside one another, counting, bad lines, marks. */
#include <stdlib.h>

#include "instance.h"
#include "log.h"
#include "mem.h"
#include "test.h"

/* A filter that numbers records in a field of the user's choice and drops every third. */
struct set {
	const char *field;
};

struct numbering {
	int slot;
	int64_t n;
};

static const struct opt options[] = {
    OPT_TEXT('f', "field", "path", "number in this field", struct set, field), OPT_END};

static const struct set defaults = {.field = "n"};

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	struct numbering *s = mem_new(1, sizeof(*s));

	(void)e;
	s->slot = filter_slot(run, ((struct set *)set)->field);
	return s;
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	struct numbering *s = state;

	(void)line;
	(void)e;
	if (++s->n % 3 == 0)
		return filter_used(run, "third");
	rec_set_i64(rec, s->slot, s->n);
	if (s->n == 4)
		filter_emit_after(run, STR("{\"made\":1}"));
	return FILTER_PASS;
}

static void
end(void *state, struct filter_run *run)
{
	(void)state;
	filter_emit(run, STR("{\"end\":1}"));
}

static const struct filter numbers = {
    .name = "numbers",
    .summary = "number records",
    .operands = "[file ...]",
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct set),
    .open = open_,
    .step = step,
    .end = end,
    .close = mem_free,
};

struct kept {
	struct buf b;
};

static void
keep(void *ctx, struct str record)
{
	struct kept *k = ctx;

	buf_add(&k->b, record);
	buf_ch(&k->b, '\n');
}

static void
feed(struct filter_run *run, const char *text)
{
	char padded[256 + JSON_PAD];
	size_t n = strlen(text);

	memset(padded, '}', sizeof(padded));
	memcpy(padded, text, n);
	filter_feed(run, (struct str){padded, n});
}

static struct filter_run *
start(const struct filter *f, struct kept *k, int argc, const char **argv)
{
	struct err e = {0};
	struct filter_run *run;

	k->b = buf_make(1 << 20);
	run = filter_new(f, argc, (char **)(uintptr_t)argv, keep, k, &e);
	if (!run)
		fprintf(stderr, "%s\n", e.msg);
	return run;
}

static void
two_instances_do_not_meet(void)
{
	const char *one[] = {"numbers", NULL},
		   *two[] = {"numbers", "--field=event.x", NULL};
	struct kept a, b;
	struct filter_run *p = start(&numbers, &a, 1, one),
			  *q = start(&numbers, &b, 2, two);

	if (!p || !q) {
		T(!"both start");
		return;
	}
	feed(p, "{\"k\":1}");
	feed(q, "{\"event\":{\"x\":9,\"y\":1}}");
	feed(p, "{\"k\":2}");
	feed(q, "{}");
	filter_end(p);
	filter_end(q);
	T(str_eq(
	    buf_str(&a.b), STR("{\"k\":1,\"n\":1}\n{\"k\":2,\"n\":2}\n{\"end\":1}\n")));
	T(str_eq(buf_str(&b.b),
	    STR("{\"event\":{\"x\":1,\"y\":1}}\n{\"event.x\":2}\n{\"end\":1}\n")));
	filter_free(p);
	filter_free(q);
	buf_free(&a.b);
	buf_free(&b.b);
}

static void
every_record_is_counted(void)
{
	const char *argv[] = {"numbers", NULL};
	struct kept k;
	struct filter_run *run = start(&numbers, &k, 1, argv);

	for (int i = 0; i < 5; i++)
		feed(run, "{\"a\":1}");
	feed(run, "{\"a\":");
	feed(run, "");
	filter_end(run);
	T(tally_check(&run->tally));
	T(run->tally.in == 7 && run->tally.passed == 4 && run->tally.used == 2);
	T(run->tally.rejected == 1 && run->tally.made == 2 && run->tally.out == 6);
	T(run->failed);
	filter_free(run);
	buf_free(&k.b);
}

static void
only_our_own_marks_are_marks(void)
{
	const char *argv[] = {"numbers", NULL};
	struct kept k;
	struct filter_run *run = start(&numbers, &k, 1, argv);

	run->mark_key = "s3cret";
	feed(run, "{\"_ir\":{\"mark\":7,\"key\":\"s3cret\"}}");
	feed(run, "{\"_ir\":{\"mark\":8,\"key\":\"forged\"}}");
	feed(run, "{\"_ir\":{\"mark\":8,\"key\":\"s3cret\"}} ");
	T(run->tally.marks == 1 && run->last_mark == 7 && run->tally.in == 2);
	T(str_starts(buf_str(&k.b), STR("{\"_ir\":{\"mark\":7,\"key\":\"s3cret\"}}\n")));
	filter_free(run);
	buf_free(&k.b);
}

static void
ids_come_from_source_place_and_bytes(void)
{
	const char *argv[] = {"numbers", NULL};
	struct kept k;
	struct filter_run *run = start(&numbers, &k, 1, argv);
	struct str first, second;
	char one[33] = "";

	feed(run, "{\"a\":1}");
	rec_scan(run->rec,
	    (struct str){"{\"a\":1}"
			 "                                        "
			 "                                ",
		7},
	    NULL);
	first = filter_event_id(run, run->rec);
	T(first.n == 32);
	memcpy(one, first.p, first.n);
	run->offset += 8;
	rec_scan(run->rec,
	    (struct str){"{\"a\":1}"
			 "                                        "
			 "                                ",
		7},
	    NULL);
	second = filter_event_id(run, run->rec);
	T(second.n == 32 && memcmp(one, second.p, 32) != 0);
	filter_free(run);
	buf_free(&k.b);
}

static void
unknown_options_are_refused(void)
{
	const char *argv[] = {"numbers", "--feild=x", NULL};
	struct err e = {0};
	struct kept k = {buf_make(10)};

	T(!filter_new(&numbers, 2, (char **)(uintptr_t)argv, keep, &k, &e));
	T(e.kind == ERR_CONFIG && strstr(e.msg, "--field"));
}

int
main(void)
{
	log_start("filter-test");
	FACT(two_instances_do_not_meet);
	FACT(every_record_is_counted);
	FACT(only_our_own_marks_are_marks);
	FACT(ids_come_from_source_place_and_bytes);
	FACT(unknown_options_are_refused);
	return TEST_END;
}
