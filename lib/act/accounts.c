#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "accounts.h"
#include "buf.h"
#include "file.h"
#include "mem.h"

#define FILE_MAX ((size_t)64 << 20)
#define LOCK     "/etc/.pwd.lock"
#define NOBODY   65534

struct str
accounts_read(const struct rootfs *r, struct arena *a, const char *path, struct err *e)
{
	struct str s = rootfs_read(r, a, path, FILE_MAX, NULL, e);

	if (!s.p && e->kind == ERR_NONE)
		err_set(e, ERR_SYS, "there is no '%s'", path);
	return s;
}

struct str
accounts_line(struct str text, struct str user)
{
	struct str line;

	while (text.n) {
		line = str_cut(&text, '\n');
		if (line.n > user.n && line.p[user.n] == ':' && str_starts(line, user))
			return line;
	}
	return STR_NONE;
}

struct str
accounts_field(struct str line, unsigned i)
{
	struct str field = str_cut(&line, ':');

	while (i-- > 0 && field.p)
		field = line.p ? str_cut(&line, ':') : STR_NONE;
	return field;
}

struct str
accounts_with(
    struct arena *a, struct str text, struct str user, unsigned i, struct str value)
{
	struct str line = accounts_line(text, user), field = accounts_field(line, i);
	size_t from, to;

	if (!field.p)
		return STR_NONE;
	from = (size_t)(field.p - text.p);
	to = from + field.n;
	return CAT(a, str_sub(text, 0, from), value, str_from(text, to));
}

/* --- who is who --- */

static bool
number(struct str s, int64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || *n > INT32_MAX)
			return false;
		*n = *n * 10 + (s.p[i] - '0');
	}
	return s.n > 0;
}

static bool
member(struct str list, struct str user)
{
	while (list.n)
		if (str_eq(str_cut(&list, ','), user))
			return true;
	return false;
}

/* Groups whose members may become root. */
static bool
powerful(struct str group)
{
	static const char *const names[] = {"sudo", "wheel", "admin", "root"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_eq(group, str_of(names[i])))
			return true;
	return false;
}

static bool
is_admin(struct str groups, struct str user, struct str gid)
{
	struct str line;

	while (groups.n) {
		line = str_cut(&groups, '\n');
		if (powerful(accounts_field(line, 0)) &&
		    (member(accounts_field(line, 3), user) ||
			str_eq(accounts_field(line, 2), gid)))
			return true;
	}
	return false;
}

static bool
usable(struct str shell)
{
	return shell.n && !str_ends(shell, STR("/nologin")) &&
	       !str_ends(shell, STR("/false"));
}

bool
account_find(const struct rootfs *r, struct arena *a, struct str user,
    struct account *out, struct err *e)
{
	struct str users = accounts_read(r, a, ACCOUNTS_PASSWD, e), line;
	struct str groups = users.p ? accounts_read(r, a, ACCOUNTS_GROUP, e) : STR_NONE;

	if (!groups.p)
		return false;
	line = accounts_line(users, user);
	if (!line.p || !number(accounts_field(line, PW_UID), &out->uid)) {
		err_set(e, ERR_DATA, "there is no account '" STR_FMT "'", STR_ARG(user));
		return false;
	}
	out->name = accounts_field(line, PW_NAME);
	out->home = accounts_field(line, PW_HOME);
	out->shell = accounts_field(line, PW_SHELL);
	out->admin = out->uid == 0 ||
		     is_admin(groups, user, accounts_field(line, PW_GID));
	return true;
}

/* Locked or expired accounts help nobody. */
static bool
open_in(struct str shadow, struct str user)
{
	struct str line = accounts_line(shadow, user);
	struct str expire = accounts_field(line, SP_EXPIRE);

	return !str_starts(accounts_field(line, SP_PASS), STR("!")) &&
	       (!expire.p || expire.n == 0);
}

size_t
accounts_admins_but(
    const struct rootfs *r, struct arena *a, struct str user, struct err *e)
{
	struct str users = accounts_read(r, a, ACCOUNTS_PASSWD, e), line, name;
	struct str groups = accounts_read(r, a, ACCOUNTS_GROUP, e);
	struct str shadow = accounts_read(r, a, ACCOUNTS_SHADOW, e);
	size_t n = 0;

	while (users.n) {
		line = str_cut(&users, '\n');
		name = accounts_field(line, PW_NAME);
		if (!str_eq(name, user) && usable(accounts_field(line, PW_SHELL)) &&
		    open_in(shadow, name) &&
		    (str_eq(accounts_field(line, PW_UID), STR("0")) ||
			is_admin(groups, name, accounts_field(line, PW_GID))))
			n++;
	}
	return n;
}

int64_t
accounts_operator(void)
{
	struct arena *a = arena_new();
	struct err ignored = {0};
	const char *sudo = getenv("SUDO_UID");
	struct str login = file_read(a, "/proc/self/loginuid", 64, &ignored);
	int64_t uid = -1;

	if (!sudo || !number(str_of(sudo), &uid))
		if (!login.p || !number(str_trim(login), &uid) || uid > INT32_MAX)
			uid = -1;
	arena_free(a);
	return uid;
}

/* --- changing --- */

int
accounts_lock(const struct rootfs *r)
{
	struct flock how = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = rootfs_fd(r, LOCK, O_RDWR);

	if (fd >= 0)
		(void)!fcntl(fd, F_SETLKW, &how);
	return fd;
}

void
accounts_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}

bool
accounts_set(const struct rootfs *r, const char *path, struct str user,
    const struct account_field *fields, size_t n, struct err *e)
{
	struct arena *a = arena_new();
	int held = accounts_lock(r);
	struct str text = accounts_read(r, a, path, e), now = text;
	bool ok = text.p != NULL;

	for (size_t i = 0; i < n && now.p; i++)
		now = accounts_with(a, now, user, fields[i].i, fields[i].value);
	if (ok && !now.p) {
		err_set(e, ERR_DATA, "'%s' has no account '" STR_FMT "'", path,
		    STR_ARG(user));
		ok = false;
	}
	if (ok && !str_eq(now, text))
		ok = rootfs_replace(r, path, now, 0640, NULL, e);
	accounts_unlock(held);
	arena_free(a);
	return ok;
}
