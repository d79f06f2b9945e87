#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "action.h"
#include "file.h"
#include "inputs.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "openc2.h"
#include "out.h"
#include "plan.h"
#include "privs.h"
#include "reader.h"
#include "sandbox.h"
#include "wire.h"

#define NOBODY        65534
#define APPROVALS_MAX ((size_t)4 << 20) /* bytes of a file of them */

struct reader {
	struct filter_run *run;
	struct inputs inputs;
	int fd, reject;
	const struct opt_list *approvals; /* files; NULL: none */
	struct str *signed_;              /* their bytes */
	pid_t parent;
	struct buf frame;
	bool answers;    /* each line of input gets an answer */
	struct buf pass; /* frames of passing records that wait to be written */
};

/* Slots, made in open(). */
struct seen {
	int kind, do_, plan;
};

/* --- frames up the pipe --- */

static void
put_head(struct buf *b, enum reader_frame kind, size_t n)
{
	wire_put_u8(b, (uint8_t)kind);
	wire_put_i64(b, (int64_t)n);
}

static void
flush(struct reader *r)
{
	out_write(r->fd, buf_str(&r->pass), &r->run->fatal);
	buf_reset(&r->pass);
}

static void
send(struct reader *r, enum reader_frame kind, struct str body)
{
	put_head(&r->pass, kind, body.n);
	buf_add(&r->pass, body);
	if (r->pass.full)
		err_set(&r->run->fatal, ERR_SYS, "a record too large to hand on");
	else if (r->pass.n > 256 * 1024 || kind != FRAME_PASS)
		flush(r);
}

static void
to_parent(void *ctx, struct str record)
{
	send(ctx, FRAME_PASS, record);
}

static void
send_command(struct reader *r, const struct openc2 *c)
{
	buf_reset(&r->frame);
	openc2_pack(c, &r->frame);
	send(r, FRAME_ASK, buf_str(&r->frame));
}

/* Whoever sent what is no command waits for an answer all the same. */
static void
no_command(struct reader *r)
{
	struct openc2 c = {.request = STR(""), .from = STR("")};

	openc2_refuse(&c, 400, STR("the line is no command"));
	send_command(r, &c);
}

static void
to_reject(void *ctx, struct str line, const char *place, const char *code)
{
	struct reader *r = ctx;
	struct filter_run *run = r->run;

	if (r->reject >= 0)
		out_write(r->reject,
		    CAT(run->arena, str_of(place), STR("\t"), str_of(code), STR("\t"),
			line, STR("\n")),
		    &run->fatal);
	if (r->answers)
		no_command(r);
	if (run->common.strict)
		err_set(
		    &run->fatal, ERR_DATA, "stopped at the first bad line (--strict)");
}

/* The parent acts when nothing more is at hand. */
static void
before_read(void *ctx)
{
	struct reader *r = ctx;
	struct pollfd p = {r->inputs.v[r->run->input].fd, POLLIN, 0};

	if (poll(&p, 1, 0) == 0)
		send(r, FRAME_WAIT, STR(""));
}

/* --- the filter --- */

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	struct seen *s = mem_new(1, sizeof(*s));

	(void)set;
	(void)e;
	*s = (struct seen){filter_slot(run, "ir.kind"), filter_slot(run, "do"),
	    filter_slot(run, "ir.plan.id")};
	return s;
}

static bool
pack_steps(struct reader *r, struct arena *a, const struct node *steps, struct err *e)
{
	struct action step;

	wire_put_i64(&r->frame, (int64_t)steps->n);
	for (size_t i = 0; i < steps->n; i++) {
		if (!action_read(a, &steps->kids[i], &step, e)) {
			err_at(e, "step %zu", i + 1);
			return false;
		}
		action_pack(&step, &r->frame);
	}
	return true;
}

static enum filter_do
plan_step(struct reader *r, struct rec *rec, struct err *e)
{
	struct arena *a = rec_arena(rec);
	const struct node *record = node_json(a, rec_line(rec));
	struct plan plan;

	if (!plan_read(a, record, &plan, e))
		return FILTER_REJECT;
	plan_pack(&plan, &r->frame);
	wire_put_str(&r->frame, rec_line(rec));
	if (!pack_steps(r, a, node_path(record, STR("ir.plan.steps")), e))
		return FILTER_REJECT;
	send(r, FRAME_PLAN, buf_str(&r->frame));
	return FILTER_PASS;
}

