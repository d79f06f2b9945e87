#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "rootfs.h"
#include "sha256.h"
#include "tree.h"

/* --- manifests --- */

static struct str
bare(struct str name)
{
	while (str_starts(name, STR("./")) || str_starts(name, STR("/")))
		name = str_from(name, name.p[0] == '.' ? 2 : 1);
	return name;
}

/* "./a", "/a" and, below the path that is restored, "/var/www/a" are all "a". */
static struct str
plain(struct str name, struct str path)
{
	struct str below = bare(path);

	name = bare(name);
	if (str_starts(name, below) && (name.n == below.n || name.p[below.n] == '/'))
		name = str_from(name, below.n);
	return bare(name);
}

static bool
hex64(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
			(s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n == 64;
}

bool
manifest_read(
    struct manifest *m, struct arena *a, struct str text, struct str path, struct err *e)
{
	uint8_t hash[SHA256_SIZE];
	struct sha256 s;
	struct str rest = text, line, digits;

	*m = (struct manifest){.of = map_new(),
	    .base = arena_copy(a, str_from(path, str_rchr(path, '/') + 1))};
	sha256_init(&s);
	sha256_add(&s, text);
	sha256_end(&s, hash);
	sha256_hex(hash, m->sha256, 64);
	for (size_t at = 1; rest.n; at++) {
		line = str_cut(&rest, '\n');
		if (line.n == 0)
			continue;
		digits = str_sub(line, 0, 64);
		if (!hex64(digits) || line.n < 67 || line.p[64] != ' ' ||
		    (line.p[65] != ' ' && line.p[65] != '*')) {
			err_set(e, ERR_DATA, "line %zu of the manifest is malformed", at);
			return false;
		}
		*map_put(m->of,
		    plain(str_from(line, 66), path)) = (void *)arena_copy(a, digits).p;
		m->n++;
	}
	if (m->n == 0)
		err_set(e, ERR_DATA, "the manifest is empty");
	return m->n > 0;
}

void
manifest_free(struct manifest *m)
{
	map_free(m->of);
	m->of = NULL;
}

/* --- walking --- */

struct walk {
	const struct manifest *m;
	tree_bad *bad;
	void *told;
	struct err *e;
	struct arena *a;
	size_t entries, files;
	uint64_t bytes;
};

/* One entry; `path` is relative to the tree.  False: stop. */
typedef bool visit(struct walk *, int at, const char *name, struct str path,
    const struct stat *, bool after);

static bool walk_dir(
    struct walk *, int at, const char *name, struct str path, unsigned depth, visit *);

static bool
walk_one(
    struct walk *w, int at, const char *name, struct str path, unsigned depth, visit *v)
{
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		err_sys(w->e, ERR_SYS, "cannot look at '%s'", name);
		return false;
	}
	if (depth > TREE_DEPTH || ++w->entries > TREE_ENTRIES) {
		err_set(w->e, ERR_DATA, "the tree is too deep or has too many entries");
		return false;
	}
	if (!v(w, at, name, path, &st, false))
		return false;
	if (!S_ISDIR(st.st_mode))
		return true;
	return walk_dir(w, at, name, path, depth, v) && v(w, at, name, path, &st, true);
}

static bool
walk_dir(
    struct walk *w, int at, const char *name, struct str path, unsigned depth, visit *v)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool ok = d != NULL;

	if (!ok)
		err_sys(w->e, ERR_SYS, "cannot open the directory '%s'", name);
	while (ok && (entry = readdir(d))) {
		struct str n = str_of(entry->d_name), below;

		if (str_eq(n, STR(".")) || str_eq(n, STR("..")))
			continue;
		below = path.n ? arena_fmt(w->a, STR_FMT "/%s", STR_ARG(path), n.p)
			       : arena_copy(w->a, n);
		ok = walk_one(w, fd, entry->d_name, below, depth + 1, v);
	}
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	return ok;
}

static bool
walk(struct walk *w, int at, const char *name, visit *v)
{
	bool ok;

	w->a = arena_new();
	ok = walk_one(w, at, name, STR(""), 0, v);
	arena_free(w->a);
	return ok;
}

/* --- comparing --- */

