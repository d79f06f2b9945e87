/* exec: no shell, no environment, no descriptors, bounds and time-outs. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "exec.h"
#include "test.h"

static struct exec_end end;
static struct err e;

static struct arena *a;

static bool
run(const char *const *argv, struct str in, int64_t ms)
{
	struct exec x = {.argv = argv, .in = in, .time_ms = ms};

	e = (struct err){0};
	return exec_ok(a, &x, &end, &e);
}

static void
passes_words_as_they_are(void)
{
	const char *const argv[] = {"/bin/echo", "$(id)", ";", "a b", "`x`", NULL};

	T(run(argv, STR_NONE, 0));
	T(str_eq(end.out, STR("$(id) ; a b `x`\n")));
}

static void
gives_little_environment(void)
{
	const char *const argv[] = {"/usr/bin/env", NULL};

	setenv("LD_PRELOAD", "", 1);
	setenv("SECRET", "x", 1);
	T(run(argv, STR_NONE, 0));
	T(memmem(end.out.p, end.out.n, "SECRET", 6) == NULL);
	T(str_starts(end.out, STR("PATH=")));
}

static void
closes_descriptors(void)
{
	const char *const argv[] = {"/bin/ls", "/proc/self/fd", NULL};
	int fd = open("/dev/null", O_RDONLY); /* not close-on-exec */

	T(run(argv, STR_NONE, 0));
	T(str_eq(end.out, STR("0\n1\n2\n3\n"))); /* 3 is the directory it reads */
	close(fd);
}

static void
feeds_and_keeps(void)
{
	const char *const argv[] = {"/bin/cat", NULL};
	size_t n = 300000;
	char *text = malloc(n);

	memset(text, 'x', n);
	T(run(argv, (struct str){text, n}, 0));
	T(end.out.n == n && memcmp(end.out.p, text, n) == 0 && !end.cut);
	free(text);
}

static void
bounds_output(void)
{
	const char *const argv[] = {"/usr/bin/head", "-c", "3000000", "/dev/zero", NULL};

	T(run(argv, STR_NONE, 0));
	T(end.cut && end.out.n <= EXEC_OUT);
}

static void
kills_what_is_late(void)
{
	const char *const argv[] = {"/bin/sh", "-c", "sleep 100 & wait", NULL};

	T(!run(argv, STR_NONE, 200));
	T(end.late && strstr(e.msg, "took too long"));
}

static void
tells_failures(void)
{
	const char *const none[] = {"/nonexistent/x", NULL};
	const char *const rel[] = {"sh", NULL};
	const char *const bad[] = {
	    "/bin/sh", "-c", "echo no such thing >&2; exit 3", NULL};

	T(!run(none, STR_NONE, 0) && strstr(e.msg, "cannot run"));
	T(!run(rel, STR_NONE, 0) && strstr(e.msg, "no absolute path"));
	T(!run(bad, STR_NONE, 0) && strstr(e.msg, "status 3: no such thing"));
	T(exec_there("/bin/sh") && !exec_there("/etc/passwd"));
}

int
main(void)
{
	a = arena_new();
	FACT(passes_words_as_they_are);
	FACT(gives_little_environment);
	FACT(closes_descriptors);
	FACT(feeds_and_keeps);
	FACT(bounds_output);
	FACT(kills_what_is_late);
	FACT(tells_failures);
	arena_free(a);
	return TEST_END;
}
