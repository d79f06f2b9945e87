/*
 * kill-process and stop-process: exactly the process that the evidence names.
 *
 * A number alone may be another process by now: its start and the hash of what
 * it runs are compared, and everything goes through a pidfd.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "batch.h"
#include "file.h"
#include "sha256.h"
#include "system.h"
#include "when.h"

#define SLACK   (WHEN_S * 3 / 2) /* the time of boot is known to a second */
#define TEXT    ((size_t)1 << 20)
#define GONE_MS 3000

struct seen {
	int64_t pid, ppid, session;
	uint64_t ticks; /* start, in clock ticks after boot */
	char state;
	char sha256[65];
	struct str exe, line;
};

/* --- reading /proc --- */

static struct str
read_proc(struct arena *a, int64_t pid, const char *name)
{
	struct err ignored = {0};
	struct str s = file_read(
	    a, arena_fmt(a, "/proc/%" PRId64 "/%s", pid, name).p, TEXT, &ignored);

	return s.p ? s : STR("");
}

/* Fields of stat(5) behind the name, which may hold anything. */
static bool
read_stat(struct arena *a, int64_t pid, struct seen *s)
{
	struct str text = read_proc(a, pid, "stat"), word;
	size_t close = str_rchr(text, ')');

	*s = (struct seen){.pid = pid};
	if (close >= text.n)
		return false;
	text = str_trim(str_from(text, close + 1));
	for (int i = 3; text.n && i <= 22; i++) {
		word = arena_copy(a, str_cut(&text, ' '));
		if (i == 3)
			s->state = word.n ? word.p[0] : '?';
		else if (i == 4)
			s->ppid = strtoll(word.p, NULL, 10);
		else if (i == 6)
			s->session = strtoll(word.p, NULL, 10);
		else if (i == 22)
			s->ticks = strtoull(word.p, NULL, 10);
	}
	return s->ticks != 0 || pid == 1;
}

