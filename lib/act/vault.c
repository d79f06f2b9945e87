#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "mem.h"
#include "out.h"
#include "sha256.h"
#include "vault.h"

#define CONTENT  "content"
#define MANIFEST "manifest.json"
#define PART     "content.part"

/* --- looking --- */

static enum vault_seen
look_at(int fd, struct arena *a, struct str path, struct vault_item *it, struct err *e)
{
	uint8_t hash[32];
	struct stat st;

	*it = (struct vault_item){.path = path};
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		err_set(
		    e, ERR_DATA, "'" STR_FMT "' is not a regular file", STR_ARG(path));
		return VAULT_FAULT;
	}
	if ((uint64_t)st.st_size > VAULT_FILE) {
		err_set(
		    e, ERR_DATA, "'" STR_FMT "' is too long to be taken", STR_ARG(path));
		return VAULT_FAULT;
	}
	/* reading must not change the time of access that is about to be kept */
	if (!meta_get(a, fd, &it->meta, e) || !rootfs_hash(fd, hash, &it->size, e)) {
		err_at(e, "'" STR_FMT "'", STR_ARG(path));
		return VAULT_FAULT;
	}
	it->links = st.st_nlink;
	sha256_hex(hash, it->sha256, 64);
	return VAULT_THERE;
}

/* Open for reading, without touching the time of access where that is allowed. */
static int
open_quiet(const struct rootfs *r, const char *path)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
	int fd = rootfs_fd(r, path, flags | O_NOATIME);

	return fd < 0 && errno == EPERM ? rootfs_fd(r, path, flags) : fd;
}

enum vault_seen
vault_look(const struct rootfs *r, struct arena *a, struct str path,
    struct vault_item *it, struct err *e)
{
	struct str name = arena_copy(a, path);
	int fd = open_quiet(r, name.p);
	enum vault_seen seen;

	*it = (struct vault_item){.path = name};
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return VAULT_ABSENT;
	if (fd < 0) {
		err_sys(e, ERR_DATA, "cannot open '%s'%s", name.p,
		    errno == ELOOP ? " (a link is in the path)" : "");
		return VAULT_FAULT;
	}
	seen = look_at(fd, a, name, it, e);
	close(fd);
	return seen;
}

/* --- manifest --- */

void
vault_write(const struct vault_item *it, struct buf *b)
{
	buf_add(b, STR("{\"path\":"));
	buf_json(b, it->path);
	buf_fmt(b,
	    ",\"sha256\":\"%s\",\"size\":%llu,\"links\":%llu,\"meta\":", it->sha256,
	    (unsigned long long)it->size, (unsigned long long)it->links);
	meta_write(&it->meta, b);
	buf_ch(b, '}');
}

bool
vault_read(struct arena *a, const struct node *n, struct vault_item *it, struct err *e)
{
	struct str hash = node_text(node_get(n, STR("sha256")));
	int64_t size, links;

	*it = (struct vault_item){
	    .path = arena_copy(a, node_text(node_get(n, STR("path"))))};
	if (!rootfs_path(it->path) || hash.n != 64 ||
	    !node_i64(node_get(n, STR("size")), &size) || size < 0 ||
	    !node_i64(node_get(n, STR("links")), &links) || links < 0) {
		err_set(e, ERR_DATA, "what is kept about the file is damaged");
		return false;
	}
	memcpy(it->sha256, hash.p, 64);
	it->size = (uint64_t)size;
	it->links = (uint64_t)links;
	return meta_read(a, node_get(n, STR("meta")), &it->meta, e);
}

/* --- the vault's own directories --- */

