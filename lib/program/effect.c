#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "effect.h"
#include "log.h"
#include "mem.h"
#include "reader.h"
#include "says.h"
#include "wire.h"

#define OUT_MAX  ((size_t)1 << 30)
#define OUT_FULL ((size_t)256 * 1024)

struct effect_run {
	const struct effect *f;
	struct filter_run *run; /* options and, in the child, the reading */
	void *state;
	struct buf out;
	struct arena *arena; /* for a frame */
	bool gone; /* nobody reads our output; what was ordered is done all the same */
	bool text;
	bool refused, waiting, failed;
};

int64_t
effect_now(const struct effect_run *r)
{
	return filter_now(r->run);
}

bool
effect_given_now(const struct effect_run *r)
{
	return r->run->common.now != INT64_MIN;
}

const char *
effect_state(const struct effect_run *r)
{
	return r->run->common.state;
}

void
effect_text(struct effect_run *r)
{
	r->text = true;
}

void
effect_ended(struct effect_run *r, enum err_kind kind)
{
	r->refused |= kind == ERR_DATA;
	r->waiting |= kind == ERR_LATER;
	r->failed |= kind == ERR_SYS;
}

/* --- output: SIGPIPE is ignored, a reader that leaves stops no action --- */

static void
flush(struct effect_run *r)
{
	struct str s = buf_str(&r->out);

	while (s.n > 0 && !r->gone) {
		ssize_t n = write(1, s.p, s.n);

		if (n >= 0) {
			s = str_from(s, (size_t)n);
		} else if (errno != EINTR) {
			struct err e = {0};

			err_sys(&e, ERR_SYS, "cannot write");
			log_err(&e);
			r->gone = r->failed = true;
		}
	}
	buf_reset(&r->out);
}

void
effect_emit(struct effect_run *r, struct str record)
{
	buf_add(&r->out, record);
	buf_ch(&r->out, '\n');
	if (r->out.n > OUT_FULL)
		flush(r);
}

/* --- what the reading half hands over --- */

/* A plan and its steps; false: it is not what it should be. */
static bool
plan_frame(struct effect_run *r, struct str in)
{
	struct plan plan;
	struct action step;
	int64_t n;

	if (!plan_unpack(&in, &plan) || !wire_str(&in, READER_MAX, &plan.record) ||
	    !wire_i64(&in, &n) || n < 0 || n > (int64_t)PLAN_STEPS)
		return false;
	for (struct str check = in; n > 0; n--)
		if (!action_unpack(r->arena, &check, &step) || (n == 1 && check.n > 0))
			return false;
	while (in.n > 0 && action_unpack(r->arena, &in, &step))
		r->f->step(r->state, &plan, &step);
	return true;
}

static bool
step_frame(struct effect_run *r, struct str in)
{
	struct action step;

	if (!action_unpack(r->arena, &in, &step) || in.n > 0)
		return false;
	r->f->step(r->state, NULL, &step);
	return true;
}

static bool
yes_frame(struct effect_run *r, struct str in)
{
	struct approval a;

	if (!approval_unpack(&in, &a) || in.n > 0)
		return false;
	if (r->f->approval)
		r->f->approval(r->state, &a);
	return true;
}

static bool
command_frame(struct effect_run *r, struct str in)
{
	struct openc2 c;

	if (!r->f->command || !openc2_unpack(r->arena, &in, &c) || in.n > 0)
		return false;
	r->f->command(r->state, &c);
	return true;
}

/* Returns false when there is no more, or the frame was not one. */
static bool
frame(struct effect_run *r, enum reader_frame kind, struct str body, int *status)
{
	bool ok = true;

	arena_reset(r->arena);
	switch (kind) {
	case FRAME_PASS:
		if (!r->text)
			effect_emit(r, body);
		break;
	case FRAME_PLAN:
		ok = plan_frame(r, body);
		break;
	case FRAME_STEP:
		ok = step_frame(r, body);
		break;
	case FRAME_YES:
		ok = yes_frame(r, body);
		break;
	case FRAME_ASK:
		ok = command_frame(r, body);
		break;
	case FRAME_WAIT:
		r->f->act(r->state);
		flush(r);
		break;
	case FRAME_END:
		*status = body.n == 1 ? (unsigned char)body.p[0] : ERR_SYS;
		return false;
	default:
		ok = false;
	}
	if (!ok)
		log_error("the reading half sent what is no step; nothing more is done");
	return ok;
}

