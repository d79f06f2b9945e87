/*
 * collect-evidence: what an act would destroy, in one archive, before any act.
 *
 * Reads only; bounded in size and time.  Whatever is not in it is named in its manifest.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bag.h"
#include "batch.h"
#include "file.h"
#include "system.h"
#include "when.h"

#define TIME_MS 60000

static const char *const memory[] = {"/proc/modules", "/proc/self/mountinfo",
    "/proc/uptime", "/proc/version", "/proc/cmdline", "/proc/sys/kernel/tainted", NULL};
static const char *const network[] = {"/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp",
    "/proc/net/udp6", "/proc/net/unix", "/proc/net/raw", "/proc/net/packet",
    "/proc/net/arp", "/proc/net/route", "/proc/net/dev", NULL};

static void
both(struct bag *g)
{
	live_processes(g, true);
}

static void
processes(struct bag *g)
{
	live_processes(g, false);
	live_named(g);
}

static void
net(struct bag *g)
{
	live_copy(g, network, "net");
}

static void
kernel(struct bag *g)
{
	live_copy(g, memory, "kernel");
}

static void
files(struct bag *g)
{
	disk_named(g);
	disk_timeline(g);
}

/* What a word of `what` stands for; in the order in which it vanishes. */
static const struct kind {
	const char *word;
	bool live; /* of a running machine only */
	void (*collect)(struct bag *);
} kinds[] = {
    {"sockets", true, both},
    {"processes", true, processes},
    {"sockets", true, net},
    {"interfaces", true, net},
    {"modules", true, kernel},
    {"mounts", true, kernel},
    {"logins", false, disk_logins},
    {"jobs", false, disk_jobs},
    {"files", false, files},
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

static bool
asked(struct str what, const char *word)
{
	while (what.p) {
		struct str one = str_cut(&what, ',');

		if (str_eq(one, str_of(word)) || str_eq(one, STR("all")))
			return true;
	}
	return false;
}

static bool
known(struct str word)
{
	for (size_t i = 0; i < KINDS; i++)
		if (str_eq(word, str_of(kinds[i].word)))
			return true;
	return str_eq(word, STR("all"));
}

/* --- looking --- */

static const char *
archive_of(struct batch *b, struct arena *a, const char *id)
{
	return arena_fmt(a, "%s/evidence/%s.tar", b->dir, id).p;
}

static void
look(struct batch *b, struct job *j)
{
	struct str rest = j->a.to.text[TARGET_WHAT];
	size_t n = 0;

	while (rest.p)
		n += known(str_cut(&rest, ','));
	if (n == 0) {
		job_say(j, JOB_WAITING, "no-actuator",
		    arena_fmt(j->arena, STR_FMT ": nobody collects that here",
			STR_ARG(j->a.to.text[TARGET_WHAT])));
		return;
	}
	j->prior = STR("{}");
	j->change = arena_fmt(j->arena, "collect " STR_FMT " into %s",
	    STR_ARG(j->a.to.text[TARGET_WHAT]), archive_of(b, j->arena, "ID"));
}

/* --- collecting --- */

/* Files and processes that other steps of the same incident are about. */
static void
name_things(struct batch *b, const struct job *j, struct bag *g)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct job *o = &b->jobs[i];
		struct str path = o->a.to.text[TARGET_PATH];

		if (o == j || !str_eq(o->incident, j->incident))
			continue;
		if (path.p && rootfs_path(path) && g->n_paths < BAG_NAMED)
			g->paths[g->n_paths++] = arena_copy(g->arena, path).p;
		if (o->a.to.text[TARGET_PID].p && g->n_pids < BAG_NAMED)
			g->pids[g->n_pids++] = o->a.to.pid;
	}
}

static void
collect(struct bag *g, struct str what)
{
	struct str rest = what;
	bool live = g->root->machine;

	while (rest.p) {
		struct str word = str_cut(&rest, ',');

		if (!known(word))
			bag_fault(g, word, STR("nobody collects that here"));
	}
	for (size_t i = 0; i < KINDS; i++) {
		bool done = false;

		/* sockets bring the list of processes along; net and kernel come once */
		for (size_t k = 0; k < i; k++)
			done |= kinds[k].collect == kinds[i].collect &&
				asked(what, kinds[k].word);
		if (done || !asked(what, kinds[i].word))
			continue;
		if (kinds[i].live && !live)
			bag_fault(g, str_of(kinds[i].word), STR("an image has none"));
		else if (kinds[i].collect == processes && asked(what, "sockets"))
			live_named(g);
		else
			kinds[i].collect(g);
	}
}

