#include <fcntl.h>
#include <unistd.h>

#include "proc.h"
#include "units.h"

#define SAID       ((size_t)1 << 20) /* bytes kept of what a program writes */
#define SYSTEMCTL  "/usr/bin/systemctl"
#define PASSWD     "/etc/passwd"
#define PASSWD_MAX ((size_t)16 << 20)
#define STOP_MS    30000

bool
units_is(struct str name)
{
	static const char *const ends[] = {".service", ".timer", ".socket", ".path",
	    ".mount", ".automount", ".swap", ".target", ".slice", ".scope"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (name.n > strlen(ends[i]) && str_ends(name, str_of(ends[i])))
			return true;
	return false;
}

bool
units_may_go(struct str unit)
{
	static const char *const needed[] = {"ssh.*", "sshd.*", "ssh@*", "sshd@*",
	    "dbus*", "systemd-*", "getty*", "serial-getty@*", "networking.*",
	    "NetworkManager*", "network-online.*", "ifup@*", "nftables.*", "rsyslog.*",
	    "syslog.*", "auditd.*", "cron.*", "crond.*", "polkit.*", "user@*", "init.*",
	    "*.slice", "*.target", "*.mount", "*.swap"};

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (str_glob(str_of(needed[i]), unit))
			return false;
	return true;
}

/* --- finding --- */

/* A file of that name, or a link, in one of the places where units are. */
static bool
there(const struct rootfs *r, struct arena *a, struct str unit, struct str *link)
{
	static const char *const dirs[] = {UNITS_ADMIN, "/run/systemd/system",
	    "/run/systemd/transient", "/run/systemd/generator",
	    "/run/systemd/generator.early", "/run/systemd/generator.late",
	    "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	    "/lib/systemd/system"};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		const char *path = arena_fmt(a, "%s/" STR_FMT, dirs[i], STR_ARG(unit)).p;
		int fd = rootfs_fd(r, path, O_PATH | O_NOFOLLOW);

		*link = rootfs_readlink(r, a, path);
		if (fd >= 0)
			close(fd);
		if (fd >= 0 || link->p)
			return true;
	}
	return false;
}

/* "getty@tty1.service" is made from "getty@.service". */
static struct str
template_of(struct arena *a, struct str unit)
{
	size_t at = str_chr(unit, '@'), dot = str_rchr(unit, '.');

	return at < unit.n && dot < unit.n && at + 1 < dot
		   ? CAT(a, str_sub(unit, 0, at + 1), str_from(unit, dot))
		   : STR_NONE;
}

struct str
units_name(const struct rootfs *r, struct arena *a, struct str unit)
{
	struct str link, made, base;

	for (int i = 0; i < 8; i++) {
		if (!there(r, a, unit, &link)) {
			made = template_of(a, unit);
			return made.p && there(r, a, made, &link) ? unit : STR_NONE;
		}
		base = link.p && str_rchr(link, '/') < link.n
			   ? str_from(link, str_rchr(link, '/') + 1)
			   : link;
		if (!units_is(base) || str_eq(base, unit) || str_chr(base, '@') < base.n)
			return unit;
		unit = base;
	}
	return STR_NONE;
}

/* --- the manager --- */

/* Is there a manager to talk to? */
static bool
managed(const struct rootfs *r)
{
	return r->machine && access("/run/systemd/system", F_OK) == 0 &&
	       proc_there(SYSTEMCTL);
}

static bool
tell(const struct rootfs *r, const char *const *argv, struct err *e)
{
	struct arena *a;
	struct proc x = {.max = SAID, .argv = argv, .timeout_ms = STOP_MS};
	struct proc_got got;
	bool ok;

	if (!managed(r))
		return true;
	a = arena_new();
	ok = proc_ok(a, &x, &got, e);
	arena_free(a);
	return ok;
}

/* One verb of systemctl with one unit. */
static bool
tell_unit(const struct rootfs *r, const char *verb, struct str unit, struct err *e)
{
	struct arena *a = arena_new();
	const char *const argv[] = {SYSTEMCTL, verb, "--", arena_copy(a, unit).p, NULL};
	bool ok = tell(r, argv, e);

	arena_free(a);
	return ok;
}

bool
units_active(const struct rootfs *r, struct str unit)
{
	struct err ignored = {0};

	return managed(r) && tell_unit(r, "is-active", unit, &ignored);
}

bool
units_stop(const struct rootfs *r, struct str unit, struct err *e)
{
	return tell_unit(r, "stop", unit, e);
}

bool
units_start(const struct rootfs *r, struct str unit, struct err *e)
{
	return tell_unit(r, "start", unit, e);
}

bool
units_reload(const struct rootfs *r, struct err *e)
{
	static const char *const argv[] = {SYSTEMCTL, "daemon-reload", NULL};

	return tell(r, argv, e);
}

struct str
units_home(const struct rootfs *r, struct arena *a, struct str user, struct err *e)
{
	struct str rest = rootfs_read(r, a, PASSWD, PASSWD_MAX, NULL, e), line, part;

	while (rest.n) {
		line = str_cut(&rest, '\n');
		if (!str_eq(str_cut(&line, ':'), user))
			continue;
		for (int i = 0; i < 4; i++)
			str_cut(&line, ':');
		part = str_cut(&line, ':');
		if (rootfs_path(part))
			return arena_copy(a, part);
	}
	if (e->kind == ERR_NONE)
		err_set(e, ERR_DATA, "no account '" STR_FMT "' with a home directory",
		    STR_ARG(user));
	return STR_NONE;
}
