/*
 * kill-process and stop-process: exactly the process that the evidence names.
 *
 * A number alone may be another process by now: its start and the hash of what
 * it runs are compared, and everything goes through a pidfd.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "batch.h"
#include "pids.h"
#include "system.h"
#include "when.h"

#define SLACK (WHEN_S * 3 / 2) /* the time of boot is known to a second */
#define KEPT  ((size_t)64 * 1024)

static bool
is_it(struct job *j, const struct pid *s)
{
	const struct target *t = &j->a.to;
	struct str hash = t->text[TARGET_EXE_SHA256];
	int64_t off = t->text[TARGET_START].p ? pid_started(j->arena, s) - t->start_ns
					      : 0;

	if (off > SLACK || off < -SLACK)
		job_refuse(
		    j, "changed", "process %" PRId64 " started at another time", s->pid);
	else if (hash.p && !str_eq(hash, (struct str){s->sha256, 64}))
		job_refuse(j, "changed", "process %" PRId64 " runs another program, %s",
		    s->pid, s->sha256);
	else
		return true;
	return false;
}

/* --- looking --- */

static void
keep(struct job *j, const struct pid *s, struct str line)
{
	struct buf b = buf_make(KEPT);

	buf_fmt(&b,
	    "{\"pid\":%" PRId64 ",\"ticks\":\"%" PRIu64 "\",\"ppid\":%" PRId64
	    ",\"state\":\"%c\",\"sha256\":\"%s\",\"exe\":",
	    s->pid, s->ticks, s->ppid, s->state, s->sha256);
	buf_json(&b, s->exe);
	buf_add(&b, STR(",\"command_line\":"));
	buf_json(&b, action_cut(line, 4096));
	buf_ch(&b, '}');
	j->prior = arena_copy(j->arena, buf_str(&b));
	buf_free(&b);
}

static void
look(struct batch *b, struct job *j)
{
	const struct target *t = &j->a.to;
	bool kill = j->a.what == DO_KILL_PROCESS;
	struct str spared, line;
	struct pid s;

	if (!b->hands.root.machine) {
		job_refuse(j, "image", "an image has no processes");
		return;
	}
	if (!pid_look(j->arena, t->pid, &s) || s.state == 'Z') {
		job_already(j, "there is no such process");
		return;
	}
	pid_exe(j->arena, &s);
	spared = pid_spared(j->arena, &s);
	if (spared.p)
		job_refuse(j, "protected", STR_FMT, STR_ARG(spared));
	if (spared.p || !is_it(j, &s))
		return;
	if (!kill && s.state == 'T') {
		job_already(j, "it is stopped");
		return;
	}
	if (!t->text[TARGET_START].p)
		job_ask(j, 1, "the step does not say which process by its start");
	line = pid_line(j->arena, t->pid);
	keep(j, &s, line);
	j->change = arena_fmt(j->arena, "%s process %" PRId64 ", " STR_FMT,
	    kill ? "kill" : "stop", s.pid, STR_ARG(action_cut(line, 200)));
	j->diff = arena_fmt(j->arena, "-process %" PRId64 " runs " STR_FMT "\n%s", s.pid,
	    STR_ARG(s.exe), kill ? "" : "+it is stopped\n");
}

/* --- acting --- */

static bool
recall(const struct past *p, struct pid *s, struct err *e)
{
	struct str ticks = past_prior(p, "ticks");

	*s = (struct pid){.pid = 0};
	if (!ticks.n || !node_i64(node_get(p->prior, STR("pid")), &s->pid) || s->pid < 2)
		return past_silent(e, "which process");
	s->ticks = strtoull(ticks.p, NULL, 10);
	return true;
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct past p = past_of(j->arena, j->deed);
	struct pid s;

	(void)b;
	/* stopped first: what is about to be killed does nothing more */
	return recall(&p, &s, e) && pid_send(j->arena, &s, SIGSTOP, false, e) &&
	       (j->a.what == DO_STOP_PROCESS || pid_send(j->arena, &s, SIGKILL, true, e));
}

static bool
is_over(const struct past *p, const struct pid *s)
{
	struct pid now;

	return !pid_look(p->arena, s->pid, &now) || now.ticks != s->ticks ||
	       now.state == 'Z' || (p->deed->what == DO_STOP_PROCESS && now.state == 'T');
}

static int
holds(struct batch *b, const struct past *p)
{
	struct err e = {0};
	struct pid s;
	bool in;

	(void)b;
	if (!recall(p, &s, &e))
		return -1;
	in = is_over(p, &s);
	/* a stop is seen a little later */
	for (int i = 0; i < 50 && !in; i++) {
		usleep(10000);
		in = is_over(p, &s);
	}
	return in;
}

static bool
resume(struct batch *b, const struct past *p, struct err *e)
{
	struct pid s;

	(void)b;
	return recall(p, &s, e) && pid_send(p->arena, &s, SIGCONT, false, e);
}

const struct actuator kill_hands = {
    .what = DO_KILL_PROCESS,
    .destroys = true,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
};

const struct actuator stop_hands = {
    .what = DO_STOP_PROCESS,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = resume,
};