/* An approval record; false: it is none.  Whether it counts is for the other half to say. */
static bool
approve(struct reader *r, struct arena *a, const struct node *record)
{
	const struct node *list = node_path(record, STR("ir.plan.approvals"));
	struct str hash = node_text(node_path(record, STR("ir.plan.hash")));
	struct approval one;
	bool any = false;

	if (!str_eq(node_text(node_path(record, STR("ir.kind"))), STR("approval")))
		return false;
	for (size_t i = 0; i < node_count(list) && i < PLAN_APPROVED; i++) {
		if (!approval_read(a, node_at(list, i), hash, &one))
			continue;
		buf_reset(&r->frame);
		approval_pack(&one, &r->frame);
		send(r, FRAME_YES, buf_str(&r->frame));
		any = true;
	}
	return any;
}

/* What is for us, or for nobody of ours; the rest is handed on. */
static bool
our_own(const struct reader *r, const struct action *a)
{
	struct str by = str_of(action_verb(a->what)->by);

	return str_eq(by, str_of(r->run->f->name)) || str_eq(by, STR("irnotify"));
}

static enum filter_do
record(const struct seen *s, struct filter_run *run, struct rec *rec, bool all,
    struct err *e)
{
	struct reader *r = run->ctx;
	struct str kind = rec_text(rec, s->kind);
	struct action one;

	buf_reset(&r->frame);
	if (str_eq(kind, STR("plan")))
		return plan_step(r, rec, e);
	if (str_eq(kind, STR("approval"))) {
		if (approve(r, rec_arena(rec), node_json(rec_arena(rec), rec_line(rec))))
			return FILTER_PASS;
		err_set(e, ERR_DATA, "an approval that is not signed, or malformed");
		return FILTER_REJECT;
	}
	if (kind.p || !rec_raw(rec, s->do_).p)
		return FILTER_PASS;
	if (!action_read(
		rec_arena(rec), node_json(rec_arena(rec), rec_line(rec)), &one, e))
		return FILTER_REJECT;
	if (!all && !our_own(r, &one))
		return FILTER_PASS;
	action_pack(&one, &r->frame);
	send(r, FRAME_STEP, buf_str(&r->frame));
	return filter_used(run, "step");
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	(void)line;
	return record(state, run, rec, false, e);
}

static enum filter_do
every(
    void *state, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	(void)line;
	return record(state, run, rec, true, e);
}

struct filter
reader_filter(void)
{
	return (struct filter){.open = open_, .step = step, .close = mem_free};
}

struct filter
reader_every(void)
{
	return (struct filter){.open = open_, .step = every, .close = mem_free};
}

/* --- files of approvals --- */

/* While it still may be: their bytes, not yet looked at. */
static bool
fetch(struct reader *r, struct err *e)
{
	size_t n = r->approvals ? r->approvals->n : 0;

	r->signed_ = mem_new(n + 1, sizeof(*r->signed_));
	for (size_t i = 0; i < n; i++) {
		r->signed_[i] = file_read(
		    r->run->arena, r->approvals->v[i], APPROVALS_MAX, e);
		if (!r->signed_[i].p)
			return false;
	}
	return true;
}

/* When it may do nothing else any more: what they say. */
static void
look_at_approvals(struct reader *r)
{
	struct arena *a = arena_new();

	for (size_t i = 0; r->approvals && i < r->approvals->n; i++) {
		struct str rest = r->signed_[i];

		for (int n = 1; rest.p; n++) {
			struct str line = str_trim(str_cut(&rest, '\n'));
			struct str copy;

			if (line.n == 0)
				continue;
			arena_reset(a);
			copy = arena_fmt(a, STR_FMT "%*s", STR_ARG(line), JSON_PAD, "");
			copy.n = line.n;
			if (!json_valid(copy, NULL) || !approve(r, a, node_json(a, copy)))
				log_warn("%s:%d: not an approval", r->approvals->v[i], n);
		}
	}
	arena_free(a);
}

/* --- commands --- */

/* Steps become commands for others, one by one. */
static enum filter_do
translate(struct reader *r, struct arena *a, const struct node *steps, struct err *e)
{
	struct action one;

	for (size_t i = 0; i < node_count(steps); i++)
		if (!action_read(a, node_at(steps, i), &one, e))
			return FILTER_REJECT;
	for (size_t i = 0; i < node_count(steps); i++) {
		action_read(a, node_at(steps, i), &one, e);
		buf_reset(&r->frame);
		action_pack(&one, &r->frame);
		send(r, FRAME_STEP, buf_str(&r->frame));
	}
	return filter_used(r->run, "step");
}

