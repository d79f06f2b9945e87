#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mem.h"
#include "meta.h"
#include "out.h"
#include "rootfs.h"
#include "sha256.h"

bool
rootfs_open(struct rootfs *r, const char *dir, struct err *e)
{
	*r = (struct rootfs){.fd = -1, .dir = dir ? dir : "/"};
	r->machine = strcmp(r->dir, "/") == 0;
	r->fd = open(r->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r->fd < 0)
		err_sys(e, ERR_CONFIG, "cannot open the root '%s'", r->dir);
	return r->fd >= 0;
}

void
rootfs_close(struct rootfs *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

bool
rootfs_path(struct str path)
{
	struct str rest = str_from(path, 1), part;

	if (path.n < 2 || path.n >= PATH_MAX || path.p[0] != '/')
		return false;
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7f)
			return false;
	while (rest.p) {
		part = str_cut(&rest, '/');
		if (part.n == 0 || part.n > NAME_MAX || str_eq(part, STR(".")) ||
		    str_eq(part, STR("..")))
			return false;
	}
	return true;
}

int
rootfs_fd(const struct rootfs *r, const char *path, int flags)
{
	struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC),
	    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

	while (*path == '/')
		path++;
	return (int)syscall(SYS_openat2, r->fd, *path ? path : ".", &how, sizeof(how));
}

bool
mount_same(int x, int y)
{
	struct statx a, b;
	unsigned want = STATX_INO | STATX_MNT_ID;

	return statx(x, "", AT_EMPTY_PATH, want, &a) == 0 &&
	       statx(y, "", AT_EMPTY_PATH, want, &b) == 0 &&
	       a.stx_dev_major == b.stx_dev_major && a.stx_dev_minor == b.stx_dev_minor &&
	       a.stx_mnt_id == b.stx_mnt_id;
}

bool
rootfs_place(const struct rootfs *r, const char *path, struct place *p, struct err *e)
{
	struct str s = str_of(path), name;
	size_t slash = str_rchr(s, '/');
	char dir[PATH_MAX];
	struct stat st;

	p->dir = -1;
	if (!rootfs_path(s)) {
		err_set(e, ERR_DATA, "'%s' is no plain absolute path", path);
		return false;
	}
	name = str_from(s, slash + 1);
	snprintf(p->name, sizeof(p->name), STR_FMT, STR_ARG(name));
	snprintf(dir, sizeof(dir), STR_FMT "/", STR_ARG(str_sub(s, 0, slash)));
	p->dir = rootfs_fd(r, dir, O_RDONLY | O_DIRECTORY);
	if (p->dir < 0 || fstat(p->dir, &st) != 0) {
		err_sys(e, ERR_SYS, "cannot open the directory of '%s'%s", path,
		    errno == ELOOP ? " (a link is in the path)" : "");
		place_close(p);
		return false;
	}
	p->times[0] = (struct timespec){.tv_nsec = UTIME_OMIT};
	p->times[1] = st.st_mtim;
	return true;
}

bool
place_sync(const struct place *p, struct err *e)
{
	/* the owner alone may; who is not, loses the times and nothing else */
	(void)!futimens(p->dir, p->times);
	if (fsync(p->dir) == 0)
		return true;
	err_sys(e, ERR_SYS, "cannot sync the directory of '%s'", p->name);
	return false;
}

void
place_close(struct place *p)
{
	if (p->dir >= 0)
		close(p->dir);
	p->dir = -1;
}

/* All bytes of an open file, or absent. */
static struct str
read_all(int fd, struct arena *a, const char *path, size_t max, struct err *e)
{
	struct stat st;
	size_t n = 0, room;
	ssize_t got = 1;
	char *p;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		err_set(e, ERR_SYS, "'%s' is not a regular file", path);
		return STR_NONE;
	}
	room = (uint64_t)st.st_size > max ? max + 1 : (size_t)st.st_size + 4096;
	p = arena_alloc(a, room + 64);
	while (n < room && got > 0) {
		got = read(fd, p + n, room - n);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			n += (size_t)got;
	}
	if (got < 0) {
		err_sys(e, ERR_SYS, "cannot read '%s'", path);
		return STR_NONE;
	}
	if (n > max || n == room) {
		err_set(e, ERR_SYS, "'%s' is longer than %zu bytes, or grows", path, max);
		return STR_NONE;
	}
	memset(p + n, 0, 64);
	return (struct str){p, n};
}

