#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"
#include "pids.h"
#include "rootfs.h"
#include "sha256.h"
#include "when.h"

#define TEXT    ((size_t)1 << 20)
#define GONE_MS 3000

struct str
pid_file(struct arena *a, int64_t pid, const char *name)
{
	struct err ignored = {0};
	struct str s = file_read(
	    a, arena_fmt(a, "/proc/%" PRId64 "/%s", pid, name).p, TEXT, &ignored);

	return s.p ? s : STR("");
}

/* Fields of stat(5) behind the name, which may hold anything. */
bool
pid_look(struct arena *a, int64_t pid, struct pid *s)
{
	struct str text = pid_file(a, pid, "stat"), word;
	size_t open = str_chr(text, '('), close = str_rchr(text, ')');

	*s = (struct pid){.pid = pid};
	if (close >= text.n || open >= close)
		return false;
	s->name = str_sub(text, open + 1, close - open - 1);
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

bool
pid_exe(struct arena *a, struct pid *s)
{
	struct str link = arena_fmt(a, "/proc/%" PRId64 "/exe", s->pid);
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

struct str
pid_line(struct arena *a, int64_t pid)
{
	struct str s = arena_copy(a, pid_file(a, pid, "cmdline"));
	char *p = (char *)(uintptr_t)s.p;

	for (size_t i = 0; i < s.n; i++)
		if (p[i] == '\0')
			p[i] = ' ';
	return str_trim(s);
}

int64_t
pid_user(struct arena *a, int64_t pid)
{
	struct stat st;

	return stat(arena_fmt(a, "/proc/%" PRId64, pid).p, &st) == 0 ? (int64_t)st.st_uid
								     : -1;
}

int64_t
pid_started(struct arena *a, const struct pid *s)
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
	struct pid s;
	int64_t at = getpid();

	for (int i = 0; i < 64 && at > 1; i++) {
		if (at == pid)
			return true;
		if (!pid_look(a, at, &s))
			return true; /* who cannot be told is taken for one */
		at = s.ppid;
	}
	return at == pid;
}

static bool
vital(const struct pid *s)
{
	static const char *const names[] = {"/systemd", "/systemd-journald",
	    "/systemd-logind", "/systemd-udevd", "/systemd-networkd", "/systemd-resolved",
	    "/dbus-daemon", "/dbus-broker", "/init"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_ends(s->exe, str_of(names[i])))
			return true;
	return s->ppid == 1 && str_ends(s->exe, STR("/sshd"));
}

struct str
pid_spared(struct arena *a, const struct pid *s)
{
	if (s->pid == 1)
		return STR("it is the first process");
	if (s->pid == 2 || s->ppid == 2)
		return STR("it is a thread of the kernel");
	if (ancestor(a, s->pid))
		return STR("this program runs below it");
	if (s->session == getsid(0))
		return STR("it is of your session");
	if (vital(s))
		return CAT(a, STR("the system needs "), s->exe);
	return STR_NONE;
}

/* --- acting --- */

bool
pid_lives(struct arena *a, const struct pid *s)
{
	struct pid now;

	return pid_look(a, s->pid, &now) && now.ticks == s->ticks && now.state != 'Z';
}

/* A pidfd of exactly that process; -1 with errno ESRCH: it is gone. */
static int
hold(struct arena *a, const struct pid *want)
{
	int fd = (int)syscall(SYS_pidfd_open, (pid_t)want->pid, 0);
	struct pid now;

	if (fd < 0)
		return -1;
	if (pid_look(a, want->pid, &now) && now.ticks == want->ticks && now.state != 'Z')
		return fd;
	close(fd);
	errno = ESRCH;
	return -1;
}

bool
pid_send(struct arena *a, const struct pid *s, int sig, bool wait, struct err *e)
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

void
pids_all(void (*each)(void *ctx, int64_t pid), void *ctx)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int64_t pid;

	while (proc && (entry = readdir(proc)))
		if (str_i64(str_of(entry->d_name), &pid) && pid > 0)
			each(ctx, pid);
	if (proc)
		closedir(proc);
}
