#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "mem.h"
#include "out.h"

#define WALK_DEPTH 32
#define WALK_MAX   100000 /* files of one walk */

static ssize_t
read_over(int fd, char *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* All that an open file holds; closes it. */
static struct str
read_all(int fd, struct arena *a, const char *path, size_t max, struct err *e)
{
	struct stat st;
	bool sized = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 0 &&
		     (uint64_t)st.st_size <= max;
	size_t cap = sized ? (size_t)st.st_size + 1 : 4096, n = 0;
	char *p = arena_alloc(a, cap);
	struct str s = STR_NONE;
	ssize_t got;

	/* As long as it was when it was opened: one read for it, one for its end. */
	while ((got = read_over(fd, p + n, cap - n)) > 0) {
		n += (size_t)got;
		if (n > max)
			break;
		if (n == cap) {
			size_t more = cap * 2 < max + 1 ? cap * 2 : max + 1;
			char *wide = arena_alloc(a, more);

			memcpy(wide, p, n);
			p = wide;
			cap = more;
		}
	}
	if (got < 0)
		err_sys(e, ERR_CONFIG, "cannot read '%s'", path);
	else if (n > max)
		err_set(e, ERR_CONFIG, "'%s' is longer than %zu bytes", path, max);
	else {
		p[n] = '\0';
		s = (struct str){p, n};
	}
	close(fd);
	return s;
}

struct str
file_read(struct arena *a, const char *path, size_t max, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		return STR_NONE;
	}
	return read_all(fd, a, path, max, e);
}

struct str
file_read_own(struct arena *a, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	struct err e;

	if (fd < 0)
		return STR_NONE;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    (st.st_mode & 022) == 0)
		return read_all(fd, a, path, max, &e);
	close(fd);
	return STR_NONE;
}

/* The directory of a path, as a copy to free. */
static char *
parent(const char *path)
{
	char *copy = mem_text(str_of(path)), *dir = mem_text(str_of(dirname(copy)));

	mem_free(copy);
	return dir;
}

static bool
sync_dir(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		err_sys(e, ERR_SYS, "cannot sync '%s'", dir);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* The new file beside the old one, complete and on the disk. */
static bool
write_new(const char *tmp, mode_t mode, struct str s, struct err *e)
{
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = false;

	if (fd < 0) {
		err_sys(e, ERR_SYS, "cannot create '%s'", tmp);
		return false;
	}
	if (!out_write(fd, s, e))
		err_at(e, "'%s'", tmp);
	else if ((mode != 0600 && fchmod(fd, mode) != 0) || fsync(fd) != 0)
		err_sys(e, ERR_SYS, "cannot write '%s'", tmp);
	else
		ok = true;
	if (close(fd) != 0 && ok) {
		err_sys(e, ERR_SYS, "cannot write '%s'", tmp);
		ok = false;
	}
	return ok;
}

bool
file_settle(const char *tmp, const char *path, struct err *e)
{
	char *dir = parent(path);
	bool ok = false;

	if (rename(tmp, path) != 0) {
		err_sys(e, ERR_SYS, "cannot rename '%s'", tmp);
		unlink(tmp);
	} else {
		ok = sync_dir(dir, e);
	}
	mem_free(dir);
	return ok;
}

bool
file_replace(const char *path, struct str s, struct err *e)
{
	char tmp[PATH_MAX];
	struct stat st;
	mode_t mode = 0600;

	if (stat(path, &st) == 0) {
		mode = st.st_mode & 07777;
		if (!S_ISREG(st.st_mode)) {
			err_set(e, ERR_SYS, "'%s' is not a regular file", path);
			return false;
		}
	}
	if (snprintf(tmp, sizeof(tmp), "%s.%ld.tmp", path, (long)getpid()) >=
	    (int)sizeof(tmp)) {
		errno = ENAMETOOLONG;
		err_sys(e, ERR_SYS, "cannot create '%s'", path);
		return false;
	}
	unlink(tmp);
	if (write_new(tmp, mode, s, e))
		return file_settle(tmp, path, e);
	unlink(tmp);
	return false;
}

bool
file_ours(const char *path, const struct stat *st, struct err *e)
{
	if ((st->st_uid == 0 && !(st->st_mode & 022)) || geteuid() != 0)
		return true;
	if (st->st_uid != 0) {
		err_set(e, ERR_CONFIG, "'%s' belongs to user %ld: not obeyed as root",
		    path, (long)st->st_uid);
		return false;
	}
	/* in a sticky directory others can add names, but not replace ours */
	if ((st->st_mode & 022) && !(S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX))) {
		err_set(e, ERR_CONFIG,
		    "'%s' can be written by others: not obeyed as root", path);
		return false;
	}
	return true;
}

