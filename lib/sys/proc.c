#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "proc.h"

#define ENV_MAX 32

/* Pipe ends: of each pair the child holds one and we the other. */
struct pipes {
	int in[2], out[2], err[2], failed[2];
};

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
close_pipes(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		shut(&p->in[i]);
		shut(&p->out[i]);
		shut(&p->err[i]);
		shut(&p->failed[i]);
	}
}

static bool
open_pipes(struct pipes *p, struct err *e)
{
	*p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	if (pipe2(p->in, O_CLOEXEC) == 0 && pipe2(p->out, O_CLOEXEC) == 0 &&
	    pipe2(p->err, O_CLOEXEC) == 0 && pipe2(p->failed, O_CLOEXEC) == 0)
		return true;
	err_sys(e, ERR_SYS, "cannot make a pipe");
	close_pipes(p);
	return false;
}

/* A descriptor above the standard ones, so that dup2() below cannot clobber it. */
static int
lifted(int fd)
{
	return fd > 2 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static void
close_from(int first, int keep)
{
	struct rlimit r = {0};
	int n;

	getrlimit(RLIMIT_NOFILE, &r);
	n = r.rlim_cur > 65536 ? 65536 : (int)r.rlim_cur;
	if (keep > first)
		close_range((unsigned)first, (unsigned)keep - 1, 0);
	if (close_range((unsigned)(keep >= first ? keep + 1 : first), ~0U, 0) == 0)
		return;
	for (int fd = first; fd < n; fd++)
		if (fd != keep)
			close(fd);
}

/* In the child, between fork and exec: only async-signal-safe calls. */
static _Noreturn void
become(const struct proc *proc, const struct pipes *p)
{
	const char *env[ENV_MAX + 3] = {
	    "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
	int in = lifted(p->in[0]), out = lifted(p->out[1]), err = lifted(p->err[1]);
	int failed = lifted(p->failed[1]), why;
	struct sigaction sa = {.sa_handler = SIG_DFL};
	sigset_t none;

	setpgid(0, 0);
	sigemptyset(&none);
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &sa, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(077);
	for (size_t i = 0; proc->env && proc->env[i] && i < ENV_MAX; i++)
		env[i + 2] = proc->env[i];
	if (dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2 &&
	    (proc->dir <= 0 || fchdir(proc->dir) == 0)) {
		close_from(3, failed);
		execve(proc->argv[0], (char *const *)(uintptr_t)proc->argv,
		    (char *const *)(uintptr_t)env);
	}
	why = errno;
	while (write(failed, &why, sizeof(why)) < 0 && errno == EINTR)
		;
	_exit(127);
}

/* One round of giving and taking; what does not fit below `max` is read and dropped. */
static void
take(int *fd, struct buf *into)
{
	char some[4096];
	ssize_t n = read(*fd, some, sizeof(some));
	size_t room = into->max - into->n;

	if (n > 0)
		buf_add(into, (struct str){some, (size_t)n < room ? (size_t)n : room});
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		shut(fd);
}

static void
give(int *fd, struct str *in)
{
	ssize_t n = in->n ? write(*fd, in->p, in->n) : 0;

	if (n >= 0)
		*in = str_from(*in, (size_t)n);
	else if (errno != EINTR && errno != EAGAIN)
		*in = STR("");
	if (in->n == 0)
		shut(fd);
}

/* Feed and drain until both outputs are closed.  False: time is up. */
static bool
converse(struct pipes *p, const struct proc *proc, struct buf *out, struct buf *err)
{
	int64_t until = clock_ms() + proc->timeout_ms;
	struct str in = proc->in;

	fcntl(p->in[1], F_SETFL, O_NONBLOCK);
	if (in.n == 0)
		shut(&p->in[1]);
	while (p->out[0] >= 0 || p->err[0] >= 0) {
		struct pollfd fds[3] = {{p->in[1], POLLOUT, 0}, {p->out[0], POLLIN, 0},
		    {p->err[0], POLLIN, 0}};
		int64_t left = proc->timeout_ms ? until - clock_ms() : -1;

		if (proc->timeout_ms && left <= 0)
			return false;
		if (poll(fds, 3, left > 1000000 ? 1000000 : (int)left) < 0)
			continue;
		if (fds[0].revents)
			give(&p->in[1], &in);
		if (fds[1].revents)
			take(&p->out[0], out);
		if (fds[2].revents)
			take(&p->err[0], err);
	}
	return true;
}

/* Wait for it, within the time it has left.  False: it had to be killed. */
static bool
reap(pid_t pid, bool in_time, int64_t until, int *status)
{
	struct timespec nap = {0, 200 * 1000};
	bool alive = true;

	while (in_time && alive && until) {
		alive = waitpid(pid, status, WNOHANG) == 0;
		in_time = !alive || clock_ms() < until;
		if (alive && in_time)
			nanosleep(&nap, NULL);
		if (nap.tv_nsec < 10 * 1000 * 1000)
			nap.tv_nsec *= 2;
	}
	if (!in_time)
		kill(-pid, SIGKILL);
	while (alive && waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return in_time;
}

bool
proc_run(struct arena *a, const struct proc *proc, struct proc_got *got, struct err *e)
{
	int64_t until = proc->timeout_ms ? clock_ms() + proc->timeout_ms : 0;
	struct buf out = buf_make(proc->max), err = buf_make(proc->max);
	struct pipes p;
	int why = 0, status = 0;
	ssize_t n;
	pid_t pid;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old;

	*got = (struct proc_got){0};
	if (!open_pipes(&p, e))
		return false;
	pid = fork();
	if (pid < 0) {
		err_sys(e, ERR_SYS, "cannot start '%s'", proc->argv[0]);
		close_pipes(&p);
		return false;
	}
	if (pid == 0)
		become(proc, &p);
	setpgid(pid, pid);
	shut(&p.in[0]);
	shut(&p.out[1]);
	shut(&p.err[1]);
	shut(&p.failed[1]);
	while ((n = read(p.failed[0], &why, sizeof(why))) < 0 && errno == EINTR)
		;
	/* a child that does not read its input is its own affair */
	sigaction(SIGPIPE, &ignore, &old);
	got->timed_out = !reap(pid, converse(&p, proc, &out, &err), until, &status);
	sigaction(SIGPIPE, &old, NULL);
	close_pipes(&p);
	got->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	got->out = arena_copy(a, buf_str(&out));
	got->err = arena_copy(a, buf_str(&err));
	buf_free(&out);
	buf_free(&err);
	if (n != sizeof(why))
		return true;
	errno = why;
	err_sys(e, ERR_SYS, "cannot start '%s'", proc->argv[0]);
	return false;
}

/* --- programs that act --- */

static bool
trusted(const char *path, struct err *e)
{
	struct stat st;

	if (path[0] != '/')
		err_set(e, ERR_SYS, "'%s' is no absolute path", path);
	else if (stat(path, &st) != 0)
		err_sys(e, ERR_SYS, "cannot start '%s'", path);
	else if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
		err_set(e, ERR_SYS, "'%s' is not a program", path);
	else if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & S_IWOTH))
		err_set(e, ERR_SYS, "'%s' may be written by others", path);
	else
		return true;
	return false;
}

bool
proc_there(const char *path)
{
	struct err ignored = {0};

	return trusted(path, &ignored);
}

static struct str
last_line(struct str s)
{
	s = str_trim(s);
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '\n')
			return str_from(s, i);
	return s;
}

bool
proc_ok(struct arena *a, const struct proc *proc, struct proc_got *got, struct err *e)
{
	struct str said;

	*got = (struct proc_got){0};
	if (!trusted(proc->argv[0], e) || !proc_run(a, proc, got, e))
		return false;
	said = last_line(got->err);
	if (got->timed_out)
		err_set(e, ERR_SYS, "%s took too long and was killed", proc->argv[0]);
	else if (got->status != 0)
		err_set(e, ERR_SYS, "%s ended with status %d%s" STR_FMT, proc->argv[0],
		    got->status, said.n ? ": " : "", STR_ARG(said));
	return !got->timed_out && got->status == 0;
}