static void
manifest(struct batch *b, const struct job *j, struct bag *g)
{
	struct buf m = buf_make((size_t)64 << 20);
	struct utsname u;
	char at[WHEN_MAX];

	when_text(at, b->now);
	buf_fmt(&m, "{\"by\":\"irutils " IR_VERSION "\",\"at\":\"%s\",\"host\":", at);
	buf_json(&m, str_of(b->host));
	if (g->root->machine && uname(&u) == 0) {
		buf_add(&m, STR(",\"kernel\":"));
		buf_json(&m, str_of(u.release));
	}
	buf_add(&m, STR(",\"root\":"));
	buf_json(&m, str_of(g->root->dir ? g->root->dir : "/"));
	buf_fmt(&m, ",\"action\":\"%s\",\"incident\":", j->deed->id);
	buf_json(&m, j->incident);
	buf_add(&m, STR(",\"what\":"));
	buf_json(&m, j->a.to.text[TARGET_WHAT]);
	buf_add(&m, STR(",\"files\":["));
	buf_add(&m, buf_str(&g->entries));
	buf_add(&m, STR("],\"errors\":["));
	buf_add(&m, buf_str(&g->faults));
	buf_add(&m, STR("]}\n"));
	g->until_ms = INT64_MAX;
	bag_text(g, "manifest.json", buf_str(&m));
	buf_free(&m);
}

static bool
write_all(struct batch *b, struct job *j, int fd, char hex[65], struct err *e)
{
	struct bag g = {.root = &b->hands.root,
	    .arena = arena_new(),
	    .entries = buf_make((size_t)32 << 20),
	    .faults = buf_make((size_t)8 << 20),
	    .now_ns = b->now,
	    .until_ms = batch_clock_ms() + TIME_MS};
	uint8_t hash[SHA256_SIZE];
	bool ok;

	tar_start(&g.tar, fd);
	name_things(b, j, &g);
	collect(&g, j->a.to.text[TARGET_WHAT]);
	manifest(b, j, &g);
	ok = g.e.kind == ERR_NONE && tar_end(&g.tar, hash, &g.e) && fsync(fd) == 0;
	if (ok)
		sha256_hex(hash, hex, 64);
	else if (g.e.kind)
		*e = g.e;
	else
		err_sys(e, ERR_SYS, "cannot write the archive");
	buf_free(&g.entries);
	buf_free(&g.faults);
	arena_free(g.arena);
	return ok;
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	const char *dir = arena_fmt(j->arena, "%s/evidence", b->dir).p;
	const char *path = archive_of(b, j->arena, j->deed->id);
	const char *part = arena_fmt(j->arena, "%s.part", path).p;
	char hex[65];
	bool ok;
	int fd;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
		err_sys(e, ERR_SYS, "cannot make '%s'", dir);
		return false;
	}
	unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		err_sys(e, ERR_SYS, "cannot create '%s'", part);
		return false;
	}
	ok = write_all(b, j, fd, hex, e);
	close(fd);
	if (ok && rename(part, path) != 0) {
		err_sys(e, ERR_SYS, "cannot rename '%s'", part);
		ok = false;
	}
	ok = ok && file_replace(arena_fmt(j->arena, "%s.sha256", path).p,
		       arena_fmt(j->arena, "%s  %s.tar\n", hex, j->deed->id), e);
	if (ok) {
		struct str said = arena_fmt(j->arena,
		    "{\"archive\":\"%s.tar\",\"sha256\":\"%s\"}", j->deed->id, hex);

		ledger_remark(b->ledger, "evidence", said, b->by, STR_NONE, b->now);
		j->change = arena_fmt(
		    j->arena, "collected into %s, sha256 %s", path, hex);
	} else {
		unlink(part);
	}
	return ok;
}

static int
holds(struct batch *b, const struct past *p)
{
	return access(archive_of(b, p->arena, p->deed->id), F_OK) == 0;
}

const struct actuator evidence_hands = {
    .what = DO_COLLECT_EVIDENCE,
    .lasting = true,
    .first = true,
    .look = look,
    .apply = apply,
    .holds = holds,
};
