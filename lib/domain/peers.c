#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "map.h"
#include "mem.h"
#include "peers.h"

#define TABLE_MAX   ((size_t)256 * 1024 * 1024)
#define ESTABLISHED "01"
#define PORTS       8 /* of the SSH server that are known */

/* An established connection to the SSH server. */
struct peer {
	struct net net;
	bool held;    /* a process that holds it was seen */
	bool waiting; /* ... and it is one that has not logged in yet */
	bool session; /* ... and it is a session */
};

struct look {
	struct map *peers; /* inode as text -> struct peer */
	unsigned port[PORTS];
	size_t ports;
};

/* "0200000A:0016" or 32 digits: address in host-order words, port. */
static bool
endpoint(struct str s, struct ip *ip, unsigned *port)
{
	size_t colon = str_chr(s, ':'), words = colon / 8;
	char digits[9] = "";

	*ip = (struct ip){0};
	if ((colon != 8 && colon != 32) || s.n != colon + 5)
		return false;
	ip->v = colon == 8 ? 4 : 6;
	for (size_t i = 0; i < words; i++) {
		uint32_t w;

		memcpy(digits, s.p + 8 * i, 8);
		w = (uint32_t)strtoul(digits, NULL, 16);
		memcpy(ip->b + 4 * i, &w, 4);
	}
	memcpy(digits, s.p + colon + 1, 4);
	digits[4] = '\0';
	*port = (unsigned)strtoul(digits, NULL, 16);
	return true;
}

static struct str
word(struct str *line)
{
	struct str w;

	do
		w = str_cut(line, ' ');
	while (w.p && w.n == 0);
	return w;
}

/* sl local remote state tx:rx tr:when retrnsmt uid timeout inode */
static void
connection(struct look *k, struct str line)
{
	struct str local, remote, inode = STR_NONE;
	struct ip mine, ip;
	unsigned port, far;
	struct peer *p;
	bool ours = false;

	word(&line);
	local = word(&line);
	remote = word(&line);
	if (!str_eq(word(&line), STR(ESTABLISHED)))
		return;
	for (int i = 0; i < 6; i++)
		inode = word(&line);
	if (!local.p || !remote.p || !inode.p || !endpoint(local, &mine, &port) ||
	    !endpoint(remote, &ip, &far))
		return;
	for (size_t i = 0; i < k->ports; i++)
		ours |= k->port[i] == port;
	if (!ours)
		return;
	p = mem_new(1, sizeof(*p));
	p->net = net_of(&ip);
	mem_free(*map_put(k->peers, inode));
	*map_put(k->peers, inode) = p;
}

static bool
table(struct look *k, const char *path, struct err *e)
{
	struct arena *a = arena_new();
	struct str text;
	bool ok = true;

	if (access(path, F_OK) < 0 && errno == ENOENT) {
		arena_free(a);
		return true; /* no IPv6 */
	}
	text = file_read(a, path, TABLE_MAX, e);
	ok = text.p != NULL;
	if (ok)
		str_cut(&text, '\n');
	while (text.p)
		connection(k, str_cut(&text, '\n'));
	arena_free(a);
	return ok;
}

/*
 * What sshd calls itself: "sshd: ann@pts/0" in a session; "[accepted]", "[net]"
 * and "[preauth]" before the log-in.  Anything else is taken for a session, but
 * for the parent of the two halves, "[priv]", which is there before and after.
 */
static void
judge(struct peer *p, struct str title)
{
	struct str t = str_trim(title);

	p->held = true;
	if (!str_starts(t, STR("sshd: ")) && !str_starts(t, STR("sshd-session: ")) &&
	    !str_starts(t, STR("sshd-auth: ")))
		p->session = true;
	else if (str_ends(t, STR("[net]")) || str_ends(t, STR("[accepted]")) ||
		 str_ends(t, STR("[preauth]")))
		p->waiting = true;
	else if (!str_ends(t, STR("[priv]")))
		p->session = true;
}

static struct str
title_of(struct arena *a, const char *pid)
{
	const char *path = arena_fmt(a, "/proc/%s/cmdline", pid).p;
	char text[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;

	if (fd >= 0)
		close(fd);
	for (ssize_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	return n > 0 ? arena_copy(a, (struct str){text, (size_t)n}) : STR("");
}

static void
holder(struct look *k, struct arena *a, const char *pid)
{
	const char *path = arena_fmt(a, "/proc/%s/fd", pid).p;
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char target[64];
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target));
		struct str s = {target, n > 0 ? (size_t)n : 0};
		struct peer *p;

		if (!str_starts(s, STR("socket:[")) || !str_ends(s, STR("]")))
			continue;
		p = map_get(k->peers, str_sub(s, 8, s.n - 9));
		if (p)
			judge(p, title_of(a, pid));
	}
	if (dir)
		closedir(dir);
}

static void
holders(struct look *k)
{
	struct arena *a = arena_new();
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0])) {
			holder(k, a, entry->d_name);
			arena_reset(a);
		}
	if (proc)
		closedir(proc);
	arena_free(a);
}

/* 22, and the port that this session itself came in by. */
static void
ports(struct look *k)
{
	struct str v = str_of(getenv("SSH_CONNECTION"));
	uint64_t port;

	k->port[k->ports++] = 22;
	if (v.p && str_rchr(v, ' ') != STR_NPOS &&
	    str_u64(str_from(v, str_rchr(v, ' ') + 1), &port) && port < 65536)
		k->port[k->ports++] = (unsigned)port;
}

bool
peers_guard(struct guard *g, struct err *e)
{
	struct look k = {.peers = map_new()};
	void *v;
	bool ok;

	ports(&k);
	ok = table(&k, "/proc/net/tcp", e) && table(&k, "/proc/net/tcp6", e);
	if (ok && map_count(k.peers) > 0)
		holders(&k);
	for (size_t i = 0; map_next(k.peers, &i, NULL, &v);) {
		const struct peer *p = v;

		if (ok && (p->session || !p->waiting))
			guard_add(g, &p->net, GUARD_MACHINE,
			    p->held ? "peer of an SSH session"
				    : "connected to the SSH server here");
		mem_free(v);
	}
	map_free(k.peers);
	return ok;
}
