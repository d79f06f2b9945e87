#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "aside.h"
#include "vault.h"

#define TREE "tree"

bool
aside_look(const struct rootfs *r, struct str path, struct aside *d, struct err *e)
{
	int fd = rootfs_fd(r, path.p, O_RDONLY | O_DIRECTORY);
	struct place p = {.dir = -1};
	struct stat st;
	bool ok = false;

	*e = (struct err){0};
	if (fd < 0) {
		if (errno != ENOENT)
			err_sys(e, ERR_DATA, "cannot open the directory '%s'", path.p);
		return false;
	}
	if (rootfs_place(r, path.p, &p, e) && fstat(fd, &st) == 0) {
		ok = mount_same(fd, p.dir);
		if (!ok)
			err_set(e, ERR_DATA, "'%s' is a mounted file system", path.p);
		*d = (struct aside){.path = path,
		    .dev = st.st_dev,
		    .ino = st.st_ino,
		    .uid = st.st_uid,
		    .gid = st.st_gid,
		    .mode = st.st_mode & 07777};
	}
	place_close(&p);
	close(fd);
	return ok;
}

/* Does a name stand for that directory? */
static bool
is_it(int at, const char *name, const struct aside *d)
{
	struct stat st;

	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_dev == d->dev && st.st_ino == d->ino;
}

static bool
dress(int at, const char *name, uid_t uid, gid_t gid, mode_t mode, struct err *e)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool ok;

	/* without a capability the mode has to be there for it to be opened */
	if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, 0) == 0)
		fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	ok = fd >= 0 && (geteuid() != 0 || fchown(fd, uid, gid) == 0) &&
	     fchmod(fd, mode) == 0;
	if (!ok)
		err_sys(e, ERR_SYS, "cannot change owner and mode of '%s'", name);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Where it is or would be: in the vault, else beside. */
struct spot {
	int cell; /* -1: beside */
	char name[48];
};

static struct spot
spot_of(const char *vault, const char *id, const struct place *p)
{
	struct spot s = {.cell = vault_cell(vault, id, true), .name = TREE};

	if (s.cell >= 0 && mount_same(s.cell, p->dir))
		return s;
	if (s.cell >= 0)
		close(s.cell);
	s.cell = -1;
	snprintf(s.name, sizeof(s.name), ".ir-%s", id);
	return s;
}

static bool
move(int from, const char *name, int to, const char *as, struct err *e)
{
	if (renameat2(from, name, to, as, RENAME_NOREPLACE) == 0)
		return true;
	err_sys(e, ERR_SYS, "cannot move '%s' to '%s'", name, as);
	return false;
}

static bool
settle(const struct place *p, int at, struct err *e)
{
	if (!place_sync(p, e))
		return false;
	if (at == p->dir || fsync(at) == 0)
		return true;
	err_sys(e, ERR_SYS, "cannot sync the vault");
	return false;
}

bool
aside_take(const char *vault, const char *id, const struct rootfs *r,
    const struct aside *d, struct err *e)
{
	struct place p;
	struct spot s;
	bool ok = true;
	int at;

	if (!rootfs_place(r, d->path.p, &p, e))
		return false;
	s = spot_of(vault, id, &p);
	at = s.cell >= 0 ? s.cell : p.dir;
	if (!is_it(at, s.name, d)) {
		ok = is_it(p.dir, p.name, d);
		if (!ok)
			err_set(e, ERR_DATA, "'%s' was replaced meanwhile", d->path.p);
		ok = ok && move(p.dir, p.name, at, s.name, e);
	}
	ok = ok && dress(at, s.name, 0, 0, 0, e) && settle(&p, at, e);
	if (s.cell >= 0)
		close(s.cell);
	place_close(&p);
	return ok;
}

bool
aside_give(const char *vault, const char *id, const struct rootfs *r,
    const struct aside *d, struct err *e)
{
	struct place p;
	struct spot s;
	bool ok;
	int at;

	if (!rootfs_place(r, d->path.p, &p, e))
		return false;
	s = spot_of(vault, id, &p);
	at = s.cell >= 0 ? s.cell : p.dir;
	ok = is_it(p.dir, p.name, d);
	if (!ok && !is_it(at, s.name, d))
		err_set(
		    e, ERR_DATA, "what stood at '%s' is not kept any more", d->path.p);
	else if (!ok)
		ok = move(at, s.name, p.dir, p.name, e);
	ok = ok && dress(p.dir, p.name, d->uid, d->gid, d->mode, e) && settle(&p, at, e);
	if (s.cell >= 0)
		close(s.cell);
	place_close(&p);
	return ok;
}

int
aside_out(const struct rootfs *r, const struct aside *d)
{
	struct err ignored = {0};
	struct place p;
	int out;

	if (!rootfs_place(r, d->path.p, &p, &ignored))
		return -1;
	out = !is_it(p.dir, p.name, d);
	place_close(&p);
	return out;
}

void
aside_write(const struct aside *d, struct buf *b)
{
	buf_add(b, STR("{\"path\":"));
	buf_json(b, d->path);
	buf_fmt(b,
	    ",\"dev\":\"%llu\",\"ino\":\"%llu\",\"uid\":%u,\"gid\":%u,\"mode\":%u}",
	    (unsigned long long)d->dev, (unsigned long long)d->ino, (unsigned)d->uid,
	    (unsigned)d->gid, (unsigned)d->mode);
}

bool
aside_read(struct arena *a, const struct node *n, struct aside *d)
{
	struct str dev = arena_copy(a, node_text(node_get(n, STR("dev"))));
	struct str ino = arena_copy(a, node_text(node_get(n, STR("ino"))));
	int64_t uid, gid, mode;

	d->path = arena_copy(a, node_text(node_get(n, STR("path"))));
	if (!rootfs_path(d->path) || !dev.p || !ino.p ||
	    !node_i64(node_get(n, STR("uid")), &uid) ||
	    !node_i64(node_get(n, STR("gid")), &gid) ||
	    !node_i64(node_get(n, STR("mode")), &mode))
		return false;
	d->dev = strtoull(dev.p, NULL, 10);
	d->ino = strtoull(ino.p, NULL, 10);
	d->uid = (uid_t)uid;
	d->gid = (gid_t)gid;
	d->mode = (mode_t)mode & 07777;
	return true;
}
