/* file, proc, out, log and sandbox: what meets the system. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "file.h"
#include "log.h"
#include "out.h"
#include "proc.h"
#include "sandbox.h"
#include "test.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static char dir[64];

/* --- file --- */

static void
replaces_a_file_whole_and_keeps_its_mode(void)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct stat st;
	char path[128];

	snprintf(path, sizeof(path), "%s/f", dir);
	T(file_replace(path, STR("one"), &e));
	T(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
	chmod(path, 0640);
	T(file_replace(path, STR("two"), &e));
	T(stat(path, &st) == 0 && (st.st_mode & 07777) == 0640);
	T(str_eq(file_read(a, path, 3, &e), STR("two")));
	T(!file_read(a, path, 2, &e).p && e.kind == ERR_CONFIG);
	T(!file_replace(dir, STR("x"), &e));
	T(!file_replace("/nonexistent/x", STR("x"), &e) && e.kind == ERR_SYS);
	T(!file_read(a, dir, 10, &e).p);
	arena_free(a);
}

static void
reads_an_empty_file_as_empty_not_absent(void)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct str s = file_read(a, "/dev/null", 10, &e);

	T(s.p && s.n == 0);
	arena_free(a);
}

static bool
note(void *ctx, const char *path)
{
	buf_add(ctx, str_of(strrchr(path, '/') + 1));
	buf_ch(ctx, ' ');
	return true;
}

static void
walks_in_order_and_follows_no_link_to_a_directory(void)
{
	struct buf b = buf_make(1000);
	struct err e = {0};
	char path[192], to[192];

	snprintf(path, sizeof(path), "%s/w", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/w/sub", dir);
	mkdir(path, 0700);
	snprintf(to, sizeof(to), "%s/w/loop", dir);
	T(symlink(dir, to) == 0);
	for (const char *const *n = (const char *const[]){"w/b.yml", "w/a.yml",
		 "w/.c.yml", "w/sub/d.yml", "w/e.txt", NULL};
	     *n; n++) {
		snprintf(path, sizeof(path), "%s/%s", dir, *n);
		T(file_replace(path, STR("x"), &e));
	}
	snprintf(path, sizeof(path), "%s/w", dir);
	T(file_walk(path, "yml", note, &b, &e));
	T(str_eq(buf_str(&b), STR("a.yml b.yml d.yml ")));
	T(!file_walk("/nonexistent", NULL, note, &b, &e));
	buf_free(&b);
}

static void
obeys_only_what_others_cannot_write(void)
{
	struct err e = {0};
	char path[128];

	if (geteuid() != 0)
		return;
	snprintf(path, sizeof(path), "%s/rule", dir);
	T(file_replace(path, STR("x"), &e) && file_trusted(path, &e));
	chmod(path, 0666);
	T(!file_trusted(path, &e) && e.kind == ERR_CONFIG);
	chmod(path, 0600);
	T(chown(path, 12345, 0) == 0 && !file_trusted(path, &e));
	T(chown(path, 0, 0) == 0 && chmod(dir, 0777) == 0 && !file_trusted(path, &e));
	chmod(dir, 0700);
	T(file_trusted(path, &e));
}

/* --- proc --- */

static struct proc_got
run(struct arena *a, const char *script, struct str in, int64_t timeout_ms)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	struct proc p = {.argv = argv, .in = in, .max = 100000, .timeout_ms = timeout_ms};
	struct proc_got got;
	struct err e;

	T(proc_run(a, &p, &got, &e));
	return got;
}

static void
runs_a_program_with_a_bare_environment(void)
{
	struct arena *a = arena_new();
	struct proc_got g;
	struct str big = {arena_zero(a, 500000), 500000};
	int fd = open("/dev/null", O_RDONLY); /* not close-on-exec, on purpose */

	setenv("SECRET", "x", 1);
	g = run(a, "echo out; echo err >&2; cat; env | grep -c SECRET; exit 7",
	    STR("in\n"), 0);
	T(g.status == 7 && str_eq(g.out, STR("out\nin\n0\n")) &&
	    str_eq(g.err, STR("err\n")));
	g = run(a, "ls /proc/self/fd | wc -l; umask", STR(""), 10000);
	T(str_eq(g.out, STR("4\n0077\n")));
	g = run(a, "kill -TERM $$", STR(""), 0);
	T(g.status == 128 + SIGTERM && !g.timed_out);
	/* more than a pipe holds, both ways, and more than is kept */
	g = run(a, "cat", big, 10000);
	T(g.status == 0 && g.out.n == 100000);
	g = run(a, "exit 0", big, 10000);
	T(g.status == 0);
	close(fd);
	arena_free(a);
}

