#include <stdio.h>

#include "instance.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "sha256.h"

#define SCHEMA  1  /* ir.v */
#define SHOWN   20 /* bad lines that are told one by one without -v */
#define FUTURE  (5 * 60 * WHEN_S)
#define BUF_MAX ((size_t)256 * 1024 * 1024)
#define MARK    STR("{\"_ir\":{\"mark\":")

static const char *const kind_names[] = {
    "event", "alert", "incident", "plan", "action", "case", "notice", "verdict"};
#define KINDS (sizeof(kind_names) / sizeof(*kind_names))

/* --- making and ending an instance --- */

static bool
parse_kinds(struct filter_run *run, const char *wanted)
{
	struct str rest = str_of(wanted);

	while (rest.p) {
		struct str w = str_cut(&rest, ' ');
		size_t i = 0;

		while (i < KINDS && !str_eq(w, str_of(kind_names[i])))
			i++;
		if (i == KINDS)
			return false;
		run->kinds |= UINT64_C(1) << i;
	}
	return true;
}

bool
instance_options(struct filter_run *run, const struct filter *f, int argc, char **argv,
    struct opt_list *operands, struct err *e)
{
	run->f = f;
	run->common = common_defaults;
	if (f->lines)
		run->common.max_line = 1024 * 1024;
	run->set = mem_new(1, f->set_size ? f->set_size : 1);
	if (f->set_size)
		memcpy(run->set, f->defaults, f->set_size);
	run->sets[0] = (struct opt_set){f->options, run->set};
	run->sets[1] = (struct opt_set){common_options(!f->lines), &run->common};
	run->arena = arena_new();
	run->paths = paths_new();
	run->scratch = buf_make(BUF_MAX);
	run->after = buf_make(BUF_MAX);
	run->name = "-";
	tally_start(&run->tally);
	if (f->kinds && !parse_kinds(run, f->kinds)) {
		err_set(e, ERR_CONFIG, "unknown kind in '%s'", f->kinds);
		return false;
	}
	return opt_parse(run->sets, 2, argc, argv, operands, e);
}

bool
instance_open(struct filter_run *run, struct err *e)
{
	run->time = filter_slot(run, "@timestamp");
	run->tags = filter_slot(run, "tags");
	run->kind = filter_slot(run, "ir.kind");
	run->ecs_kind = filter_slot(run, "event.kind");
	run->version = filter_slot(run, "ir.v");
	run->id = filter_slot(run, "event.id");
	run->why = filter_slot(run, "ir.why");
	run->opened = true;
	if (run->f->open && !(run->state = run->f->open(run, run->set, e)))
		return false;
	if (run->common.where &&
	    !(run->where = jqx_new(run->common.where, run->paths, e))) {
		err_at(e, "--where");
		return false;
	}
	run->rec = rec_new(run->paths, run->arena);
	arena_reset(run->arena);
	return true;
}

void
instance_close(struct filter_run *run)
{
	if (!run)
		return;
	if (run->opened && run->f->close && run->state)
		run->f->close(run->state);
	jqx_free(run->where);
	rec_free(run->rec);
	paths_free(run->paths);
	arena_free(run->arena);
	buf_free(&run->scratch);
	buf_free(&run->after);
	opt_free(run->sets, 2);
	mem_free(run->set);
	mem_free(run);
}

struct filter_run *
filter_new(const struct filter *f, int argc, char **argv,
    void (*sink)(void *, struct str), void *ctx, struct err *e)
{
	struct filter_run *run = mem_new(1, sizeof(*run));
	struct opt_list operands = {0};
	bool ok = instance_options(run, f, argc, argv, &operands, e);

	if (ok && operands.n > 0) {
		err_set(e, ERR_CONFIG, "'%s': no files here", operands.v[0]);
		ok = false;
	}
	mem_free(operands.v);
	run->sink = sink;
	run->ctx = ctx;
	if (!ok || !instance_open(run, e)) {
		instance_close(run);
		return NULL;
	}
	return run;
}

void
filter_feed(struct filter_run *run, struct str line)
{
	run->line_no++;
	instance_line(run, line);
	run->offset += line.n + 1;
}

void
filter_end(struct filter_run *run)
{
	instance_end(run);
}