static int
listen_(struct effect_run *r, int fd, struct err *e)
{
	struct buf b = buf_make(READER_MAX + 1);
	enum reader_frame kind;
	int status = -1;

	while (reader_next(fd, &kind, &b, e) && frame(r, kind, buf_str(&b), &status))
		;
	buf_free(&b);
	close(fd);
	if (status >= 0)
		r->f->act(r->state);
	else if (e->kind == ERR_NONE)
		err_set(e, ERR_SYS,
		    "the reading half ended early; what it left open is not done");
	return status;
}

/* --- the run --- */

static bool
allowed(const struct common *c, struct err *e)
{
	const char *name = c->output ? "--output" : c->metrics ? "--metrics" : NULL;

	if (name)
		err_set(e, ERR_CONFIG, "%s is not for a program that acts", name);
	return !name;
}

static int
verdict(const struct effect_run *r, int reading, const struct err *e)
{
	if (e->kind != ERR_NONE)
		return (int)e->kind;
	if (r->failed || reading == ERR_SYS)
		return ERR_SYS;
	if (reading == ERR_CONFIG)
		return ERR_CONFIG;
	return r->refused || reading == ERR_DATA ? ERR_DATA : r->waiting ? ERR_LATER : 0;
}

static const struct opt_list *
files(const struct effect_run *r)
{
	return r->f->approvals ? r->f->approvals(r->run->set) : NULL;
}

static int
run(struct effect_run *r, const struct opt_list *operands)
{
	struct err e = {0};
	int reading = 0, fd;

	signal(SIGPIPE, SIG_IGN);
	r->out = buf_make(OUT_MAX);
	r->arena = arena_new();
	if (allowed(&r->run->common, &e) && (r->state = r->f->open(r, r->run->set, &e))) {
		if (!r->f->by_hand(r->state)) {
			if (operands->n == 0 && isatty(0)) {
				says_usage(r->run, 2);
				reading = ERR_CONFIG;
			} else if ((fd = reader_start(r->run, operands, files(r), &e)) >=
				   0) {
				reading = listen_(r, fd, &e);
			}
		}
		flush(r);
	}
	if (e.kind != ERR_NONE)
		log_err(&e);
	log_end();
	if (r->state)
		r->f->close(r->state);
	buf_free(&r->out);
	arena_free(r->arena);
	return verdict(r, reading, &e);
}

int
effect_main(const struct effect *f, int argc, char **argv)
{
	struct effect_run r = {.f = f, .run = mem_new(1, sizeof(struct filter_run))};
	struct filter filter = reader_filter();
	struct opt_list operands = {0};
	struct err e = {0};
	int status;

	filter.name = f->name;
	filter.summary = f->summary;
	filter.operands = f->operands;
	filter.examples = f->examples;
	filter.options = f->options;
	filter.defaults = f->defaults;
	filter.set_size = f->set_size;
	log_start(f->name);
	if (!instance_options(r.run, &filter, argc, argv, &operands, &e)) {
		log_err(&e);
		log_hint("'%s -h' shows how it is used", f->name);
		instance_close(r.run);
		mem_free(operands.v);
		return (int)e.kind;
	}
	log_set(r.run->common.verbose, r.run->common.quiet,
	    strcmp(r.run->common.log_form, "json") == 0 ? LOG_JSON : LOG_TEXT);
	if (f->commands && f->commands(r.run->set))
		filter.step = reader_commands().step;
	else if (f->every && f->every(r.run->set))
		filter.step = reader_every().step;
	status = says_run(r.run, &e);
	if (status < 0)
		status = run(&r, &operands);
	instance_close(r.run);
	mem_free(operands.v);
	return status;
}
