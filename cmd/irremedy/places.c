#include "places.h"

#define LIST(...)                 \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

static const struct place_kind kinds[] = {
    {"at", "T1053.002", LIST("/var/spool/cron/atjobs/*", "/var/spool/at/*"), NULL, NULL},
    {"authorized-keys", "T1098.004",
	LIST("/root/.ssh/authorized_keys*", "/home/*/.ssh/authorized_keys*",
	    "/etc/ssh/authorized_keys/*", "/var/*/.ssh/authorized_keys*",
	    "/var/lib/*/.ssh/authorized_keys*"),
	LIST("~/.ssh/authorized_keys", "~/.ssh/authorized_keys2",
	    "/etc/ssh/authorized_keys/%"),
	NULL},
    {"autostart", "T1547.013",
	LIST("/etc/xdg/autostart/*.desktop", "/home/*/.config/autostart/*.desktop",
	    "/root/.config/autostart/*.desktop"),
	NULL, NULL},
    {"cron", "T1053.003",
	LIST("/etc/cron.d/*", "/etc/cron.hourly/*", "/etc/cron.daily/*",
	    "/etc/cron.weekly/*", "/etc/cron.monthly/*", "/var/spool/cron/crontabs/*",
	    "/var/spool/cron/*", "/var/spool/anacron/*"),
	LIST("/var/spool/cron/crontabs/%", "/var/spool/cron/%"), NULL},
    {"kernel-module", "T1547.006",
	LIST("/etc/modules-load.d/*.conf", "/etc/modprobe.d/*.conf",
	    "/lib/modules/*/*/*.ko*", "/usr/lib/modules/*/*/*.ko*"),
	NULL, NULL},
    {"ld-preload", "T1574.006", LIST("/etc/ld.so.preload", "/etc/ld.so.conf.d/*.conf"),
	NULL, NULL},
    {"motd", "T1546", LIST("/etc/update-motd.d/*"), NULL, NULL},
    {"network-hook", "T1546",
	LIST("/etc/network/if-up.d/*", "/etc/network/if-down.d/*",
	    "/etc/network/if-pre-up.d/*", "/etc/network/if-post-down.d/*",
	    "/etc/NetworkManager/dispatcher.d/*", "/etc/dhcp/dhclient-enter-hooks.d/*",
	    "/etc/dhcp/dhclient-exit-hooks.d/*"),
	NULL, NULL},
    {"package-hook", "T1546.016",
	LIST("/etc/apt/apt.conf.d/*", "/etc/dpkg/dpkg.cfg.d/*", "/etc/yum/*.conf",
	    "/etc/dnf/plugins/*"),
	NULL, NULL},
    {"pam", "T1556.003",
	LIST("/etc/pam.d/*", "/lib/*/security/*.so", "/usr/lib/*/security/*.so",
	    "/lib/security/*.so", "/usr/lib64/security/*.so"),
	NULL, NULL},
    {"profile", "T1546.004",
	LIST("/etc/profile.d/*", "/home/*/.bashrc", "/home/*/.bash_profile",
	    "/home/*/.bash_login", "/home/*/.bash_logout", "/home/*/.profile",
	    "/home/*/.zshrc", "/home/*/.zprofile", "/root/.bashrc", "/root/.bash_profile",
	    "/root/.bash_login", "/root/.bash_logout", "/root/.profile", "/root/.zshrc",
	    "/root/.zprofile"),
	NULL, NULL},
    {"rc", "T1037.004",
	LIST("/etc/rc.local", "/etc/init.d/*", "/etc/rc.d/*", "/etc/rc.d/*/*",
	    "/etc/rc*.d/*"),
	NULL, NULL},
    {"ssh-rc", "T1546", LIST("/etc/ssh/sshrc", "/home/*/.ssh/rc", "/root/.ssh/rc"),
	LIST("~/.ssh/rc"), NULL},
    {"sudoers", "T1548.003", LIST("/etc/sudoers.d/*"), NULL, NULL},
    {"systemd", "T1543.002",
	LIST("/etc/systemd/system/*", "/etc/systemd/system/*/*", "/etc/systemd/user/*",
	    "/run/systemd/system/*", "/usr/local/lib/systemd/system/*",
	    "/lib/systemd/system/*", "/usr/lib/systemd/system/*",
	    "/etc/systemd/system-generators/*", "/root/.config/systemd/user/*",
	    "/home/*/.config/systemd/user/*", "/home/*/.config/systemd/user/*/*"),
	NULL,
	LIST("/etc/systemd/system/%", "/run/systemd/system/%",
	    "/usr/local/lib/systemd/system/%", "/lib/systemd/system/%",
	    "/usr/lib/systemd/system/%")},
    {"udev", "T1546.017",
	LIST("/etc/udev/rules.d/*", "/run/udev/rules.d/*", "/lib/udev/rules.d/*",
	    "/usr/lib/udev/rules.d/*"),
	NULL, NULL},
    {"web-shell", "T1505.003",
	LIST("/var/www/**", "/srv/**", "/usr/share/nginx/**", "/usr/local/www/**",
	    "/opt/**", "/home/*/public_html/**", "/var/lib/tomcat*/webapps/**",
	    "/usr/share/php/**", "/tmp/*", "/var/tmp/*", "/dev/shm/*"),
	NULL, NULL},
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

const struct place_kind *
place_kind(struct str name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (str_eq(name, str_of(kinds[i].name)))
			return &kinds[i];
	return NULL;
}

struct str
place_kinds(struct arena *a)
{
	struct str all = STR("");

	for (size_t i = 0; i < KINDS; i++)
		all = arena_fmt(
		    a, STR_FMT "%s%s", STR_ARG(all), i ? ", " : "", kinds[i].name);
	return all;
}

/* Part by part, so that a '*' never reaches over a slash; a last "**" takes all below. */
static bool
fits(struct str pattern, struct str path)
{
	struct str want, part;

	while (pattern.p && path.p) {
		want = str_cut(&pattern, '/');
		if (str_eq(want, STR("**")))
			return true;
		part = str_cut(&path, '/');
		if (!str_glob(want, part))
			return false;
	}
	return !pattern.p && !path.p;
}

bool
place_fits(const struct place_kind *k, struct str path)
{
	for (size_t i = 0; k->of[i]; i++)
		if (fits(str_of(k->of[i]), path))
			return true;
	return false;
}

struct str
place_of(const struct place_kind *k, struct arena *a, size_t i, struct str name,
    struct str home)
{
	const char *const *list = home.p ? k->user : k->unit;
	struct str s, head;

	for (size_t n = 0; n <= i; n++)
		if (!list || !list[n])
			return STR_NONE;
	s = str_of(list[i]);
	if (str_starts(s, STR("~")))
		return arena_fmt(
		    a, STR_FMT STR_FMT, STR_ARG(home), STR_ARG(str_from(s, 1)));
	head = str_sub(s, 0, str_chr(s, '%'));
	return arena_fmt(a, STR_FMT STR_FMT, STR_ARG(head), STR_ARG(name));
}
