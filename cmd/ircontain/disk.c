/* What is on the disk of the machine or the image: logins, jobs, recent changes. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "accounts.h"
#include "bag.h"
#include "mem.h"
#include "when.h"

#define DEPTH   16
#define VISITED 500000
#define RECENT  20000
#define DAYS    14
#define JOB_MAX ((off_t)1 << 20)

void
disk_logins(struct bag *g)
{
	static const char *const files[] = {"/run/utmp", "/var/log/wtmp", "/var/log/btmp",
	    "/var/log/lastlog", "/etc/passwd", "/etc/group"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct str path = str_of(files[i]);

		bag_file(g, path,
		    CAT(g->arena, STR("logins"), str_from(path, str_rchr(path, '/'))));
	}
}

/* --- jobs: what runs by itself --- */

static void
copy_below(struct bag *g, struct str dir, int depth)
{
	int fd = rootfs_fd(g->root, dir.p, O_RDONLY | O_DIRECTORY);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent **all = NULL, *entry;
	size_t n = 0, cap = 0;

	/* in order: the same files are the same archive */
	while (d && (entry = readdir(d)) && n < RECENT) {
		if (entry->d_name[0] == '.' &&
		    (!entry->d_name[1] || entry->d_name[1] == '.'))
			continue;
		all = mem_grow(all, &cap, n + 1, sizeof(struct dirent *));
		all[n] = mem_new(1, sizeof(**all));
		memcpy(all[n++], entry,
		    offsetof(struct dirent, d_name) + strlen(entry->d_name) + 1);
	}
	if (n)
		qsort(all, n, sizeof(struct dirent *),
		    (int (*)(const void *, const void *))alphasort);
	for (size_t i = 0; i < n; i++) {
		struct str path = arena_fmt(
		    g->arena, STR_FMT "/%s", STR_ARG(dir), all[i]->d_name);
		struct stat st;

		if (!bag_time(g) || fstatat(fd, all[i]->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (S_ISDIR(st.st_mode) && depth > 0)
			copy_below(g, path, depth - 1);
		else if (S_ISREG(st.st_mode) && st.st_size <= JOB_MAX)
			bag_file(g, path, CAT(g->arena, STR("jobs"), path));
	}
	for (size_t i = 0; i < n; i++)
		mem_free(all[i]);
	mem_free(all);
	if (d)
		closedir(d);
}

void
disk_jobs(struct bag *g)
{
	static const char *const files[] = {"/etc/crontab", "/etc/anacrontab",
	    "/etc/rc.local", "/etc/ld.so.preload", "/etc/profile", "/etc/sudoers"};
	static const char *const dirs[] = {"/etc/cron.d", "/etc/cron.hourly",
	    "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly", "/var/spool/cron",
	    "/etc/systemd/system", "/run/systemd/system", "/etc/systemd/user",
	    "/usr/local/lib/systemd", "/etc/init.d", "/etc/profile.d", "/etc/sudoers.d",
	    "/etc/pam.d", "/etc/udev/rules.d", "/etc/modules-load.d",
	    "/etc/update-motd.d"};
	struct err ignored = {0};
	struct str users = accounts_read(g->root, g->arena, ACCOUNTS_PASSWD, &ignored);

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		bag_file(
		    g, str_of(files[i]), CAT(g->arena, STR("jobs"), str_of(files[i])));
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		copy_below(g, str_of(dirs[i]), 2);
	while (users.n) {
		struct str home = accounts_field(str_cut(&users, '\n'), PW_HOME);

		if (!rootfs_path(home))
			continue;
		copy_below(g, CAT(g->arena, home, STR("/.ssh")), 0);
		copy_below(g, CAT(g->arena, home, STR("/.config/systemd/user")), 1);
	}
}

/* --- recent changes --- */

struct change {
	int64_t mtime, ctime;
	uint64_t size;
	unsigned mode, uid, gid;
	const char *path;
};

struct changes {
	struct bag *bag;
	struct change *v;
	size_t n, cap, visited;
	int64_t since;
};

static int
newest_first(const void *x, const void *y)
{
	const struct change *a = x, *b = y;
	int64_t at = a->ctime > a->mtime ? a->ctime : a->mtime;
	int64_t bt = b->ctime > b->mtime ? b->ctime : b->mtime;

	return at != bt ? (at < bt) - (at > bt) : strcmp(a->path, b->path);
}

static void
walk(struct changes *c, struct str dir, int depth)
{
	int fd = rootfs_fd(c->bag->root, dir.p, O_RDONLY | O_DIRECTORY);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	while (d && (entry = readdir(d)) && c->visited < VISITED && bag_time(c->bag)) {
		const char *name = entry->d_name;
		struct str path;
		struct stat st;

		if ((name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]))) ||
		    fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		c->visited++;
		path = arena_fmt(c->bag->arena, STR_FMT "/%s", STR_ARG(dir), name);
		if (st.st_mtime >= c->since || st.st_ctime >= c->since) {
			c->v = mem_grow(c->v, &c->cap, c->n + 1, sizeof(*c->v));
			c->v[c->n++] = (struct change){.mtime = st.st_mtime,
			    .ctime = st.st_ctime,
			    .size = (uint64_t)st.st_size,
			    .mode = st.st_mode,
			    .uid = st.st_uid,
			    .gid = st.st_gid,
			    .path = path.p};
		}
		if (S_ISDIR(st.st_mode) && depth > 0)
			walk(c, path, depth - 1);
	}
	if (d)
		closedir(d);
}

void
disk_timeline(struct bag *g)
{
	static const char *const dirs[] = {"/tmp", "/var/tmp", "/dev/shm", "/run/shm",
	    "/etc", "/root", "/home", "/usr/local", "/var/www", "/srv", "/opt",
	    "/var/spool", "/boot", "/usr/bin", "/usr/sbin"};
	struct changes c = {.bag = g, .since = g->now_ns / WHEN_S - DAYS * 86400};
	struct buf b = buf_make(BAG_TEXT);
	char m[WHEN_MAX], t[WHEN_MAX];

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		walk(&c, str_of(dirs[i]), DEPTH);
	if (c.n)
		qsort(c.v, c.n, sizeof(*c.v), newest_first);
	if (c.n > RECENT || c.visited == VISITED)
		bag_fault(g, STR("timeline.jsonl"), STR("there were more"));
	for (size_t i = 0; i < c.n && i < RECENT; i++) {
		when_text(m, c.v[i].mtime * WHEN_S);
		when_text(t, c.v[i].ctime * WHEN_S);
		buf_fmt(&b,
		    "{\"mtime\":\"%s\",\"ctime\":\"%s\",\"mode\":\"%o\",\"uid\":%u,"
		    "\"gid\":%u,\"size\":%llu,\"path\":",
		    m, t, c.v[i].mode, c.v[i].uid, c.v[i].gid,
		    (unsigned long long)c.v[i].size);
		buf_json(&b, str_of(c.v[i].path));
		buf_add(&b, STR("}\n"));
	}
	bag_text(g, "timeline.jsonl", buf_str(&b));
	buf_free(&b);
	mem_free(c.v);
}

void
disk_named(struct bag *g)
{
	for (size_t i = 0; i < g->n_paths; i++) {
		struct str path = str_of(g->paths[i]);

		bag_file(g, path, CAT(g->arena, STR("named"), path));
	}
}
