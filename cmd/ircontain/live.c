/* What is lost with the next restart: processes, sockets, modules, mounts. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "bag.h"
#include "ip.h"
#include "map.h"
#include "mem.h"
#include "pids.h"
#include "when.h"

#define OPEN_MAX_ 512 /* open files of a process that are listed */

struct look {
	struct bag *bag;
	struct arena *texts;       /* of one process */
	struct buf list, programs; /* JSON lines */
	struct map *owners;        /* inode of a socket -> pid, in the arena */
	struct map *hashes;        /* program -> its hash in hex, in the arena */
	int64_t *pids;
	size_t n, cap;
};

static void
note_pid(void *ctx, int64_t pid)
{
	struct look *k = ctx;

	k->pids = mem_grow(k->pids, &k->cap, k->n + 1, sizeof(*k->pids));
	k->pids[k->n++] = pid;
}

static int
by_number(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static void
text(struct buf *b, const char *name, struct str s)
{
	if (!s.n)
		return;
	buf_fmt(b, ",\"%s\":", name);
	buf_json(b, s);
}

static struct str
link_of(struct arena *a, int64_t pid, const char *name)
{
	char to[4096];
	ssize_t n = readlink(
	    arena_fmt(a, "/proc/%" PRId64 "/%s", pid, name).p, to, sizeof(to));

	return n > 0 ? arena_copy(a, (struct str){to, (size_t)n}) : STR_NONE;
}

/* --- programs: each is hashed once, however many run it --- */

static void
program(struct look *k, int64_t pid, struct str exe)
{
	const char *path = arena_fmt(k->texts, "/proc/%" PRId64 "/exe", pid).p;
	struct pid p = {.pid = pid};
	struct stat st;
	struct str key;
	void **slot;
	char at[WHEN_MAX];

	if (!exe.n || stat(path, &st) != 0)
		return;
	key = arena_fmt(k->texts, "%llu:%llu:%lld:%lld", (unsigned long long)st.st_dev,
	    (unsigned long long)st.st_ino, (long long)st.st_size, (long long)st.st_mtime);
	slot = map_put(k->hashes, key);
	if (!*slot) {
		if (!bag_time(k->bag) || !pid_exe(k->texts, &p))
			return;
		*slot = (void *)(uintptr_t)arena_copy(k->bag->arena, str_of(p.sha256)).p;
		when_text(at, (int64_t)st.st_mtime * WHEN_S);
		buf_fmt(&k->programs, "{\"sha256\":\"%s\",\"size\":%lld,\"mtime\":\"%s\"",
		    p.sha256, (long long)st.st_size, at);
		text(&k->programs, "path", exe);
		buf_add(&k->programs, STR("}\n"));
	}
	text(&k->list, "sha256", str_of(*slot));
}

/* --- one process --- */

static void
open_files(struct look *k, int64_t pid)
{
	DIR *d = opendir(arena_fmt(k->texts, "/proc/%" PRId64 "/fd", pid).p);
	struct dirent *entry;
	size_t n = 0;

	buf_add(&k->list, STR(",\"open\":["));
	while (d && (entry = readdir(d))) {
		char to[4096];
		ssize_t m = readlinkat(dirfd(d), entry->d_name, to, sizeof(to));
		struct str s = {to, m > 0 ? (size_t)m : 0};

		if (m <= 0)
			continue;
		if (str_starts(s, STR("socket:["))) {
			void **slot = map_put(k->owners, str_sub(s, 8, s.n - 9));

			if (!*slot)
				*slot = (void *)(uintptr_t)arena_fmt(
				    k->bag->arena, "%" PRId64, pid)
					    .p;
		}
		if (n == OPEN_MAX_)
			continue;
		buf_add(&k->list, n++ ? STR(",") : STR(""));
		buf_json(&k->list, s);
	}
	buf_ch(&k->list, ']');
	if (d)
		closedir(d);
}

/* Mapped files that are gone from the disk, and memory that may be written and run. */
static void
odd_maps(struct look *k, int64_t pid)
{
	struct str maps = pid_file(k->texts, pid, "maps"), line;
	size_t n = 0, wx = 0;

	buf_add(&k->list, STR(",\"deleted_maps\":["));
	while (maps.n && n < OPEN_MAX_) {
		line = str_cut(&maps, '\n');
		wx += str_find(line, STR(" rwx")) != STR_NPOS;
		if (!str_ends(line, STR(" (deleted)")) ||
		    str_chr(line, '/') == STR_NPOS ||
		    str_find(line, STR(" r-xp ")) == STR_NPOS)
			continue;
		buf_add(&k->list, n++ ? STR(",") : STR(""));
		buf_json(&k->list, str_from(line, str_chr(line, '/')));
	}
	buf_fmt(&k->list, "],\"rwx_maps\":%zu", wx);
}

static void
process(struct look *k, int64_t pid)
{
	struct str exe = link_of(k->texts, pid, "exe");
	struct pid p;
	char at[WHEN_MAX];

	if (!pid_look(k->texts, pid, &p))
		return;
	when_text(at, pid_started(k->texts, &p));
	buf_fmt(&k->list,
	    "{\"pid\":%" PRId64 ",\"ppid\":%" PRId64 ",\"session\":%" PRId64
	    ",\"uid\":%" PRId64 ",\"state\":\"%c\",\"start\":\"%s\"",
	    pid, p.ppid, p.session, pid_user(k->texts, pid), p.state, at);
	text(&k->list, "name", p.name);
	text(&k->list, "exe", exe);
	if (str_ends(exe, STR(" (deleted)")))
		buf_add(&k->list, STR(",\"exe_deleted\":true"));
	program(k, pid, exe);
	text(&k->list, "command_line", pid_line(k->texts, pid));
	text(&k->list, "cwd", link_of(k->texts, pid, "cwd"));
	text(&k->list, "root", link_of(k->texts, pid, "root"));
	text(&k->list, "cgroup", str_trim(pid_file(k->texts, pid, "cgroup")));
	open_files(k, pid);
	odd_maps(k, pid);
	buf_add(&k->list, STR("}\n"));
}

/* --- sockets --- */

static struct str
word(struct str *line)
{
	struct str w;

	do
		w = str_cut(line, ' ');
	while (w.p && w.n == 0);
	return w;
}

/* "0100007F:0016", in words of the host's order, as an address and a port. */
static void
endpoint(struct buf *b, const char *name, struct str s)
{
	size_t colon = str_chr(s, ':');
	struct ip ip = {.v = colon == 8 ? 4 : 6};
	char digits[9] = "", shown[IP_MAX];

	if ((colon != 8 && colon != 32) || s.n < colon + 5)
		return;
	for (size_t i = 0; i < colon / 8; i++) {
		uint32_t w;

		memcpy(digits, s.p + 8 * i, 8);
		w = (uint32_t)strtoul(digits, NULL, 16);
		memcpy(ip.b + 4 * i, &w, 4);
	}
	memcpy(digits, s.p + colon + 1, 4);
	digits[4] = '\0';
	ip_text(shown, &ip);
	buf_fmt(b, ",\"%s\":\"%s\",\"%s_port\":%lu", name, shown, name,
	    strtoul(digits, NULL, 16));
}

static void
socket_line(struct look *k, const char *proto, struct str line, struct buf *b)
{
	static const char *const states[] = {"", "established", "syn-sent", "syn-recv",
	    "fin-wait-1", "fin-wait-2", "time-wait", "close", "close-wait", "last-ack",
	    "listen", "closing"};
	struct str local, remote, state, uid = STR_NONE, inode = STR_NONE;
	const char *owner;
	unsigned long at;

	word(&line);
	local = word(&line);
	remote = word(&line);
	state = word(&line);
	for (int i = 0; i < 6; i++) {
		inode = word(&line);
		if (i == 3)
			uid = inode;
	}
	if (!inode.p ||
	    !str_eq(str_sub(local, local.n > 4 ? local.n - 5 : 0, 1), STR(":")))
		return;
	at = strtoul(arena_copy(k->texts, state).p, NULL, 16);
	buf_fmt(b, "{\"proto\":\"%s\"", proto);
	endpoint(b, "local", local);
	endpoint(b, "remote", remote);
	if (at > 0 && at < sizeof(states) / sizeof(*states))
		buf_fmt(b, ",\"state\":\"%s\"", states[at]);
	text(b, "uid", uid);
	text(b, "inode", inode);
	owner = map_get(k->owners, inode);
	if (owner)
		buf_fmt(b, ",\"pid\":%s", owner);
	buf_add(b, STR("}\n"));
}

static void
sockets(struct look *k)
{
	static const char *const of[] = {"tcp", "tcp6", "udp", "udp6", "raw", "raw6"};
	struct buf b = buf_make(BAG_TEXT);

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		const char *path = arena_fmt(k->texts, "net/%s", of[i]).p;
		struct str all = pid_file(k->texts, getpid(), path);

		str_cut(&all, '\n');
		while (all.n)
			socket_line(k, of[i], str_cut(&all, '\n'), &b);
	}
	bag_text(k->bag, "sockets.jsonl", buf_str(&b));
	buf_free(&b);
}

