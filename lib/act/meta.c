#include <unistd.h>
#include <errno.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

#include "base64.h"
#include "meta.h"
#include "when.h"

static bool
get_xattrs(struct arena *a, int fd, struct meta *m, struct err *e)
{
	char names[4096];
	char *value = arena_alloc(a, META_BYTES);
	ssize_t n = flistxattr(fd, names, sizeof(names)), got;
	size_t at = 0, total = 0;

	if (n < 0 && errno == ENOTSUP)
		return true;
	if (n < 0) {
		err_sys(e, ERR_SYS, "cannot list extended attributes");
		return false;
	}
	for (; at < (size_t)n; at += strlen(names + at) + 1) {
		got = fgetxattr(fd, names + at, value, META_BYTES);
		if (got < 0 && (errno == ENODATA || errno == ENOTSUP))
			continue;
		if (got < 0) {
			err_sys(e, ERR_SYS, "cannot read attribute '%s'", names + at);
			return false;
		}
		total += (size_t)got;
		if (m->n == META_XATTRS || total > META_BYTES) {
			err_set(e, ERR_SYS, "more extended attributes than can be kept");
			return false;
		}
		m->x[m->n++] = (struct xattr){arena_copy(a, str_of(names + at)),
		    arena_copy(a, (struct str){value, (size_t)got})};
	}
	return true;
}

static unsigned
get_flags(int fd)
{
	int bits = 0;

	if (ioctl(fd, FS_IOC_GETFLAGS, &bits) != 0)
		return 0;
	return (bits & FS_IMMUTABLE_FL ? META_IMMUTABLE : 0) |
	       (bits & FS_APPEND_FL ? META_APPEND : 0);
}

bool
meta_get(struct arena *a, int fd, struct meta *m, struct err *e)
{
	struct stat st;

	*m = (struct meta){0};
	if (fstat(fd, &st) != 0) {
		err_sys(e, ERR_SYS, "cannot look at the file");
		return false;
	}
	m->uid = st.st_uid;
	m->gid = st.st_gid;
	m->mode = st.st_mode & 07777;
	m->atime = st.st_atim;
	m->mtime = st.st_mtim;
	m->flags = get_flags(fd);
	return get_xattrs(a, fd, m, e);
}

bool
meta_set_flags(int fd, unsigned flags, struct err *e)
{
	int bits = 0, old;

	if (get_flags(fd) == flags)
		return true;
	if (ioctl(fd, FS_IOC_GETFLAGS, &bits) == 0) {
		old = bits;
		bits &= ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
		bits |= flags & META_IMMUTABLE ? FS_IMMUTABLE_FL : 0;
		bits |= flags & META_APPEND ? FS_APPEND_FL : 0;
		if (bits == old || ioctl(fd, FS_IOC_SETFLAGS, &bits) == 0)
			return true;
	}
	err_sys(e, ERR_SYS, "cannot change the flags of the file");
	return false;
}

/* Attributes that the file has and should not. */
static bool
drop_xattrs(int fd, const struct meta *m, struct err *e)
{
	char names[4096];
	ssize_t n = flistxattr(fd, names, sizeof(names));
	size_t i;

	for (size_t at = 0; n > 0 && at < (size_t)n; at += strlen(names + at) + 1) {
		for (i = 0; i < m->n; i++)
			if (str_eq(m->x[i].name, str_of(names + at)))
				break;
		/* a label that the system gives to every file stays */
		if (i == m->n && strncmp(names + at, "security.", 9) != 0 &&
		    fremovexattr(fd, names + at) != 0) {
			err_sys(e, ERR_SYS, "cannot remove attribute '%s'", names + at);
			return false;
		}
	}
	return true;
}