struct str
rootfs_read(const struct rootfs *r, struct arena *a, const char *path, size_t max,
    struct stat *st, struct err *e)
{
	int fd = rootfs_fd(r, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct str s;

	*e = (struct err){0};
	if (fd < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			err_sys(e, ERR_SYS, "cannot open '%s'%s", path,
			    errno == ELOOP ? " (a link is in the path)" : "");
		return STR_NONE;
	}
	s = read_all(fd, a, path, max, e);
	if (s.p && st && fstat(fd, st) != 0)
		s = STR_NONE;
	close(fd);
	return s;
}

/* What the new file takes over from the one it replaces; false: `e`. */
static bool
inherit(struct arena *a, const struct place *p, mode_t mode, struct meta *m, bool *old,
    struct err *e)
{
	int fd = openat(
	    p->dir, p->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	bool ok;

	*old = fd >= 0;
	if (fd < 0 && errno == ENOENT) {
		*m = (struct meta){.uid = geteuid(), .gid = getegid(), .mode = mode};
		return true;
	}
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_sys(e, ERR_SYS, "cannot open '%s'", p->name);
		return false;
	}
	ok = S_ISREG(st.st_mode) && meta_get(a, fd, m, e);
	if (!S_ISREG(st.st_mode))
		err_set(e, ERR_SYS, "'%s' is not a regular file", p->name);
	close(fd);
	return ok;
}

static bool
write_beside(const struct place *p, const char *tmp, struct str s, struct meta *m,
    bool old, const struct timespec *mtime, struct err *e)
{
	int fd = openat(
	    p->dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok = false;

	if (fd < 0) {
		err_sys(e, ERR_SYS, "cannot create a file beside '%s'", p->name);
		return false;
	}
	m->atime = (struct timespec){.tv_nsec = UTIME_NOW};
	m->mtime = mtime ? *mtime : (struct timespec){.tv_nsec = UTIME_NOW};
	if (out_write(fd, s, e) && (old ? meta_set(fd, m, e) : fchmod(fd, m->mode) == 0))
		ok = fsync(fd) == 0;
	if (close(fd) != 0)
		ok = false;
	if (!ok && e->kind == ERR_NONE)
		err_sys(e, ERR_SYS, "cannot write a file beside '%s'", p->name);
	return ok;
}

/* Always the same one for a file, so that what a crash left is taken up by the next run. */
static void
beside(char *tmp, size_t n, const char *name)
{
	char id[33];

	sha256_id(id, 2, (struct str[]){STR("replace"), str_of(name)});
	snprintf(tmp, n, ".ir-%.16s.tmp", id);
}

bool
rootfs_replace(const struct rootfs *r, const char *path, struct str s, mode_t mode,
    const struct timespec *mtime, struct err *e)
{
	struct arena *a = arena_new();
	char tmp[48];
	struct meta *m = arena_zero(a, sizeof(*m));
	struct place p;
	bool ok = false, old;

	*e = (struct err){0};
	if (rootfs_place(r, path, &p, e) && inherit(a, &p, mode, m, &old, e)) {
		beside(tmp, sizeof(tmp), p.name);
		unlinkat(p.dir, tmp, 0);
		if (m->flags & (META_IMMUTABLE | META_APPEND))
			err_set(e, ERR_SYS, "'%s' is marked as not to be changed", path);
		else if (write_beside(&p, tmp, s, m, old, mtime, e)) {
			ok = renameat(p.dir, tmp, p.dir, p.name) == 0;
			if (!ok)
				err_sys(e, ERR_SYS, "cannot replace '%s'", path);
		}
		if (!ok)
			unlinkat(p.dir, tmp, 0);
		ok = place_sync(&p, e) && ok;
	}
	place_close(&p);
	arena_free(a);
	return ok;
}

bool
rootfs_remove(const struct rootfs *r, const char *path, struct err *e)
{
	struct place p;
	bool ok = rootfs_place(r, path, &p, e);

	if (!ok)
		return false;
	ok = unlinkat(p.dir, p.name, 0) == 0 || errno == ENOENT;
	if (!ok)
		err_sys(e, ERR_SYS, "cannot remove '%s'", path);
	ok = ok && place_sync(&p, e);
	place_close(&p);
	return ok;
}

bool
rootfs_link(const struct rootfs *r, const char *path, const char *to, struct err *e)
{
	struct place p;
	bool ok = rootfs_place(r, path, &p, e);

	if (!ok)
		return false;
	ok = symlinkat(to, p.dir, p.name) == 0;
	if (!ok)
		err_sys(e, ERR_SYS, "cannot make the link '%s'", path);
	ok = ok && place_sync(&p, e);
	place_close(&p);
	return ok;
}

struct str
rootfs_readlink(const struct rootfs *r, struct arena *a, const char *path)
{
	char to[PATH_MAX];
	struct err ignore;
	struct place p;
	ssize_t n = -1;

	if (rootfs_place(r, path, &p, &ignore))
		n = readlinkat(p.dir, p.name, to, sizeof(to));
	place_close(&p);
	return n < 0 ? STR_NONE : arena_copy(a, (struct str){to, (size_t)n});
}

bool
rootfs_hash(int fd, uint8_t out[32], uint64_t *size, struct err *e)
{
	char *some = mem_new(1, 65536);
	struct sha256 h;
	ssize_t got;

	*size = 0;
	sha256_init(&h);
	for (off_t at = 0; (got = pread(fd, some, 65536, at)) != 0; at += got) {
		if (got < 0 && errno == EINTR)
			got = 0;
		if (got < 0)
			break;
		sha256_add(&h, (struct str){some, (size_t)got});
		*size += (uint64_t)got;
	}
	if (got < 0)
		err_sys(e, ERR_SYS, "cannot read the file");
	sha256_end(&h, out);
	mem_free(some);
	return got == 0;
}