static void
kills_the_group_when_time_is_up(void)
{
	struct arena *a = arena_new();
	struct proc_got g = run(a, "echo a; sleep 60 & sleep 60", STR(""), 200);

	T(g.timed_out && g.status == 128 + SIGKILL && str_eq(g.out, STR("a\n")));
	g = run(a, "exec >/dev/null 2>&1; sleep 60", STR(""), 200);
	T(g.timed_out && g.status == 128 + SIGKILL);
	arena_free(a);
}

static void
says_what_could_not_be_started(void)
{
	struct arena *a = arena_new();
	const char *argv[] = {"/nonexistent", NULL};
	struct proc p = {.argv = argv, .max = 100};
	struct proc_got got;
	struct err e = {0};

	T(!proc_run(a, &p, &got, &e) && e.kind == ERR_SYS);
	T(strcmp(e.msg, "cannot start '/nonexistent': No such file or directory") == 0);
	arena_free(a);
}

static bool
does(struct arena *a, struct proc p, struct err *e)
{
	struct proc_got got;

	*e = (struct err){0};
	p.max = 1000;
	return proc_ok(a, &p, &got, e) && str_eq(got.out, STR("ok\n"));
}

static void
tells_how_a_program_that_acts_failed(void)
{
	const char *const fails[] = {
	    "/bin/sh", "-c", "echo more >&2; echo 'no such thing' >&2; exit 3", NULL};
	const char *const there[] = {
	    "/bin/sh", "-c", "test -e status && test \"$HINT\" = a && echo ok", NULL};
	const char *const nowhere[] = {"sh", NULL}, *const hint[] = {"HINT=a", NULL};
	int at = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct arena *a = arena_new();
	struct err e;

	T(does(a, (struct proc){.argv = there, .env = hint, .dir = at}, &e));
	T(!does(a, (struct proc){.argv = fails}, &e));
	T(strcmp(e.msg, "/bin/sh ended with status 3: no such thing") == 0);
	T(!does(a, (struct proc){.argv = nowhere}, &e) && strstr(e.msg, "absolute path"));
	T(proc_there("/bin/sh") && !proc_there("/etc/passwd") && !proc_there("/none"));
	close(at);
	arena_free(a);
}

/* --- out and log --- */

/* What `f` prints on standard error, or how it died. */
static struct str
errors_of(struct arena *a, void (*f)(void), int *status)
{
	char some[4096];
	int fds[2];
	size_t n = 0;
	ssize_t got;

	if (pipe(fds) != 0)
		exit(2);
	fflush(stdout);
	if (fork() == 0) {
		dup2(fds[1], 2);
		f();
		_exit(0);
	}
	close(fds[1]);
	while (n < sizeof(some) && (got = read(fds[0], some + n, sizeof(some) - n)) > 0)
		n += (size_t)got;
	close(fds[0]);
	wait(status);
	return arena_copy(a, (struct str){some, n});
}

static void
write_to_nobody(void)
{
	struct out *o;
	struct err e;
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds) != 0)
		_exit(9);
	close(fds[0]);
	o = out_new(fds[1]);
	out_add(o, STR("x"), &e);
	out_flush(o, &e);
}

static void
survive_nobody(void)
{
	struct out *o;
	struct err e;
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds) != 0)
		_exit(9);
	close(fds[0]);
	o = out_new(fds[1]);
	out_survive(o);
	out_add(o, STR("x"), &e);
	if (!out_flush(o, &e))
		log_err(&e);
}