bool
meta_set(int fd, const struct meta *m, struct err *e)
{
	struct timespec times[2] = {m->atime, m->mtime};
	struct stat st;

	/* the owner first: a change of it takes away set-id bits and capabilities */
	if (fstat(fd, &st) != 0 || ((st.st_uid != m->uid || st.st_gid != m->gid) &&
				       fchown(fd, m->uid, m->gid) != 0)) {
		err_sys(e, ERR_SYS, "cannot set the owner");
		return false;
	}
	if (!drop_xattrs(fd, m, e))
		return false;
	for (size_t i = 0; i < m->n; i++)
		if (fsetxattr(fd, m->x[i].name.p, m->x[i].value.p, m->x[i].value.n, 0) !=
		    0) {
			err_sys(e, ERR_SYS, "cannot set attribute '%s'", m->x[i].name.p);
			return false;
		}
	if (fchmod(fd, m->mode) != 0 || futimens(fd, times) != 0) {
		err_sys(e, ERR_SYS, "cannot set mode and times");
		return false;
	}
	return meta_set_flags(fd, m->flags, e);
}

static void
write_time(struct buf *b, const char *name, struct timespec t)
{
	buf_fmt(
	    b, "\"%s\":{\"s\":%lld,\"ns\":%ld}", name, (long long)t.tv_sec, t.tv_nsec);
}

void
meta_write(const struct meta *m, struct buf *b)
{
	struct arena *a = arena_new();

	buf_fmt(b, "{\"uid\":%u,\"gid\":%u,\"mode\":\"%04o\",\"flags\":%u,",
	    (unsigned)m->uid, (unsigned)m->gid, (unsigned)m->mode, m->flags);
	write_time(b, "atime", m->atime);
	buf_ch(b, ',');
	write_time(b, "mtime", m->mtime);
	buf_add(b, STR(",\"xattrs\":["));
	for (size_t i = 0; i < m->n; i++) {
		buf_add(b, i ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_json(b, m->x[i].name);
		buf_add(b, STR(",\"value\":"));
		buf_json(b, base64(a, m->x[i].value));
		buf_ch(b, '}');
	}
	buf_add(b, STR("]}"));
	arena_free(a);
}

static bool
number(const struct node *n, const char *name, int64_t max, int64_t *out)
{
	return node_i64(node_get(n, str_of(name)), out) && *out >= 0 && *out <= max;
}

static bool
read_time(const struct node *n, const char *name, struct timespec *t)
{
	const struct node *at = node_get(n, str_of(name));
	int64_t s, ns;

	if (!node_i64(node_get(at, STR("s")), &s) || !number(at, "ns", 999999999, &ns))
		return false;
	*t = (struct timespec){.tv_sec = (time_t)s, .tv_nsec = (long)ns};
	return true;
}

static bool
read_mode(struct str s, mode_t *mode)
{
	*mode = 0;
	if (s.n != 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		if (s.p[i] < '0' || s.p[i] > '7')
			return false;
		*mode = *mode << 3 | (mode_t)(s.p[i] - '0');
	}
	return true;
}

static bool
read_xattrs(struct arena *a, const struct node *list, struct meta *m)
{
	m->n = node_count(list);
	if (!list || m->n > META_XATTRS)
		return false;
	for (size_t i = 0; i < m->n; i++) {
		const struct node *x = node_at(list, i);

		m->x[i].name = arena_copy(a, node_text(node_get(x, STR("name"))));
		m->x[i].value = base64_bytes(a, node_text(node_get(x, STR("value"))));
		if (m->x[i].name.n == 0 || !m->x[i].value.p)
			return false;
	}
	return true;
}

bool
meta_read(struct arena *a, const struct node *n, struct meta *m, struct err *e)
{
	int64_t uid, gid, flags;

	*m = (struct meta){0};
	if (number(n, "uid", UINT32_MAX, &uid) && number(n, "gid", UINT32_MAX, &gid) &&
	    number(n, "flags", META_IMMUTABLE | META_APPEND, &flags) &&
	    read_mode(node_text(node_get(n, STR("mode"))), &m->mode) &&
	    read_time(n, "atime", &m->atime) && read_time(n, "mtime", &m->mtime) &&
	    read_xattrs(a, node_get(n, STR("xattrs")), m)) {
		m->uid = (uid_t)uid;
		m->gid = (gid_t)gid;
		m->flags = (unsigned)flags;
		return true;
	}
	err_set(e, ERR_DATA, "what is kept about the file is damaged");
	return false;
}
