#include "exhibit.h"

#include "cmdline.h"
#include "target_type.h"

#define TEXT_MAX ((size_t)1024) /* of a path or name that is remembered */

struct look {
	const struct exhibit_slots *s;
	struct rec *rec;
	struct arena *a;
	struct finds *finds;
	struct str incident, user, host, source, event, key, home;
	bool telling; /* medium or worse */
	bool wrote_keys;
};

struct exhibit_slots
exhibit_slots_of(struct filter_run *run)
{
	return (struct exhibit_slots){
	    .incident = filter_slot(run, "ir.incident.id"),
	    .event = filter_slot(run, "event.id"),
	    .time = filter_slot(run, "@timestamp"),
	    .action = filter_slot(run, "event.action"),
	    .outcome = filter_slot(run, "event.outcome"),
	    .category = filter_slot(run, "event.category"),
	    .type = filter_slot(run, "event.type"),
	    .severity = filter_slot(run, "ir.severity"),
	    .user = filter_slot(run, "user.name"),
	    .target_user = filter_slot(run, "user.target.name"),
	    .as = filter_slot(run, "user.effective.name"),
	    .host = filter_slot(run, "host.name"),
	    .source = filter_slot(run, "source.ip"),
	    .tactic = filter_slot(run, "threat.tactic.id"),
	    .technique = filter_slot(run, "threat.technique.id"),
	    .subtechnique = filter_slot(run, "threat.technique.subtechnique.id"),
	    .path = filter_slot(run, "file.path"),
	    .hash = filter_slot(run, "file.hash.sha256"),
	    .command = filter_slot(run, "process.command_line"),
	    .process = filter_slot(run, "process.name"),
	    .executable = filter_slot(run, "process.executable"),
	    .pid = filter_slot(run, "process.pid"),
	    .start = filter_slot(run, "process.start"),
	    .exe_hash = filter_slot(run, "process.hash.sha256"),
	    .cwd = filter_slot(run, "process.working_directory"),
	    .nametype = filter_slot(run, "auditd.log.nametype"),
	    .key = filter_slot(run, "sshd.key.fingerprint"),
	    .url = filter_slot(run, "url.path"),
	    .query = filter_slot(run, "url.query"),
	    .status = filter_slot(run, "http.response.status_code"),
	    .question = filter_slot(run, "dns.question.name"),
	    .registered = filter_slot(run, "dns.question.registered_domain"),
	};
}

struct str
exhibit_persistence(struct str path)
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
exhibit_system_path(struct str path)
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

/* --- reading --- */

static bool
says(const struct look *l, int slot, struct str word)
{
	struct str raw;

	for (size_t at = 0; rec_each(l->rec, slot, &at, &raw);)
		if (str_eq(json_text(l->a, raw), word))
			return true;
	return false;
}

/* Has it one of the techniques (with what lies below), a blank between? */
static bool
is(const struct look *l, const char *techniques)
{
	int slots[] = {l->s->technique, l->s->subtechnique};
	struct str all = str_of(techniques), raw;

	while (all.p) {
		struct str want = str_cut(&all, ' ');

		for (size_t i = 0; i < 2; i++)
			for (size_t at = 0; rec_each(l->rec, slots[i], &at, &raw);)
				if (str_starts(json_text(l->a, raw), want))
					return true;
	}
	return false;
}

static struct str
text(const struct look *l, int slot)
{
	struct str s = rec_text(l->rec, slot);

	return s.p && s.n <= TEXT_MAX ? s : STR("");
}

static struct find
found(const struct look *l, enum find_type type, struct str value)
{
	return (struct find){.type = type,
	    .value = value,
	    .host = l->host,
	    .user = l->user,
	    .source = l->source,
	    .event = l->event};
}

static void
note(const struct look *l, const struct find *f)
{
	if (f->value.n > 0 && f->value.n <= TEXT_MAX)
		finds_note(l->finds, l->incident, f);
}

/* A process of a host; `named`: of a server, whose child has its name in the log, too. */
static struct str
process_of(const struct look *l, bool named)
{
	struct str pid = text(l, l->s->pid);

	if (!pid.n || !l->host.n)
		return STR_NONE;
	return CAT(l->a, l->host, STR("\n"), pid, STR("\n"),
	    named ? text(l, l->s->process) : STR(""));
}

/* --- accounts and keys --- */

static void
account(const struct look *l, struct str user, bool made, struct str how)
{
	struct find f = found(l, FIND_ACCOUNT, user);

	f.made = made;
	f.more = how;
	f.user = STR("");
	if (user.n <= 64)
		note(l, &f);
}

static void
key(const struct look *l, struct str print, struct str user, bool made)
{
	struct find f = found(l, FIND_KEY, print.n ? print : STR("any"));

	f.user = user;
	f.made = made;
	if (user.n)
		note(l, &f);
}

