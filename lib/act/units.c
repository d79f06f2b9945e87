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

bool
units_stop(const struct rootfs *r, struct str unit, struct err *e)
{
	struct arena *a = arena_new();
	const char *const argv[] = {SYSTEMCTL, "stop", "--", arena_copy(a, unit).p, NULL};
	bool ok = tell(r, argv, e);

	arena_free(a);
	return ok;
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