static enum filter_do
command(
    void *state, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	const struct seen *s = state;
	struct reader *r = run->ctx;
	struct arena *a = rec_arena(rec);
	const struct node *record = node_json(a, rec_line(rec));
	struct str kind = rec_text(rec, s->kind);
	struct openc2 c;

	(void)line;
	if (str_eq(kind, STR("plan")))
		return translate(r, a, node_path(record, STR("ir.plan.steps")), e);
	if (!kind.p && node_get(record, STR("do")))
		return translate(r, a, record, e);
	if (!openc2_is(record))
		return FILTER_PASS;
	openc2_read(a, record, &c);
	send_command(r, &c);
	return filter_used(run, "command");
}

struct filter
reader_commands(void)
{
	return (struct filter){.open = open_, .step = command, .close = mem_free};
}

/* --- the child --- */

static int
read_all(struct reader *r)
{
	struct filter_run *run = r->run;
	struct err *e = &run->fatal;

	run->sink = to_parent;
	run->bad = to_reject;
	run->ctx = r;
	r->answers = run->f->step == command;
	run->mark_key = getenv("IR_MARK");
	r->inputs.max_line = run->common.max_line;
	r->inputs.wait = before_read;
	r->inputs.ctx = r;
	if (!instance_open(run, e) || !fetch(r, e) || !privs_drop(e) ||
	    !privs_dies_with(r->parent, e) || !sandbox_filter(&(struct sandbox){0}, e)) {
		log_err(e);
		return (int)e->kind;
	}
	look_at_approvals(r);
	inputs_run(&r->inputs, run);
	if (e->kind == ERR_NONE)
		instance_end(run);
	if (run->common.stats) {
		struct buf b = buf_make(1 << 16);

		tally_record(&run->tally, run->f->name, &b);
		buf_ch(&b, '\n');
		out_write(2, buf_str(&b), e);
		buf_free(&b);
	}
	if (e->kind != ERR_NONE) {
		log_err(e);
		return (int)e->kind;
	}
	return r->inputs.broken                   ? ERR_SYS
	       : run->failed || r->inputs.missing ? ERR_DATA
						  : 0;
}

static _Noreturn void
child(struct reader *r, const struct opt_list *operands)
{
	int status;
	char byte;

	privs_close_others(r->fd, r->reject);
	inputs_open(&r->inputs, operands);
	status = read_all(r);
	byte = (char)status;
	send(r, FRAME_END, (struct str){&byte, 1});
	log_end();
	_exit(status);
}

int
reader_start(struct filter_run *run, const struct opt_list *operands,
    const struct opt_list *approvals, struct err *e)
{
	struct reader r = {
	    .run = run, .reject = -1, .approvals = approvals, .parent = getpid()};
	int ends[2];
	pid_t pid;

	if (run->common.reject) {
		r.reject = open(run->common.reject,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
		if (r.reject < 0) {
			err_sys(e, ERR_CONFIG, "cannot write '%s'", run->common.reject);
			return -1;
		}
	}
	if (pipe2(ends, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		err_sys(e, ERR_SYS, "cannot start the reading half");
		return -1;
	}
	if (pid == 0) {
		close(ends[0]);
		r.fd = ends[1];
		r.frame = buf_make(READER_MAX);
		r.pass = buf_make(2 * READER_MAX);
		child(&r, operands);
	}
	close(ends[1]);
	if (r.reject >= 0)
		close(r.reject);
	return ends[0];
}

/* --- the other end --- */

/* All `n` bytes; false at the end of the pipe. */
static bool
take(int fd, char *p, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			err_sys(e, ERR_SYS, "cannot hear the reading half");
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

bool
reader_next(int fd, enum reader_frame *kind, struct buf *b, struct err *e)
{
	char head[9], *room;
	struct str in = {head, sizeof(head)};
	uint8_t k;
	int64_t n;

	buf_reset(b);
	if (!take(fd, head, sizeof(head), e) || !wire_u8(&in, &k) || !wire_i64(&in, &n))
		return false;
	room = n >= 0 && (uint64_t)n <= READER_MAX ? buf_room(b, (size_t)n + 1) : NULL;
	if (!room) {
		err_set(e, ERR_SYS, "the reading half sent no frame");
		return false;
	}
	if (!take(fd, room, (size_t)n, e))
		return false;
	b->n = (size_t)n;
	*kind = (enum reader_frame)k;
	return true;
}