static void
accounts(const struct look *l)
{
	struct str action = text(l, l->s->action);
	bool iam = says(l, l->s->category, STR("iam"));
	bool logon = says(l, l->s->category, STR("authentication")) &&
		     says(l, l->s->outcome, STR("success"));

	if (!l->user.n)
		return;
	if (iam && (str_eq(action, STR("added-user-account")) || is(l, "T1136")))
		account(l, l->user, true, action);
	else if (logon)
		account(l, l->user, false, action);
	if (logon)
		key(l, text(l, l->s->key),
		    rec_text(l->rec, l->s->key).p ? l->user : STR(""), false);
}

/* --- files --- */

/* Whose home does it lie in: "/root/.ssh/…", "/home/NAME/…"? */
static struct str
owner(struct str path)
{
	struct str name = path;

	if (str_starts(path, STR("/root/")))
		return STR("root");
	if (!str_starts(path, STR("/home/")))
		return STR("");
	name = str_from(path, 6);
	return str_cut(&name, '/');
}

static void
job(const struct look *l, struct str kind, struct str path, struct str user)
{
	struct find f = found(l, FIND_JOB, path);

	f.more = kind;
	f.user = user;
	f.made = true;
	note(l, &f);
}

static void
written(struct look *l, struct str path, struct str sha256)
{
	struct str kind = exhibit_persistence(path);
	struct find f = found(l, FIND_FILE, path);

	if (str_eq(kind, STR("authorized-keys"))) {
		l->home = owner(path);
		l->wrote_keys = l->home.n > 0;
		return;
	}
	if (kind.p) {
		job(l, kind, path, STR(""));
		return;
	}
	if (exhibit_system_path(path))
		return;
	f.more = sha256;
	f.made = true;
	f.user = STR("");
	note(l, &f);
}

static struct str
directory(struct arena *a, struct str path)
{
	size_t at = str_rchr(path, '/');

	return at == STR_NPOS || at == 0 ? STR("") : arena_copy(a, str_sub(path, 0, at));
}

static void
files(struct look *l)
{
	struct str path = text(l, l->s->path), action = text(l, l->s->action);
	bool created = says(l, l->s->type, STR("creation")) ||
		       str_find(action, STR("upload")) != STR_NPOS ||
		       str_find(action, STR("creat")) != STR_NPOS;
	bool changed = created || says(l, l->s->type, STR("change"));
	bool destroyed = changed || says(l, l->s->type, STR("deletion"));
	struct find f;

	if (path.n < 2 || path.p[0] != '/' || !l->telling)
		return;
	if (is(l, "T1485 T1486 T1491 T1565") && destroyed) {
		f = found(l, FIND_TOUCHED, directory(l->a, path));
		f.user = STR("");
		if (!exhibit_system_path(path))
			note(l, &f);
	} else if (changed && exhibit_persistence(path).p) {
		written(l, path, STR(""));
	} else if (created || (changed && is(l, "T1505 T1105 T1608 T1036 T1574"))) {
		written(l, path, text(l, l->s->hash));
	}
}

/* --- command lines and processes --- */

static void
in_command(void *ctx, enum cmdline_kind kind, struct str what)
{
	struct look *l = ctx;

	switch (kind) {
	case CMDLINE_FILE:
		written(l, what, STR(""));
		return;
	case CMDLINE_KEY:
		l->key = what;
		return;
	case CMDLINE_ACCOUNT:
		if (target_user(what))
			account(l, what, true, STR("command"));
		return;
	case CMDLINE_UNIT:
		job(l, STR("systemd"), what, STR(""));
		return;
	case CMDLINE_CRONTAB:
		what = what.n ? what : l->user;
		job(l, STR("cron"), CAT(l->a, STR("crontab of "), what), what);
		return;
	}
}

static void
works_in(const struct look *l)
{
	struct find d = found(l, FIND_CWD, text(l, l->s->cwd));

	d.user = STR("");
	if (d.value.n > 1 && d.value.p[0] == '/')
		note(l, &d);
}

static void
commands(struct look *l)
{
	struct str line = rec_text(l->rec, l->s->command);
	struct find f = found(l, FIND_PROCESS, text(l, l->s->executable));

	if (line.p && (l->telling || is(l, "T1053 T1098 T1136 T1543 T1547 T1105")))
		cmdline_read(l->a, line, in_command, l);
	/* "~/.ssh/authorized_keys": of whoever ran it */
	if (l->key.n && !l->home.n &&
	    str_find(line, STR("~/.ssh/authorized_keys")) != STR_NPOS) {
		l->home = text(l, l->s->as).n ? text(l, l->s->as) : l->user;
		l->wrote_keys = l->home.n > 0;
	}
	if (l->telling)
		works_in(l);
	f.more = text(l, l->s->pid);
	f.start = text(l, l->s->start);
	f.sha256 = text(l, l->s->exe_hash);
	f.made = true;
	if (!f.value.n || f.value.p[0] != '/' || !f.more.n ||
	    !says(l, l->s->category, STR("process")) ||
	    !says(l, l->s->type, STR("start")))
		return;
	finds_process(l->finds, process_of(l, false), l->incident);
	/* a command that looked round is gone long since; what talks or destroys runs on */
	if (l->telling &&
	    (says(l, l->s->tactic, STR("TA0011")) ||
		says(l, l->s->tactic, STR("TA0040")) ||
		is(l, "T1071 T1095 T1055 T1486 T1496 T1571 T1572 T1090 T1219")))
		note(l, &f);
}