void
live_processes(struct bag *g, bool with_sockets)
{
	struct look k = {.bag = g,
	    .texts = arena_new(),
	    .list = buf_make(BAG_TEXT),
	    .programs = buf_make(BAG_TEXT),
	    .owners = map_new(),
	    .hashes = map_new()};

	pids_all(note_pid, &k);
	if (k.n)
		qsort(k.pids, k.n, sizeof(*k.pids), by_number);
	for (size_t i = 0; i < k.n && bag_time(g); i++) {
		process(&k, k.pids[i]);
		arena_reset(k.texts);
	}
	bag_text(g, "processes.jsonl", buf_str(&k.list));
	bag_text(g, "programs.jsonl", buf_str(&k.programs));
	if (with_sockets)
		sockets(&k);
	map_free(k.owners);
	map_free(k.hashes);
	mem_free(k.pids);
	buf_free(&k.list);
	buf_free(&k.programs);
	arena_free(k.texts);
}

void
live_copy(struct bag *g, const char *const *paths, const char *dir)
{
	for (; *paths && bag_time(g); paths++) {
		int fd = open(*paths, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		struct str name = str_of(*paths);

		if (fd < 0)
			continue;
		name = str_from(name, str_rchr(name, '/') + 1);
		bag_fd(g, fd, arena_fmt(g->arena, "%s/" STR_FMT, dir, STR_ARG(name)),
		    str_of(*paths));
		close(fd);
	}
}

/* Of a process that the case names: its program, even if it is deleted, and its maps. */
void
live_named(struct bag *g)
{
	static const char *const files[] = {
	    "exe", "maps", "status", "cmdline", "environ", "limits", NULL};

	for (size_t i = 0; i < g->n_pids; i++)
		for (size_t n = 0; files[n] && bag_time(g); n++) {
			struct str path = arena_fmt(
			    g->arena, "/proc/%" PRId64 "/%s", g->pids[i], files[n]);
			int fd = open(path.p, O_RDONLY | O_CLOEXEC);

			if (fd < 0) {
				bag_fault(g, path, STR("it cannot be opened"));
				continue;
			}
			bag_fd(g, fd,
			    arena_fmt(
				g->arena, "named/%" PRId64 "/%s", g->pids[i], files[n]),
			    path);
			close(fd);
		}
}
