#include "lair.h"

struct str
lair_kind(struct str path)
{
	static const struct {
		const char *head, *kind;
	} places[] = {{"/etc/cron", "cron"}, {"/etc/anacron", "cron"},
	    {"/var/spool/cron/", "cron"}, {"/var/spool/at", "at"},
	    {"/etc/systemd/", "systemd"}, {"/lib/systemd/", "systemd"},
	    {"/usr/lib/systemd/", "systemd"}, {"/usr/local/lib/systemd/", "systemd"},
	    {"/run/systemd/", "systemd"}, {"/etc/init.d/", "rc"}, {"/etc/rc", "rc"},
	    {"/etc/profile", "profile"}, {"/etc/bash.bashrc", "profile"},
	    {"/etc/ld.so.preload", "ld-preload"}, {"/etc/sudoers", "sudoers"},
	    {"/etc/pam.d/", "pam"}, {"/etc/udev/rules.d/", "udev"},
	    {"/lib/udev/rules.d/", "udev"}, {"/usr/lib/udev/rules.d/", "udev"}};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (str_starts(path, str_of(places[i].head)))
			return str_of(places[i].kind);
	if (str_ends(path, STR("/authorized_keys")) ||
	    str_ends(path, STR("/authorized_keys2")))
		return STR("authorized-keys");
	if (str_ends(path, STR("/.bashrc")) || str_ends(path, STR("/.profile")) ||
	    str_ends(path, STR("/.bash_profile")) || str_ends(path, STR("/.zshrc")))
		return STR("profile");
	return STR_NONE;
}

bool
lair_system(struct str path)
{
	static const char *const heads[] = {"/etc/", "/bin/", "/sbin/", "/lib",
	    "/usr/bin/", "/usr/sbin/", "/usr/lib", "/boot/", "/proc/", "/sys/", "/dev/",
	    "/var/log/", "/var/lib/dpkg/", "/run/"};

	if (str_starts(path, STR("/dev/shm/")))
		return false;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (str_starts(path, str_of(heads[i])))
			return true;
	return false;
}

/* Whose home does it lie in: "/root/.ssh/…", "/home/NAME/…"? */
struct str
lair_owner(struct str path)
{
	struct str name = path;

	if (str_starts(path, STR("/root/")))
		return STR("root");
	if (!str_starts(path, STR("/home/")))
		return STR("");
	name = str_from(path, 6);
	return str_cut(&name, '/');
}

struct str
lair_above(struct arena *a, struct str path)
{
	size_t at = str_rchr(path, '/');

	return at == STR_NPOS || at == 0 ? STR("") : arena_copy(a, str_sub(path, 0, at));
}
