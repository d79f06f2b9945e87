#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "log.h"
#include "stages.h"

const char *
stages_path(struct arena *a, const char *prog)
{
	const char *path = arena_fmt(a, "%s/%s", file_programs(a), prog).p;

	return access(path, X_OK) == 0 ? path : NULL;
}

static const char **
arguments(struct arena *a, const struct stage *s)
{
	size_t n = 0, more = 0, k = 0;
	const char **argv;

	while (s->argv[n])
		n++;
	while (s->files && s->files[more])
		more++;
	argv = arena_alloc(a, (n + more + 2) * sizeof(*argv));
	for (size_t i = 0; i < n; i++)
		argv[k++] = s->argv[i];
	if (more > 0)
		argv[k++] = "--";
	for (size_t i = 0; i < more; i++)
		argv[k++] = s->files[i];
	argv[k] = NULL;
	return argv;
}

/* Start one stage reading `in` and writing `out`; both are closed here. */
static pid_t
start(struct arena *a, const struct stage *s, int in, int out, struct err *e)
{
	const char *path = stages_path(a, s->argv[0]), **argv = arguments(a, s);
	pid_t pid = -1;

	if (!path)
		err_set(e, ERR_CONFIG, "'%s' is not installed beside this program",
		    s->argv[0]);
	else if ((pid = fork()) < 0)
		err_sys(e, ERR_SYS, "cannot start '%s'", s->argv[0]);
	if (pid == 0) {
		dup2(in, 0);
		dup2(out, 1);
		execv(path, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(in);
	close(out);
	return pid;
}

static int
wait_for(const char *name, pid_t pid)
{
	int st = 0, status;

	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	status = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
	if (status >= 2)
		log_error("%s: ended with status %d", name, status);
	return status;
}

int
stages_run(struct arena *a, const struct stage *stages, size_t n, int from, int out,
    struct err *e)
{
	pid_t *pids = arena_zero(a, n * sizeof(*pids));
	int in = from < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC)
			  : fcntl(from, F_DUPFD_CLOEXEC, 3),
	    worst = 0;
	size_t started = 0;

	for (; started < n; started++) {
		int p[2] = {-1, -1}, to;

		if (started + 1 < n && pipe2(p, O_CLOEXEC) < 0) {
			err_sys(e, ERR_SYS, "cannot make a pipe");
			break;
		}
		to = started + 1 < n ? p[1] : fcntl(out, F_DUPFD_CLOEXEC, 3);
		pids[started] = start(a, &stages[started], in, to, e);
		in = p[0];
		if (pids[started] < 0)
			break;
	}
	if (started < n && in >= 0)
		close(in);
	for (size_t i = 0; i < started; i++) {
		int status = wait_for(stages[i].argv[0], pids[i]);

		worst = status > worst ? status : worst;
	}
	return started < n ? -1 : worst;
}