static void
crontab(const struct look *l)
{
	struct str user = text(l, l->s->target_user);

	if (!str_eq(text(l, l->s->action), STR("crontab_changed")))
		return;
	user = user.n ? user : l->user;
	if (user.n && user.n <= 64)
		job(l, STR("cron"), CAT(l->a, STR("crontab of "), user), user);
}

/* --- the web and names --- */

static void
places(const struct look *l)
{
	struct find f = found(l, FIND_PLACE, text(l, l->s->url));
	int64_t status = 0;

	rec_i64(l->rec, l->s->status, &status);
	if (f.value.n < 2 || f.value.p[0] != '/' || f.value.n > 200 || status >= 400 ||
	    !is(l, "T1505 T1190 T1059"))
		return;
	/* one that takes commands is a shell; one without is where it was put in */
	f.made = is(l, "T1505.003") && l->telling && rec_text(l->rec, l->s->query).n;
	f.user = STR("");
	if (l->telling || is(l, "T1505"))
		note(l, &f);
}

/* The name that somebody registered: two labels, three below a country's "co", "com" ... */
static struct str
registered(struct str name)
{
	size_t dots = 0, want = 2, at = name.n, last = name.n;
	struct str tail, label;

	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	for (at = name.n; at > 0; at--) {
		if (name.p[at - 1] != '.')
			continue;
		if (++dots == 2) {
			label = str_sub(name, at, last - at);
			tail = str_from(name, last + 1);
			if (tail.n == 2 && label.n <= 3)
				want = 3;
		}
		if (dots == want)
			return str_from(name, at);
		last = at - 1;
	}
	return dots + 1 == want ? name : STR("");
}

static void
domains(const struct look *l)
{
	struct str name = text(l, l->s->registered), asked = text(l, l->s->question);
	struct find f;

	if (!l->telling || !asked.n || !is(l, "T1071 T1048 T1567 T1568 T1572 T1566"))
		return;
	f = found(l, FIND_DOMAIN, name.n ? name : registered(asked));
	f.user = STR("");
	note(l, &f);
}

static struct look
look_at(const struct exhibit_slots *s, struct rec *rec, struct finds *finds)
{
	struct look l = {.s = s, .rec = rec, .a = rec_arena(rec), .finds = finds};

	l.user = text(&l, s->user);
	l.host = text(&l, s->host);
	l.source = text(&l, s->source);
	l.event = text(&l, s->event);
	if (l.event.n > 64)
		l.event = STR("");
	return l;
}

/* A server says who it serves when the session begins, and not with each file. */
static void
actor(struct look *l)
{
	struct str process = process_of(l, true);
	struct find f;

	if (l->user.n || !process.p ||
	    !finds_session_of(l->finds, process, &l->user, &l->source))
		return;
	f = found(l, FIND_ACTOR, l->user);
	f.user = STR("");
	if (l->telling)
		note(l, &f);
}

static void
session(const struct look *l)
{
	struct str process = process_of(l, true);

	if (process.p && l->user.n && l->source.n &&
	    (says(l, l->s->category, STR("session")) ||
		says(l, l->s->category, STR("authentication"))) &&
	    !says(l, l->s->outcome, STR("failure")))
		finds_session(l->finds, process, l->user, l->source);
}

void
exhibit_alert(const struct exhibit_slots *s, struct rec *rec, struct finds *finds)
{
	struct look l;
	struct str severity = rec_text(rec, s->severity);

	if (rec_text(rec, s->incident).n == 0)
		return;
	l = look_at(s, rec, finds);
	l.incident = rec_text(rec, s->incident);
	l.telling = str_eq(severity, STR("medium")) || str_eq(severity, STR("high")) ||
		    str_eq(severity, STR("critical"));
	actor(&l);
	accounts(&l);
	files(&l);
	commands(&l);
	crontab(&l);
	places(&l);
	domains(&l);
	if (l.wrote_keys)
		key(&l, l.key, l.home, true);
}

void
exhibit_event(const struct exhibit_slots *s, struct rec *rec, struct finds *finds)
{
	struct look l;

	if (!rec_raw(rec, s->pid).p)
		return;
	l = look_at(s, rec, finds);
	session(&l);
	if (!rec_raw(rec, s->cwd).p && !rec_raw(rec, s->path).p)
		return;
	l.incident = finds_of_process(finds, process_of(&l, false));
	if (!l.incident.p)
		return;
	works_in(&l);
	if (str_eq(text(&l, s->nametype), STR("CREATE")) &&
	    str_starts(text(&l, s->path), STR("/")))
		written(&l, text(&l, s->path), STR(""));
	if (l.wrote_keys)
		key(&l, l.key, l.home, true);
}