static bool
check_file(struct walk *w, int at, const char *name, struct str path)
{
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	/* of a single file the manifest may have the bare name */
	const char *want = map_get(w->m->of, path.n ? path : w->m->base);
	uint8_t hash[32];
	uint64_t size;
	char hex[65];
	bool ok = fd >= 0 && rootfs_hash(fd, hash, &size, w->e);

	if (fd >= 0)
		close(fd);
	if (!ok) {
		err_sys(w->e, ERR_SYS, "cannot read '" STR_FMT "'", STR_ARG(path));
		return false;
	}
	sha256_hex(hash, hex, 64);
	if (!want && path.n == 0)
		want = map_get(w->m->of, path);
	if (!want)
		err_set(w->e, ERR_DATA, "'" STR_FMT "' is not in the manifest",
		    STR_ARG(path));
	else if (memcmp(hex, want, 64) != 0)
		err_set(w->e, ERR_DATA, "'" STR_FMT "' is not what the manifest says",
		    STR_ARG(path));
	else if (w->bad && w->bad(w->told, hex, path))
		err_set(w->e, ERR_DATA,
		    "'" STR_FMT
		    "' has the hash of a file in the vault: the backup is not "
		    "clean",
		    STR_ARG(path));
	else
		w->files++;
	return w->e->kind == ERR_NONE;
}

static bool
compare(struct walk *w, int at, const char *name, struct str path, const struct stat *st,
    bool after)
{
	if (after || S_ISDIR(st->st_mode) || S_ISLNK(st->st_mode))
		return true;
	if (S_ISREG(st->st_mode))
		return check_file(w, at, name, path);
	err_set(w->e, ERR_DATA, "'" STR_FMT "' is neither file, link nor directory",
	    STR_ARG(path));
	return false;
}

bool
tree_check(int at, const char *name, const struct manifest *m, tree_bad *bad, void *told,
    struct err *e)
{
	struct walk w = {.m = m, .bad = bad, .told = told, .e = e};

	if (!walk(&w, at, name, compare))
		return false;
	if (w.files < map_count(m->of))
		err_set(e, ERR_DATA, "%zu of the %zu files of the manifest are missing",
		    map_count(m->of) - w.files, map_count(m->of));
	return e->kind == ERR_NONE;
}

/* --- removing, measuring, syncing --- */

static bool
unlink_one(struct walk *w, int at, const char *name, struct str path,
    const struct stat *st, bool after)
{
	(void)path;
	if (S_ISDIR(st->st_mode) != after)
		return true;
	if (unlinkat(at, name, after ? AT_REMOVEDIR : 0) == 0)
		return true;
	err_sys(w->e, ERR_SYS, "cannot remove '%s'", name);
	return false;
}

bool
tree_remove(int at, const char *name, struct err *e)
{
	struct walk w = {.e = e};
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
		return true;
	/* what was put away has no permissions; its owner needs none, others do */
	if (S_ISDIR(st.st_mode))
		(void)!fchmodat(at, name, st.st_mode | 0700, 0);
	return walk(&w, at, name, unlink_one);
}

static bool
weigh(struct walk *w, int at, const char *name, struct str path, const struct stat *st,
    bool after)
{
	(void)at;
	(void)name;
	(void)path;
	if (!after)
		w->bytes += (uint64_t)st->st_size;
	return true;
}

uint64_t
tree_size(int at, const char *name)
{
	struct err ignored = {0};
	struct walk w = {.e = &ignored};

	walk(&w, at, name, weigh);
	return w.bytes;
}

static bool
sync_one(struct walk *w, int at, const char *name, struct str path, const struct stat *st,
    bool after)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, fd;
	bool ok;

	(void)path;
	if (S_ISDIR(st->st_mode) ? !after : !S_ISREG(st->st_mode))
		return true;
	fd = openat(at, name, flags);
	ok = fd >= 0 && fsync(fd) == 0;
	if (!ok)
		err_sys(w->e, ERR_SYS, "cannot sync '%s'", name);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool
tree_sync(int at, const char *name, struct err *e)
{
	struct walk w = {.e = e};

	return walk(&w, at, name, sync_one);
}
