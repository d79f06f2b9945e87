#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "inputs.h"
#include "json.h"
#include "keep.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "sandbox.h"
#include "says.h"
#include "sha256.h"
#include "when.h"

#define PIPE_BYTES (256 * 1024)

/* A file that appears whole or not at all: written beside it, renamed at the end. */
struct draft {
	const char *path;
	char *temp;
	int fd;
};

struct loop {
	struct filter_run *run;
	struct inputs inputs;
	struct out *out;
	struct keep *keep; /* NULL: nothing is kept */
	int reject;
	struct draft output, metrics;
};

/* --- signals: a byte in a pipe wakes the poll before each read --- */

static volatile sig_atomic_t got_signal;
static int wake[2] = {-1, -1};

static void
on_signal(int sig)
{
	int saved = errno;

	got_signal = sig;
	if (write(wake[1], "", 1) < 0)
		got_signal = sig;
	errno = saved;
}

/* The second signal finds the default action and ends the program at once. */
static bool
catch_signals(struct err *e)
{
	struct sigaction sa = {
	    .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_RESETHAND};

	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0) {
		err_sys(e, ERR_SYS, "cannot make a pipe");
		return false;
	}
	sigemptyset(&sa.sa_mask);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	return true;
}

/* --- output --- */

static void
to_out(void *ctx, struct str record)
{
	struct loop *l = ctx;
	struct filter_run *run = l->run;

	if (run->fatal.kind == ERR_NONE)
		out_line(l->out, record, &run->fatal);
}

static void
to_reject(void *ctx, struct str line, const char *place, const char *code)
{
	struct loop *l = ctx;
	struct filter_run *run = l->run;
	struct str row;
	bool too_many;

	if (l->reject >= 0) {
		row = CAT(run->arena, str_of(place), STR("\t"), str_of(code), STR("\t"),
		    line, STR("\n"));
		out_write(l->reject, row, &run->fatal);
	}
	if (run->common.strict)
		err_set(
		    &run->fatal, ERR_DATA, "stopped at the first bad line (--strict)");
	else if (run->common.max_errors &&
		 common_too_many(run->common.max_errors, run->tally.rejected,
		     run->tally.in, &too_many) &&
		 too_many)
		err_set(&run->fatal, ERR_SYS,
		    "more bad lines than --max-errors %s allows", run->common.max_errors);
}

static bool
draft_open(struct draft *d, const char *path, struct err *e)
{
	struct stat st;
	size_t n = strlen(path) + 16;

	d->path = path;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		err_set(e, ERR_CONFIG, "'%s' is not a regular file", path);
		return false;
	}
	d->temp = mem_new(n, 1);
	snprintf(d->temp, n, "%s.XXXXXX", path);
	d->fd = mkostemp(d->temp, O_CLOEXEC);
	if (d->fd < 0) {
		err_sys(e, ERR_CONFIG, "cannot write '%s'", path);
		mem_free(d->temp);
		return false;
	}
	fchmod(d->fd, 0644);
	return true;
}

static void
draft_close(struct draft *d, bool keep, struct err *e)
{
	if (d->fd <= 0)
		return;
	if (keep && (fsync(d->fd) < 0 || rename(d->temp, d->path) < 0)) {
		err_sys(e, ERR_SYS, "cannot write '%s'", d->path);
		keep = false;
	}
	if (!keep)
		unlink(d->temp);
	close(d->fd);
	mem_free(d->temp);
}

static void
at_mark(void *ctx, uint64_t mark)
{
	keep_save(((struct loop *)ctx)->keep, mark);
}

/* --- the end --- */

static int
finish(struct loop *l)
{
	struct filter_run *run = l->run;
	struct buf b = buf_make(1 << 20);
	bool ok;

	if (run->fatal.kind == ERR_NONE || run->fatal.kind == ERR_DATA) {
		struct err flush = {0};

		if (!out_flush(l->out, &flush))
			run->fatal = flush;
		else
			keep_save(l->keep, 0);
	}
	ok = run->fatal.kind == ERR_NONE || run->fatal.kind == ERR_DATA;
	if (run->common.stats) {
		tally_record(&run->tally, run->f->name, &b);
		buf_ch(&b, '\n');
		out_write(2, buf_str(&b), &run->fatal);
		buf_reset(&b);
	}
	if (l->metrics.fd > 0) {
		tally_metrics(&run->tally, run->f->name, &b);
		out_write(l->metrics.fd, buf_str(&b), &run->fatal);
		draft_close(&l->metrics, ok, &run->fatal);
	}
	draft_close(&l->output, ok, &run->fatal);
	buf_free(&b);
	if (run->fatal.kind != ERR_NONE)
		log_err(&run->fatal);
	log_end();
	if (run->fatal.kind != ERR_NONE)
		return (int)run->fatal.kind;
	return l->inputs.broken                   ? ERR_SYS
	       : run->failed || l->inputs.missing ? ERR_DATA
						  : 0;
}

static _Noreturn void
die_of(struct loop *l, int sig)
{
	instance_end(l->run);
	finish(l);
	signal(sig, SIG_DFL);
	raise(sig);
	_exit(128 + sig);
}