static bool
read_exe(struct arena *a, int64_t pid, struct seen *s)
{
	struct str link = arena_fmt(a, "/proc/%" PRId64 "/exe", pid);
	char path[4096];
	ssize_t n = readlink(link.p, path, sizeof(path));
	struct err ignored = {0};
	uint8_t hash[32];
	uint64_t size;
	int fd;
	bool ok;

	if (n <= 0)
		return false;
	s->exe = arena_copy(a, (struct str){path, (size_t)n});
	fd = open(link.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ok = fd >= 0 && rootfs_hash(fd, hash, &size, &ignored);
	if (fd >= 0)
		close(fd);
	if (ok)
		sha256_hex(hash, s->sha256, 64);
	return ok;
}

/* When it started, in ns since 1970. */
static int64_t
started(struct arena *a, const struct seen *s)
{
	struct err ignored = {0};
	struct str text = file_read(a, "/proc/stat", TEXT, &ignored), line;
	int64_t hz = sysconf(_SC_CLK_TCK), boot = 0;

	while (text.n) {
		line = str_cut(&text, '\n');
		if (str_starts(line, STR("btime ")))
			boot = strtoll(arena_copy(a, str_from(line, 6)).p, NULL, 10);
	}
	return boot * WHEN_S + (int64_t)s->ticks * (WHEN_S / hz);
}

/* --- guard --- */

static bool
ancestor(struct arena *a, int64_t pid)
{
	struct seen s;
	int64_t at = getpid();

	for (int i = 0; i < 64 && at > 1; i++) {
		if (at == pid)
			return true;
		if (!read_stat(a, at, &s))
			return true; /* who cannot be told is taken for one */
		at = s.ppid;
	}
	return at == pid;
}

static bool
vital(const struct seen *s)
{
	static const char *const names[] = {"/systemd", "/systemd-journald",
	    "/systemd-logind", "/systemd-udevd", "/systemd-networkd", "/systemd-resolved",
	    "/dbus-daemon", "/dbus-broker", "/init"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_ends(s->exe, str_of(names[i])))
			return true;
	return s->ppid == 1 && str_ends(s->exe, STR("/sshd"));
}

static bool
harmless(struct job *j, const struct seen *s)
{
	if (s->pid == 1)
		job_refuse(j, "protected", "it is the first process");
	else if (s->pid == 2 || s->ppid == 2)
		job_refuse(j, "protected", "it is a thread of the kernel");
	else if (ancestor(j->arena, s->pid))
		job_refuse(j, "protected", "this program runs below it");
	else if (s->session == getsid(0))
		job_refuse(j, "protected", "it is of your session");
	else if (vital(s))
		job_refuse(j, "protected", "the system needs " STR_FMT, STR_ARG(s->exe));
	else
		return true;
	return false;
}

static bool
is_it(struct job *j, const struct seen *s)
{
	const struct target *t = &j->a.to;
	struct str hash = t->text[TARGET_EXE_SHA256];
	int64_t off = t->text[TARGET_START].p ? started(j->arena, s) - t->start_ns : 0;

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
keep(struct job *j, const struct seen *s)
{
	struct buf b = buf_make(TEXT * 8);

	buf_fmt(&b,
	    "{\"pid\":%" PRId64 ",\"ticks\":\"%" PRIu64 "\",\"ppid\":%" PRId64
	    ",\"state\":\"%c\",\"sha256\":\"%s\",\"exe\":",
	    s->pid, s->ticks, s->ppid, s->state, s->sha256);
	buf_json(&b, s->exe);
	buf_add(&b, STR(",\"command_line\":"));
	buf_json(&b, action_cut(s->line, 4096));
	buf_ch(&b, '}');
	j->prior = arena_copy(j->arena, buf_str(&b));
	buf_free(&b);
}

static struct str
command_line(struct arena *a, int64_t pid)
{
	struct str s = arena_copy(a, read_proc(a, pid, "cmdline"));
	char *p = (char *)(uintptr_t)s.p;

	for (size_t i = 0; i < s.n; i++)
		if (p[i] == '\0')
			p[i] = ' ';
	return str_trim(s);
}

static void
look(struct batch *b, struct job *j)
{
	const struct target *t = &j->a.to;
	bool kill = j->a.what == DO_KILL_PROCESS;
	struct seen s;

	if (!b->hands.root.machine) {
		job_refuse(j, "image", "an image has no processes");
		return;
	}
	if (!read_stat(j->arena, t->pid, &s) || s.state == 'Z') {
		job_already(j, "there is no such process");
		return;
	}
	read_exe(j->arena, t->pid, &s);
	if (!harmless(j, &s) || !is_it(j, &s))
		return;
	if (!kill && s.state == 'T') {
		job_already(j, "it is stopped");
		return;
	}
	if (!t->text[TARGET_START].p)
		job_ask(j, 1, "the step does not say which process by its start");
	s.line = command_line(j->arena, t->pid);
	keep(j, &s);
	j->change = arena_fmt(j->arena, "%s process %" PRId64 ", " STR_FMT,
	    kill ? "kill" : "stop", s.pid, STR_ARG(action_cut(s.line, 200)));
	j->diff = arena_fmt(j->arena, "-process %" PRId64 " runs " STR_FMT "\n%s", s.pid,
	    STR_ARG(s.exe), kill ? "" : "+it is stopped\n");
}

/* --- acting --- */

static bool
recall(const struct past *p, struct seen *s, struct err *e)
{
	struct str ticks = past_prior(p, "ticks");

	*s = (struct seen){.pid = 0};
	if (!ticks.n || !node_i64(node_get(p->prior, STR("pid")), &s->pid) || s->pid < 2)
		return past_silent(e, "which process");
	s->ticks = strtoull(ticks.p, NULL, 10);
	return true;
}

/* A pidfd of exactly that process; -1 with errno ESRCH: it is gone. */
static int
hold(struct arena *a, const struct seen *want)
{
	int fd = (int)syscall(SYS_pidfd_open, (pid_t)want->pid, 0);
	struct seen now;

	if (fd < 0)
		return -1;
	if (read_stat(a, want->pid, &now) && now.ticks == want->ticks && now.state != 'Z')
		return fd;
	close(fd);
	errno = ESRCH;
	return -1;
}

static bool
send_to(struct arena *a, const struct seen *s, int sig, bool wait, struct err *e)
{
	int fd = hold(a, s);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	bool ok;

	if (fd < 0 && errno == ESRCH)
		return true;
	ok = fd >= 0 && syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0) == 0;
	if (!ok && errno != ESRCH)
		err_sys(e, ERR_SYS, "cannot signal process %" PRId64, s->pid);
	else if (wait && poll(&p, 1, GONE_MS) == 0)
		err_set(e, ERR_SYS, "process %" PRId64 " does not end", s->pid);
	if (fd >= 0)
		close(fd);
	return e->kind == ERR_NONE;
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct past p = past_of(j->arena, j->deed);
	struct seen s;

	(void)b;
	/* stopped first: what is about to be killed does nothing more */
	return recall(&p, &s, e) && send_to(j->arena, &s, SIGSTOP, false, e) &&
	       (j->a.what == DO_STOP_PROCESS || send_to(j->arena, &s, SIGKILL, true, e));
}

static bool
is_over(const struct past *p, const struct seen *s)
{
	struct seen now;

	return !read_stat(p->arena, s->pid, &now) || now.ticks != s->ticks ||
	       now.state == 'Z' || (p->deed->what == DO_STOP_PROCESS && now.state == 'T');
}

static int
holds(struct batch *b, const struct past *p)
{
	struct err e = {0};
	struct seen s;
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
	struct seen s;

	(void)b;
	return recall(p, &s, e) && send_to(p->arena, &s, SIGCONT, false, e);
}

const struct actuator kill_hands = {
    .what = DO_KILL_PROCESS,
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