void
filter_free(struct filter_run *run)
{
	instance_close(run);
}

/* --- what leaves --- */

static void
leave(struct filter_run *run, struct str record)
{
	run->tally.out++;
	run->tally.bytes_out += record.n + 1;
	run->sink(run->ctx, record);
}

void
filter_emit(struct filter_run *run, struct str record)
{
	run->tally.made++;
	leave(run, record);
}

void
filter_emit_after(struct filter_run *run, struct str record)
{
	buf_add(&run->after, record);
	buf_ch(&run->after, '\n');
}

void
filter_emit_line(struct filter_run *run, struct str record)
{
	if (run->emitted_line) {
		filter_emit(run, record);
		return;
	}
	run->emitted_line = true;
	run->tally.passed++;
	leave(run, record);
}

void
filter_emit_late(struct filter_run *run, struct str record)
{
	run->tally.passed++;
	leave(run, record);
}

static void
leave_after(struct filter_run *run)
{
	struct str rest = buf_str(&run->after);

	while (rest.n > 0)
		filter_emit(run, str_cut(&rest, '\n'));
	if (run->after.full)
		err_set(&run->fatal, ERR_SYS, "too many records made of one");
	buf_reset(&run->after);
}

/* Write the record where it leaves from, if that can be done. */
static bool
write_in_place(struct filter_run *run)
{
	struct buf *b;
	size_t n;

	if (!run->out || run->fatal.kind != ERR_NONE)
		return false;
	b = out_room(run->out, rec_bound(run->rec) + 1, &run->fatal);
	if (!b)
		return false;
	n = b->n;
	rec_write(run->rec, b);
	buf_ch(b, '\n');
	run->tally.out++;
	run->tally.bytes_out += b->n - n;
	return true;
}

static void
pass(struct filter_run *run, struct str line)
{
	run->tally.passed++;
	if (rec_untouched(run->rec)) {
		leave(run, line);
		return;
	}
	if (write_in_place(run))
		return;
	buf_reset(&run->scratch);
	rec_write(run->rec, &run->scratch);
	leave(run, buf_str(&run->scratch));
}

/* --- bad lines --- */

void
instance_reject(struct filter_run *run, struct str line, size_t col, const char *code,
    const char *why)
{
	char place[512];

	run->tally.rejected++;
	run->failed = true;
	snprintf(place, sizeof(place), "%s:%llu:%zu",
	    strcmp(run->name, "-") == 0 ? "stdin" : run->name,
	    (unsigned long long)run->line_no, col);
	if (run->shown < SHOWN || run->common.verbose > 0)
		log_error("%s: %s", place, why);
	else if (run->shown == SHOWN)
		log_error(
		    "%s: more bad lines; from here on they are only counted", place);
	if (run->shown <= SHOWN)
		run->shown++;
	if (run->bad)
		run->bad(run->ctx, line, place, code);
}

static void
reject_fault(struct filter_run *run, struct str line, const struct json_fault *fault)
{
	instance_reject(run, line, fault->at + 1, json_why_code(fault->why),
	    json_why_text(fault->why));
}

/* --- a line --- */

/* {"_ir":{"mark":N,"key":"K"}} with our key, byte for byte; anything else is data. */
static bool
is_mark(const struct filter_run *run, struct str line, uint64_t *n)
{
	struct str key = str_of(run->mark_key), rest;

	if (!key.p || key.n == 0 || !str_starts(line, MARK))
		return false;
	rest = str_from(line, MARK.n);
	if (!str_u64(str_cut(&rest, ','), n) || !str_starts(rest, STR("\"key\":\"")))
		return false;
	rest = str_from(rest, 7);
	return str_starts(rest, key) && str_eq(str_from(rest, key.n), STR("\"}}"));
}

static void
mark(struct filter_run *run, struct str line, uint64_t n)
{
	if (run->f->mark)
		run->f->mark(run->state, run);
	leave_after(run);
	run->last_mark = n;
	run->tally.marks++;
	run->sink(run->ctx, line);
	if (run->marked)
		run->marked(run->ctx, n);
	arena_reset(run->arena);
}