/* Before each read: nothing may wait in a buffer while we wait for input. */
static void
before_read(void *ctx)
{
	struct loop *l = ctx;
	struct filter_run *run = l->run;
	struct pollfd p[2] = {{.events = POLLIN}, {.fd = wake[0], .events = POLLIN}};
	int64_t tick = run->common.tick_ms;
	int n;

	p[0].fd = l->inputs.v[run->input].fd;
	if (run->f->idle && poll(p, 1, 0) == 0)
		run->f->idle(run->state, run);
	if (run->fatal.kind == ERR_NONE && out_flush(l->out, &run->fatal))
		keep_changes(l->keep);
	if (run->fatal.kind != ERR_NONE)
		exit(finish(l));
	for (;;) {
		if (got_signal)
			die_of(l, got_signal);
		n = poll(p, 2, tick > 0 && tick < INT32_MAX ? (int)tick : -1);
		if (n > 0 && p[0].revents)
			return;
		if (n == 0 && run->f->tick) {
			if (run->has_newest)
				run->newest += tick * WHEN_MS;
			run->f->tick(run->state, run);
			if (out_flush(l->out, &run->fatal))
				keep_changes(l->keep);
		}
		if (n < 0 && errno != EINTR)
			return;
	}
}

/* --- the beginning --- */

static bool
no_input(struct filter_run *run, const struct opt_list *operands)
{
	if (operands->n > 0 || !isatty(0))
		return false;
	says_usage(run, 2);
	return true;
}

static bool
open_outputs(struct loop *l, struct err *e)
{
	const struct common *c = &l->run->common;
	bool ignored;

	if (c->max_errors && !common_too_many(c->max_errors, 0, 0, &ignored)) {
		err_set(e, ERR_CONFIG,
		    "--max-errors: '%s' is neither a number nor a share", c->max_errors);
		return false;
	}
	if (c->reject) {
		l->reject = open(c->reject,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
		if (l->reject < 0) {
			err_sys(e, ERR_CONFIG, "cannot write '%s'", c->reject);
			return false;
		}
	}
	if (c->output && !draft_open(&l->output, c->output, e))
		return false;
	if (c->metrics && !draft_open(&l->metrics, c->metrics, e))
		return false;
	l->out = out_new(c->output ? l->output.fd : 1);
	return true;
}

/*
 * A pipe that holds more means fewer switches between the programs at its ends.
 * What is no pipe, or may not grow, stays as it is.
 */
static void
widen_pipes(const struct loop *l)
{
	for (size_t i = 0; i < l->inputs.n; i++)
		fcntl(l->inputs.v[i].fd, F_SETPIPE_SZ, PIPE_BYTES);
	fcntl(l->run->common.output ? l->output.fd : 1, F_SETPIPE_SZ, PIPE_BYTES);
}

/* Everything up to the sandbox.  False: `e`. */
static bool
make_ready(struct loop *l, const struct opt_list *operands, struct err *e)
{
	struct filter_run *run = l->run;

	inputs_open(&l->inputs, operands);
	l->inputs.max_line = run->common.max_line;
	l->inputs.wait = before_read;
	l->inputs.ctx = l;
	if (!open_outputs(l, e) || !instance_open(run, e) || !keep_open(&l->keep, run, e))
		return false;
	widen_pipes(l);
	run->sink = to_out;
	run->out = l->out;
	run->bad = to_reject;
	run->marked = at_mark;
	run->ctx = l;
	run->mark_key = getenv("IR_MARK");
	if (!catch_signals(e))
		return false;
	return sandbox_filter(&(struct sandbox){.state = run->common.state,
				  .threads = run->threads,
				  .rename = run->common.output || run->common.metrics},
	    e);
}

static void
close_all(struct loop *l)
{
	inputs_close(&l->inputs);
	out_free(l->out);
	keep_close(l->keep);
	instance_close(l->run);
}

int
filter_main(const struct filter *f, int argc, char **argv)
{
	struct loop l = {.run = mem_new(1, sizeof(struct filter_run)), .reject = -1};
	struct opt_list operands = {0};
	struct err e = {0};
	int status;

	log_start(f->name);
	if (!instance_options(l.run, f, argc, argv, &operands, &e)) {
		log_err(&e);
		log_hint("'%s -h' shows how it is used", f->name);
		instance_close(l.run);
		mem_free(operands.v);
		return (int)e.kind;
	}
	log_set(l.run->common.verbose, l.run->common.quiet,
	    strcmp(l.run->common.log_form, "json") == 0 ? LOG_JSON : LOG_TEXT);
	status = says_run(l.run, &e);
	if (status < 0 && no_input(l.run, &operands))
		status = ERR_CONFIG;
	if (status < 0) {
		if (!make_ready(&l, &operands, &e)) {
			draft_close(&l.output, false, &e);
			draft_close(&l.metrics, false, &e);
			status = (int)e.kind;
		} else {
			if (l.run->merge)
				inputs_merge(&l.inputs, l.run);
			else
				inputs_run(&l.inputs, l.run);
			if (l.run->fatal.kind == ERR_NONE)
				instance_end(l.run);
			e = (struct err){0};
			status = finish(&l);
		}
	}
	if (e.kind != ERR_NONE)
		log_err(&e);
	close_all(&l);
	mem_free(operands.v);
	return status;
}