bool
file_trusted(const char *path, struct err *e)
{
	struct stat st, dir_st;
	char *dir;
	bool ok;

	if (geteuid() != 0)
		return true;
	dir = parent(path);
	if (stat(path, &st) != 0 || stat(dir, &dir_st) != 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		ok = false;
	} else {
		ok = file_ours(path, &st, e) && file_ours(dir, &dir_st, e);
	}
	mem_free(dir);
	return ok;
}

/* --- walking --- */

struct walk {
	char **v;
	size_t n, cap;
	struct str suffix;
	struct err *e;
};

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool gather(struct walk *, const char *dir, int depth);

static bool
gather_entry(struct walk *w, const char *dir, const struct dirent *d, int depth)
{
	const char *name = d->d_name;
	bool wanted = str_ends(str_of(name), w->suffix);
	char path[PATH_MAX];
	struct stat st;

	if (name[0] == '.' || (d->d_type == DT_REG && !wanted))
		return true;
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return true;
	if (d->d_type != DT_REG) { /* some file systems do not tell */
		if (lstat(path, &st) != 0)
			return true;
		if (S_ISDIR(st.st_mode))
			return gather(w, path, depth + 1);
		if (S_ISLNK(st.st_mode) && stat(path, &st) != 0)
			return true;
		if (!S_ISREG(st.st_mode) || !wanted)
			return true;
	}
	if (w->n == WALK_MAX) {
		err_set(w->e, ERR_CONFIG, "'%s' holds more than %d files", dir, WALK_MAX);
		return false;
	}
	w->v = mem_grow(w->v, &w->cap, w->n + 1, sizeof(w->v[0]));
	w->v[w->n++] = mem_text(str_of(path));
	return true;
}

static bool
gather(struct walk *w, const char *dir, int depth)
{
	struct dirent *d;
	DIR *open_dir;
	bool ok = true;

	if (depth > WALK_DEPTH)
		return true;
	open_dir = opendir(dir);
	if (!open_dir) {
		err_sys(w->e, ERR_CONFIG, "cannot open '%s'", dir);
		return false;
	}
	while (ok && (d = readdir(open_dir)))
		ok = gather_entry(w, dir, d, depth);
	closedir(open_dir);
	return ok;
}

bool
file_walk(const char *dir, const char *suffix, bool (*each)(void *ctx, const char *path),
    void *ctx, struct err *e)
{
	char dotted[64];
	struct walk w = {.e = e};
	bool ok;

	snprintf(dotted, sizeof(dotted), "%s%s", suffix ? "." : "", suffix ? suffix : "");
	w.suffix = str_of(dotted);
	ok = gather(&w, dir, 0);
	if (w.n)
		qsort(w.v, w.n, sizeof(w.v[0]), by_bytes);
	for (size_t i = 0; ok && i < w.n; i++)
		ok = each(ctx, w.v[i]);
	for (size_t i = 0; i < w.n; i++)
		mem_free(w.v[i]);
	mem_free(w.v);
	return ok;
}

/* --- where the toolkit lies --- */

const char *
file_programs(struct arena *a)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	struct str s = {path, n > 0 ? (size_t)n : 0};
	size_t slash = str_rchr(s, '/');

	if (slash == STR_NPOS)
		return ".";
	return arena_copy(a, str_sub(s, 0, slash ? slash : 1)).p;
}

static const char *
if_dir(struct arena *a, const char *base, const char *between, const char *name)
{
	struct str s = CAT(a, str_of(base), str_of(between), STR("/"), str_of(name));
	const char *path = arena_copy(a, s).p;
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? path : NULL;
}

const char *
file_data(struct arena *a, const char *name)
{
	static const char *const beside[] = {
	    "/../share/ir", "/../../share", "/../../../share"};
	const char *env = getenv("IR_DATA"), *here = file_programs(a), *found;

	if (env && *env)
		return arena_fmt(a, "%s/%s", env, name).p;
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if ((found = if_dir(a, here, beside[i], name)))
			return found;
	return arena_fmt(a, "%s/%s", IR_DATADIR, name).p;
}