static int
below(int dir, const char *name, bool make)
{
	if (make && mkdirat(dir, name, 0700) != 0 && errno != EEXIST)
		return -1;
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int
vault_cell(const char *dir, const char *id, bool make)
{
	int top = below(AT_FDCWD, dir, make), fd = -1, why;

	if (top >= 0 && (!make || (fchmod(top, 0700) == 0 && fsync(top) == 0)))
		fd = below(top, id, make);
	why = errno;
	if (top >= 0)
		close(top);
	errno = why;
	return fd;
}

static bool
write_manifest(int at, const struct vault_item *it, struct err *e)
{
	struct buf b = buf_make(256 * 1024);
	int fd = openat(
	    at, MANIFEST, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok;

	vault_write(it, &b);
	buf_ch(&b, '\n');
	ok = fd >= 0 && !b.full && out_write(fd, buf_str(&b), e) && fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	if (!ok)
		err_sys(e, ERR_SYS, "cannot write the manifest of the vault");
	buf_free(&b);
	return ok;
}

/* --- moving bytes --- */

static bool
copy_bytes(int from, int to, struct err *e)
{
	char *some = mem_new(1, 65536);
	ssize_t n = 0;
	bool ok = true;

	for (off_t at = 0; ok; at += n) {
		n = pread(from, some, 65536, at);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n == 0)
			break;
		if (n < 0)
			err_sys(e, ERR_SYS, "cannot read the file");
		ok = n >= 0 && out_write(to, (struct str){some, (size_t)n}, e);
	}
	mem_free(some);
	return ok;
}

static bool
same_hash(int fd, const char *want, struct err *e)
{
	uint8_t hash[32];
	char text[65];
	uint64_t size;

	if (!rootfs_hash(fd, hash, &size, e))
		return false;
	sha256_hex(hash, text, 64);
	if (strcmp(text, want) == 0)
		return true;
	err_set(e, ERR_DATA, "its bytes are not the ones expected (sha256 %s)", text);
	return false;
}

static bool
same_file(int fd, int dir, const char *name)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstatat(dir, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* A copy of an open file beside `name`, put in its place when it is whole. */
static bool
copy_to(int from, int dir, const char *tmp, const char *name, const struct meta *m,
    const char *hash, unsigned flags, struct err *e)
{
	int to;
	bool ok;

	unlinkat(dir, tmp, 0);
	to = openat(dir, tmp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0) {
		err_sys(e, ERR_SYS, "cannot create a file beside '%s'", name);
		return false;
	}
	ok = copy_bytes(from, to, e) && same_hash(to, hash, e) &&
	     (m ? meta_set(to, m, e) : fchmod(to, 0) == 0);
	if (ok && (fsync(to) != 0 || renameat2(dir, tmp, dir, name, flags) != 0)) {
		err_sys(e, ERR_SYS, "cannot put the copy at '%s'", name);
		ok = false;
	}
	close(to);
	if (!ok)
		unlinkat(dir, tmp, 0);
	return ok;
}

/* Rename, and see that it was the file we had looked at. */
static bool
move_in(int fd, const struct place *p, int at, struct err *e)
{
	if (renameat(p->dir, p->name, at, CONTENT) != 0) {
		err_sys(e, ERR_SYS, "cannot move '%s' to the vault", p->name);
		return false;
	}
	if (same_file(fd, at, CONTENT))
		return true;
	(void)!renameat2(at, CONTENT, p->dir, p->name, RENAME_NOREPLACE);
	err_set(e, ERR_DATA, "'%s' was replaced meanwhile", p->name);
	return false;
}

static bool
copy_in(int fd, const struct place *p, int at, const struct vault_item *it, struct err *e)
{
	if (it->links > 1) {
		err_set(e, ERR_DATA,
		    "'%s' has %llu names and the vault is on another file system",
		    p->name, (unsigned long long)it->links);
		return false;
	}
	if (!copy_to(fd, at, PART, CONTENT, NULL, it->sha256, 0, e) || fsync(at) != 0)
		return false;
	if (!same_file(fd, p->dir, p->name)) {
		err_set(e, ERR_DATA, "'%s' was replaced meanwhile", p->name);
		return false;
	}
	if (unlinkat(p->dir, p->name, 0) == 0)
		return true;
	err_sys(e, ERR_SYS, "cannot remove '%s'", p->name);
	return false;
}

static bool
take_open(
    int fd, const struct place *p, int at, const struct vault_item *it, struct err *e)
{
	bool ok, near = mount_same(fd, at);

	if (!same_hash(fd, it->sha256, e) || !write_manifest(at, it, e) ||
	    !meta_set_flags(fd, 0, e))
		return false;
	ok = near ? move_in(fd, p, at, e) && fchmod(fd, 0) == 0
		  : copy_in(fd, p, at, it, e);
	/* a writer that had it open may have been at it */
	if (ok && near && !same_hash(fd, it->sha256, e)) {
		(void)!fchmod(fd, it->meta.mode);
		(void)!renameat2(at, CONTENT, p->dir, p->name, RENAME_NOREPLACE);
		ok = false;
	}
	if (!ok)
		(void)!meta_set_flags(fd, it->meta.flags, &(struct err){0});
	if (!place_sync(p, ok ? e : &(struct err){0}) || !ok)
		return false;
	if (fsync(at) == 0)
		return true;
	err_sys(e, ERR_SYS, "cannot sync the vault");
	return false;
}

bool
vault_take(const char *dir, const char *id, const struct rootfs *r,
    const struct vault_item *it, struct err *e)
{
	struct place p = {.dir = -1};
	int at = vault_cell(dir, id, true), fd = -1;
	bool ok = false;

	*e = (struct err){0};
	if (at < 0) {
		err_sys(e, ERR_SYS, "cannot make the vault '%s'", dir);
	} else if (rootfs_place(r, it->path.p, &p, e)) {
		fd = openat(p.dir, p.name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd < 0)
			err_sys(
			    e, ERR_SYS, "cannot open '" STR_FMT "'", STR_ARG(it->path));
		else
			ok = take_open(fd, &p, at, it, e);
	}
	if (!ok && e->kind == ERR_NONE)
		err_sys(e, ERR_SYS, "cannot take '" STR_FMT "'", STR_ARG(it->path));
	if (fd >= 0)
		close(fd);
	place_close(&p);
	if (at >= 0)
		close(at);
	return ok;
}

/* --- giving back --- */

/* The content; mode 000 keeps out everybody but root, who owns the vault, and us if we do. */
static int
content(int at, struct err *e)
{
	int fd = openat(at, CONTENT, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && errno == EACCES && fchmodat(at, CONTENT, 0400, 0) == 0)
		fd = openat(at, CONTENT, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		err_sys(e, ERR_SYS, "cannot open the file in the vault");
	return fd;
}

static bool
give_open(
    int fd, const struct place *p, int at, const struct vault_item *it, struct err *e)
{
	struct meta plain = it->meta;
	bool near = mount_same(fd, p->dir);

	if (!same_hash(fd, it->sha256, e))
		return false;
	if (!near) {
		if (!copy_to(fd, p->dir, ".ir-back.tmp", p->name, &it->meta, it->sha256,
			RENAME_NOREPLACE, e))
			return false;
		unlinkat(at, CONTENT, 0);
		return true;
	}
	plain.flags = 0; /* a file that must not change cannot move either */
	if (!meta_set(fd, &plain, e))
		return false;
	if (renameat2(at, CONTENT, p->dir, p->name, RENAME_NOREPLACE) != 0) {
		err_sys(e, ERR_SYS, "cannot move '%s' back", p->name);
		(void)!fchmod(fd, 0);
		return false;
	}
	return meta_set_flags(fd, it->meta.flags, e);
}

/* Is what stands at its place already the file that was taken? */
static bool
back_already(const struct rootfs *r, const struct vault_item *it)
{
	struct arena *a = arena_new();
	struct vault_item now;
	struct err ignore;
	bool same = vault_look(r, a, it->path, &now, &ignore) == VAULT_THERE &&
		    strcmp(now.sha256, it->sha256) == 0;

	arena_free(a);
	return same;
}

bool
vault_give(const char *dir, const char *id, const struct rootfs *r,
    const struct vault_item *it, struct err *e)
{
	struct place p = {.dir = -1};
	int at = vault_cell(dir, id, false), fd = -1;
	bool ok = false;

	*e = (struct err){0};
	if (at < 0 || faccessat(at, CONTENT, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
		ok = back_already(r, it);
		if (!ok)
			err_set(e, ERR_SYS, "'" STR_FMT "' is not in the vault",
			    STR_ARG(it->path));
	} else if (rootfs_place(r, it->path.p, &p, e) && (fd = content(at, e)) >= 0) {
		ok = give_open(fd, &p, at, it, e);
		ok = place_sync(&p, ok ? e : &(struct err){0}) && ok;
		if (ok && fsync(at) != 0) {
			err_sys(e, ERR_SYS, "cannot sync the vault");
			ok = false;
		}
	}
	if (fd >= 0)
		close(fd);
	place_close(&p);
	if (at >= 0)
		close(at);
	return ok;
}

int
vault_holds(
    const char *dir, const char *id, const struct rootfs *r, const struct vault_item *it)
{
	int at = vault_cell(dir, id, false),
	    fd = rootfs_fd(r, it->path.p, O_PATH | O_NOFOLLOW);
	bool in = at >= 0 && faccessat(at, CONTENT, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	bool gone = fd < 0 && (errno == ENOENT || errno == ENOTDIR);

	if (at >= 0)
		close(at);
	if (fd >= 0)
		close(fd);
	return in && gone;
}