static void
dies_with_its_reader_unless_told_not_to(void)
{
	struct arena *a = arena_new();
	int status;

	T(errors_of(a, write_to_nobody, &status).n == 0);
	T(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
	T(str_eq(errors_of(a, survive_nobody, &status),
	    STR("ir: error: cannot write: Broken pipe\n")));
	T(status == 0);
	arena_free(a);
}

static void
hostile_log(void)
{
	log_start("p");
	log_set(0, false, LOG_TEXT);
	log_error("a b:12:7: not \033]0;x\007 \xff \xe2\x80\xae \xc2\x9b \xef\xbb\xbf "
		  "\xc3\xa4");
	log_error("no place: 3:4: x");
	log_warn("f:1: same");
	log_warn("f:2: same");
	log_warn("f:3: same");
	log_info("not shown");
	log_end();
}

static void
prints_places_and_nothing_that_moves_a_cursor(void)
{
	struct arena *a = arena_new();
	int status;

	T(str_eq(errors_of(a, hostile_log, &status),
	    STR("p: a b:12:7: error: not ?]0;x? ? ? ? ? \xc3\xa4\n"
		"p: error: no place: 3:4: x\n"
		"p: f:1: warning: same\n"
		"p: warning: 2 more: same\n")));
	arena_free(a);
}

static void
journal_log(void)
{
	struct stat st;
	char env[64];

	fstat(2, &st);
	snprintf(env, sizeof(env), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", env, 1);
	log_start("p");
	log_error("e");
	log_warn("w");
	setenv("JOURNAL_STREAM", "1:2", 1);
	log_start("p");
	log_error("e");
	log_set(1, true, LOG_JSON);
	log_error("f:1: \"\033");
	log_warn("quiet");
	log_info("i");
}

static void
knows_the_journal_and_json(void)
{
	struct arena *a = arena_new();
	int status;

	T(str_eq(errors_of(a, journal_log, &status),
	    STR("<3>p: error: e\n<4>p: warning: w\np: error: e\n"
		"{\"log.level\":\"error\",\"log.logger\":\"p\",\"ir.place\":\"f:1\","
		"\"message\":\"\\\"\\u001b\"}\n"
		"{\"log.level\":\"info\",\"log.logger\":\"p\",\"message\":\"i\"}\n")));
	arena_free(a);
}

/* --- sandbox --- */

/* Status of a child that locks itself in and then does it; -1: no sandbox. */
static int
locked(const struct sandbox *s, int (*act)(void))
{
	int status;

	fflush(stdout);
	if (fork() == 0) {
		struct err e;
		int fd = open("/dev/null", O_WRONLY);

		dup2(fd, 2);
		if (!sandbox_filter(s, &e))
			_exit(99);
		_exit(act());
	}
	wait(&status);
	return status;
}

static int
works(void)
{
	char *p = mmap(
	    NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || write(2, "x", 1) != 1 || getpid() <= 0)
		return 1;
	munmap(p, 1 << 20);
	return 0;
}

static int
opens(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 && (errno == EPERM || errno == EACCES)
		   ? 0
		   : 1;
}

static int
makes_code(void)
{
	void *p = mmap(
	    NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED && errno == EPERM ? 0 : 1;
}

static int
signals_others(void)
{
	return kill(getppid(), 0) < 0 && errno == EPERM ? 0 : 1;
}

static int
signals_itself(void)
{
	raise(SIGTERM);
	return 1;
}

static int
runs(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return 1;
}

static int
connects(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int
forks(void)
{
	return fork() >= 0;
}

static int
traces(void)
{
	return syscall(SYS_ptrace, 0, 0, 0, 0) == 0;
}

static int
saves_state(void)
{
	char path[128];
	struct err e;

	snprintf(path, sizeof(path), "%s/snap", dir);
	return file_replace(path, STR("s"), &e) && unlink(path) == 0 ? 0 : 1;
}

static bool
is_sigsys(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static void
locks_in(void)
{
	const struct sandbox plain = {0}, state = {.state = dir};
	int status;

	T(locked(&plain, works) == 0);
	T(locked(&state, saves_state) == 0);
	T(is_sigsys(locked(&plain, runs)));
	T(is_sigsys(locked(&plain, connects)));
	T(is_sigsys(locked(&state, runs)));
	T(is_sigsys(locked(&state, connects)));
	if (SANITIZED)
		return;
	T(is_sigsys(locked(&plain, forks)));
	T(is_sigsys(locked(&plain, traces)));
	T(locked(&plain, opens) == 0);
	T(locked(&plain, makes_code) == 0);
	T(locked(&plain, signals_others) == 0);
	T(locked(&plain, saves_state) != 0);
	status = locked(&plain, signals_itself);
	T(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	T(sandbox_landlock() == 0 || locked(&state, opens) == 0);
}

int
main(void)
{
	snprintf(dir, sizeof(dir), "/tmp/world.XXXXXX");
	if (!mkdtemp(dir))
		return 2;
	FACT(replaces_a_file_whole_and_keeps_its_mode);
	FACT(reads_an_empty_file_as_empty_not_absent);
	FACT(walks_in_order_and_follows_no_link_to_a_directory);
	FACT(obeys_only_what_others_cannot_write);
	FACT(runs_a_program_with_a_bare_environment);
	FACT(kills_the_group_when_time_is_up);
	FACT(says_what_could_not_be_started);
	FACT(tells_how_a_program_that_acts_failed);
	FACT(dies_with_its_reader_unless_told_not_to);
	FACT(prints_places_and_nothing_that_moves_a_cursor);
	FACT(knows_the_journal_and_json);
	FACT(locks_in);
	{
		struct arena *a = arena_new();
		char script[128];

		snprintf(script, sizeof(script), "rm -r %s", dir);
		run(a, script, STR(""), 0);
		arena_free(a);
	}
	return TEST_END;
}