/* Which of kind_names the record is; KINDS: an unknown one. */
static size_t
kind_of(struct filter_run *run)
{
	struct str kind = rec_text(run->rec, run->kind), ecs;
	size_t i = 0;

	if (!kind.p) {
		ecs = rec_text(run->rec, run->ecs_kind);
		return str_eq(ecs, STR("alert")) || str_eq(ecs, STR("signal"));
	}
	while (i < KINDS && !str_eq(kind, str_of(kind_names[i])))
		i++;
	return i;
}

/* Is the record one that step() wants to see? */
static bool
wanted(struct filter_run *run, struct err *e)
{
	size_t kind;
	bool yes;

	if (run->kinds) {
		kind = kind_of(run);
		if (kind == KINDS || !(run->kinds >> kind & 1))
			return false;
	}
	if (!run->where)
		return true;
	if (jqx_true(run->where, run->rec, &yes, e))
		return yes;
	run->failed = true;
	filter_warn(run, "--where: %s", e->msg);
	return false;
}

static bool
schema_ok(struct filter_run *run)
{
	struct str raw = rec_raw(run->rec, run->version);
	int64_t v;

	if (!raw.p || (json_i64(raw, &v) && v <= SCHEMA))
		return true;
	err_set(&run->fatal, ERR_CONFIG,
	    "%s:%llu: the record's schema, ir.v " STR_FMT ", is newer than %d", run->name,
	    (unsigned long long)run->line_no, STR_ARG(str_sub(raw, 0, 20)), SCHEMA);
	return false;
}

static void
finish(struct filter_run *run, struct str line, enum filter_do did, const struct err *e)
{
	switch (did) {
	case FILTER_PASS:
		if (run->f->lines)
			break;
		pass(run, line);
		return;
	case FILTER_USED:
		tally_used(&run->tally, run->reason ? run->reason : "used");
		return;
	case FILTER_REJECT:
		instance_reject(run, line, 1, "refused", e->msg);
		return;
	case FILTER_LATER:
		return;
	}
	if (!run->emitted_line)
		tally_used(&run->tally, run->reason ? run->reason : "used");
}

static void
raw_line(struct filter_run *run, struct str line)
{
	struct err e;

	err_clear(&e);
	finish(run, line, run->f->step(run->state, run, NULL, line, &e), &e);
}

static void
record(struct filter_run *run, struct str line)
{
	struct json_fault fault;
	struct err e;
	enum filter_do did = FILTER_PASS;

	err_clear(&e);
	if (!rec_scan(run->rec, line, &fault)) {
		if (fault.why == JSON_EMPTY)
			tally_used(&run->tally, "blank");
		else
			reject_fault(run, line, &fault);
		return;
	}
	if (!schema_ok(run))
		return;
	if (wanted(run, &e))
		did = run->f->step(run->state, run, run->rec, line, &e);
	else if (run->f->report)
		did = filter_used(run, "not wanted");
	finish(run, line, did, &e);
}

static void
note_source(struct filter_run *run, struct str line)
{
	struct sha256 s;
	uint8_t hash[SHA256_SIZE];

	sha256_init(&s);
	sha256_add(&s, line);
	sha256_end(&s, hash);
	sha256_hex(hash, run->source, 64);
}

void
instance_line(struct filter_run *run, struct str line)
{
	uint64_t n;

	if (run->line_no == 1) {
		note_source(run, line);
		if (str_starts(line, STR("\xef\xbb\xbf")))
			line = str_from(line, 3);
	}
	if (is_mark(run, line, &n)) {
		mark(run, line, n);
		return;
	}
	run->tally.in++;
	run->tally.bytes_in += (run->long_bytes ? run->long_bytes : line.n) + 1;
	run->reason = NULL;
	run->emitted_line = run->has_at = false;
	if (run->f->lines)
		raw_line(run, line);
	else if (run->long_bytes)
		instance_reject(run, line, 1, "too-long", "line longer than --max-line");
	else
		record(run, line);
	if (run->after.n > 0 || run->after.full)
		leave_after(run);
	arena_reset(run->arena);
}

void
instance_end(struct filter_run *run)
{
	if (run->f->end)
		run->f->end(run->state, run);
	leave_after(run);
	arena_reset(run->arena);
}
