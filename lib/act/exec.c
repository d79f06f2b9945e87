#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "exec.h"
#include "mem.h"

#define MINUTE INT64_C(60000)
#define ENV    64

static const char *const base_env[] = {
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "LANG=C.UTF-8", NULL};

/* Owned by root or by us, and nobody else may write it. */
static bool
trusted(const char *path, struct err *e)
{
	struct stat st;

	if (path[0] != '/') {
		err_set(e, ERR_SYS, "'%s' is no absolute path", path);
	} else if (stat(path, &st) != 0) {
		err_sys(e, ERR_SYS, "cannot run '%s'", path);
	} else if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0) {
		err_set(e, ERR_SYS, "'%s' is not a program", path);
	} else if ((st.st_uid != 0 && st.st_uid != geteuid()) ||
		   (st.st_mode & S_IWOTH) != 0) {
		err_set(e, ERR_SYS, "'%s' may be written by others", path);
	} else {
		return true;
	}
	return false;
}

bool
exec_there(const char *path)
{
	struct err ignored = {0};

	return trusted(path, &ignored);
}

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- the child --- */

static void
become(const struct exec *x, const char *const *env, int in, int out, int err)
{
	const struct rlimit no_core = {0, 0};
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	umask(077);
	setrlimit(RLIMIT_CORE, &no_core);
	if ((x->dir > 0 ? fchdir(x->dir) : chdir("/")) != 0 || dup2(in, 0) < 0 ||
	    dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(127);
	close_range(3, ~0U, 0);
	execve(x->argv[0], (char *const *)x->argv, (char *const *)env);
	_exit(127);
}

/* --- the parent --- */

struct pipes {
	int in[2], out[2], err[2];
};

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
shut_all(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		shut(&p->in[i]);
		shut(&p->out[i]);
		shut(&p->err[i]);
	}
}

static bool
open_pipes(struct pipes *p, struct err *e)
{
	*p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
	if (pipe2(p->in, O_CLOEXEC) == 0 && pipe2(p->out, O_CLOEXEC) == 0 &&
	    pipe2(p->err, O_CLOEXEC) == 0 && fcntl(p->in[1], F_SETFL, O_NONBLOCK) == 0)
		return true;
	err_sys(e, ERR_SYS, "cannot make pipes");
	shut_all(p);
	return false;
}

/* Keep what fits; false: the stream has ended. */
static bool
drain(int fd, struct buf *b, bool *cut)
{
	char part[16384];
	ssize_t n = read(fd, part, sizeof(part));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (b->n + (size_t)n > EXEC_OUT)
		*cut = true;
	else
		buf_add(b, (struct str){part, (size_t)n});
	return n > 0;
}

static void
feed(int *fd, struct str *in)
{
	ssize_t n = in->n ? write(*fd, in->p, in->n) : 0;

	if (n > 0)
		*in = str_from(*in, (size_t)n);
	if (in->n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(fd);
}

/* Feed and drain until both streams end; false: its time is over. */
static bool
talk(struct pipes *p, struct str in, int64_t until, struct buf *out, struct buf *err,
    bool *cut)
{
	bool err_cut = false;

	while (p->out[0] >= 0 || p->err[0] >= 0) {
		struct pollfd f[] = {{p->out[0], POLLIN, 0}, {p->err[0], POLLIN, 0},
		    {p->in[1], POLLOUT, 0}};
		int64_t left = until - clock_ms();

		if (left <= 0)
			return false;
		if (poll(f, 3, (int)(left < 1000 ? left : 1000)) < 0 && errno != EINTR)
			return false;
		if (f[0].revents && !drain(p->out[0], out, cut))
			shut(&p->out[0]);
		if (f[1].revents && !drain(p->err[0], err, &err_cut))
			shut(&p->err[0]);
		if (f[2].revents)
			feed(&p->in[1], &in);
	}
	return true;
}

/* Wait until `until`, then kill the group. */
static int
reap(pid_t pid, int64_t until, bool *late)
{
	struct timespec nap = {0, 2000000};
	int status = 0;
	pid_t got;

	while ((got = waitpid(pid, &status, *late ? 0 : WNOHANG)) == 0 ||
	       (got < 0 && errno == EINTR)) {
		if (clock_ms() >= until && !*late) {
			*late = true;
			kill(-pid, SIGKILL);
		} else if (!*late) {
			nanosleep(&nap, NULL);
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static struct str
last_line(struct arena *a, struct str s)
{
	s = str_trim(s);
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '\n')
			return arena_copy(a, str_from(s, i));
	return arena_copy(a, s);
}

static void
follow(struct arena *a, const struct exec *x, pid_t pid, struct pipes *p,
    struct exec_end *end)
{
	int64_t until = clock_ms() + (x->time_ms > 0 ? x->time_ms : MINUTE);
	struct buf out = buf_make(EXEC_OUT + 1), err = buf_make(EXEC_OUT + 1);

	shut(&p->in[0]);
	shut(&p->out[1]);
	shut(&p->err[1]);
	if (x->in.n == 0)
		shut(&p->in[1]);
	if (!talk(p, x->in, until, &out, &err, &end->cut)) {
		end->late = true;
		kill(-pid, SIGKILL);
	}
	end->status = reap(pid, until, &end->late);
	/* who it left behind in its group goes, too */
	kill(-pid, SIGKILL);
	end->out = arena_copy(a, buf_str(&out));
	end->err = last_line(a, buf_str(&err));
	buf_free(&out);
	buf_free(&err);
}

bool
exec_run(struct arena *a, const struct exec *x, struct exec_end *end, struct err *e)
{
	const char *env[ENV];
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
	struct pipes p;
	size_t n = 0;
	pid_t pid;

	*end = (struct exec_end){.out = STR(""), .err = STR("")};
	if (!trusted(x->argv[0], e) || !open_pipes(&p, e))
		return false;
	for (size_t i = 0; base_env[i]; i++)
		env[n++] = base_env[i];
	for (size_t i = 0; x->env && x->env[i] && n < ENV - 1; i++)
		env[n++] = x->env[i];
	env[n] = NULL;
	sigaction(SIGPIPE, &ignore, &old);
	pid = fork();
	if (pid == 0)
		become(x, env, p.in[0], p.out[1], p.err[1]);
	if (pid > 0) {
		setpgid(pid, pid);
		follow(a, x, pid, &p, end);
	} else {
		err_sys(e, ERR_SYS, "cannot run '%s'", x->argv[0]);
	}
	shut_all(&p);
	sigaction(SIGPIPE, &old, NULL);
	return pid > 0;
}

bool
exec_ok(struct arena *a, const struct exec *x, struct exec_end *end, struct err *e)
{
	if (!exec_run(a, x, end, e))
		return false;
	if (end->late)
		err_set(e, ERR_SYS, "%s took too long and was killed", x->argv[0]);
	else if (end->status != 0)
		err_set(e, ERR_SYS, "%s ended with status %d%s" STR_FMT, x->argv[0],
		    end->status, end->err.n ? ": " : "", STR_ARG(end->err));
	return e->kind == ERR_NONE;
}
