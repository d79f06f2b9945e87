#include "left.h"

#include "cmdline.h"
#include "lair.h"
#include "target_type.h"

static void
job(const struct look *l, struct str kind, struct str path, struct str user)
{
	struct find f = look_found(l, FIND_JOB, path);

	f.more = kind;
	f.user = user;
	f.made = true;
	look_note(l, &f);
}

void
left_file(struct look *l, struct str path, struct str sha256)
{
	struct str kind = lair_kind(path);
	struct find f = look_found(l, FIND_FILE, path);

	if (str_eq(kind, STR("authorized-keys"))) {
		l->home = lair_owner(path);
		l->wrote_keys = l->home.n > 0;
		return;
	}
	if (kind.p) {
		job(l, kind, path, STR(""));
		return;
	}
	if (lair_system(path))
		return;
	f.more = sha256;
	f.made = true;
	f.user = STR("");
	look_note(l, &f);
}

void
left_files(struct look *l)
{
	struct str path = look_text(l, l->s->path), action = look_text(l, l->s->action);
	bool created = look_says(l, l->s->type, STR("creation")) ||
		       str_find(action, STR("upload")) != STR_NPOS ||
		       str_find(action, STR("creat")) != STR_NPOS;
	bool changed = created || look_says(l, l->s->type, STR("change"));
	bool destroyed = changed || look_says(l, l->s->type, STR("deletion"));
	struct find f;

	if (path.n < 2 || path.p[0] != '/' || !l->telling)
		return;
	if (look_is(l, "T1485 T1486 T1491 T1565") && destroyed) {
		f = look_found(l, FIND_TOUCHED, lair_above(l->a, path));
		f.user = STR("");
		if (!lair_system(path))
			look_note(l, &f);
	} else if (changed && lair_kind(path).p) {
		left_file(l, path, STR(""));
	} else if (created || (changed && look_is(l, "T1505 T1105 T1608 T1036 T1574"))) {
		left_file(l, path, look_text(l, l->s->hash));
	}
}

/* --- command lines and processes --- */

static void
in_command(void *ctx, enum cmdline_kind kind, struct str what)
{
	struct look *l = ctx;

	switch (kind) {
	case CMDLINE_FILE:
		left_file(l, what, STR(""));
		return;
	case CMDLINE_KEY:
		l->key = what;
		return;
	case CMDLINE_ACCOUNT:
		if (target_user(what))
			look_account(l, what, true, STR("command"));
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

void
left_cwd(const struct look *l)
{
	struct find d = look_found(l, FIND_CWD, look_text(l, l->s->cwd));

	d.user = STR("");
	if (d.value.n > 1 && d.value.p[0] == '/')
		look_note(l, &d);
}

void
left_commands(struct look *l)
{
	struct str line = rec_text(l->rec, l->s->command);
	struct find f = look_found(l, FIND_PROCESS, look_text(l, l->s->executable));

	if (line.p && (l->telling || look_is(l, "T1053 T1098 T1136 T1543 T1547 T1105")))
		cmdline_read(l->a, line, in_command, l);
	/* "~/.ssh/authorized_keys": of whoever ran it */
	if (l->key.n && !l->home.n &&
	    str_find(line, STR("~/.ssh/authorized_keys")) != STR_NPOS) {
		l->home = look_text(l, l->s->as).n ? look_text(l, l->s->as) : l->user;
		l->wrote_keys = l->home.n > 0;
	}
	if (l->telling)
		left_cwd(l);
	f.more = look_text(l, l->s->pid);
	f.start = look_text(l, l->s->start);
	f.sha256 = look_text(l, l->s->exe_hash);
	f.made = true;
	if (!f.value.n || f.value.p[0] != '/' || !f.more.n ||
	    !look_says(l, l->s->category, STR("process")) ||
	    !look_says(l, l->s->type, STR("start")))
		return;
	finds_process(l->finds, look_process(l, false), l->incident);
	/* a command that looked round is gone long since; what talks or destroys runs on */
	if (l->telling &&
	    (look_says(l, l->s->tactic, STR("TA0011")) ||
		look_says(l, l->s->tactic, STR("TA0040")) ||
		look_is(l, "T1071 T1095 T1055 T1486 T1496 T1571 T1572 T1090 T1219")))
		look_note(l, &f);
}

void
left_crontab(const struct look *l)
{
	struct str user = look_text(l, l->s->target_user);

	if (!str_eq(look_text(l, l->s->action), STR("crontab_changed")))
		return;
	user = user.n ? user : l->user;
	if (user.n && user.n <= 64)
		job(l, STR("cron"), CAT(l->a, STR("crontab of "), user), user);
}
