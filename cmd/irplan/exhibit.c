#include "exhibit.h"

#include "left.h"
#include "look.h"

static void
key(const struct look *l, struct str print, struct str user, bool made)
{
	struct find f = look_found(l, FIND_KEY, print.n ? print : STR("any"));

	f.user = user;
	f.made = made;
	if (user.n)
		look_note(l, &f);
}

static void
accounts(const struct look *l)
{
	struct str action = look_text(l, l->s->action);
	bool iam = look_says(l, l->s->category, STR("iam"));
	bool logon = look_says(l, l->s->category, STR("authentication")) &&
		     look_says(l, l->s->outcome, STR("success"));

	if (!l->user.n)
		return;
	if (iam && (str_eq(action, STR("added-user-account")) || look_is(l, "T1136")))
		look_account(l, l->user, true, action);
	else if (logon)
		look_account(l, l->user, false, action);
	if (logon)
		key(l, look_text(l, l->s->key),
		    rec_text(l->rec, l->s->key).p ? l->user : STR(""), false);
}

static void
places(const struct look *l)
{
	struct find f = look_found(l, FIND_PLACE, look_text(l, l->s->url));
	int64_t status = 0;

	rec_i64(l->rec, l->s->status, &status);
	if (f.value.n < 2 || f.value.p[0] != '/' || f.value.n > 200 || status >= 400 ||
	    !look_is(l, "T1505 T1190 T1059"))
		return;
	/* one that takes commands is a shell; one without is where it was put in */
	f.made = look_is(l, "T1505.003") && l->telling && rec_text(l->rec, l->s->query).n;
	f.user = STR("");
	if (l->telling || look_is(l, "T1505"))
		look_note(l, &f);
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
	struct str name = look_text(l, l->s->registered),
		   asked = look_text(l, l->s->question);
	struct find f;

	if (!l->telling || !asked.n || !look_is(l, "T1071 T1048 T1567 T1568 T1572 T1566"))
		return;
	f = look_found(l, FIND_DOMAIN, name.n ? name : registered(asked));
	f.user = STR("");
	look_note(l, &f);
}

static struct look
look_at(const struct look_slots *s, struct rec *rec, struct finds *finds)
{
	struct look l = {.s = s, .rec = rec, .a = rec_arena(rec), .finds = finds};

	l.user = look_text(&l, s->user);
	l.host = look_text(&l, s->host);
	l.source = look_text(&l, s->source);
	l.event = look_text(&l, s->event);
	if (l.event.n > 64)
		l.event = STR("");
	return l;
}

/* A server says who it serves when the session begins, and not with each file. */
static void
actor(struct look *l)
{
	struct str process = look_process(l, true);
	struct find f;

	if (l->user.n || !process.p ||
	    !finds_session_of(l->finds, process, &l->user, &l->source))
		return;
	f = look_found(l, FIND_ACTOR, l->user);
	f.user = STR("");
	if (l->telling)
		look_note(l, &f);
}

static void
session(const struct look *l)
{
	struct str process = look_process(l, true);

	if (process.p && l->user.n && l->source.n &&
	    (look_says(l, l->s->category, STR("session")) ||
		look_says(l, l->s->category, STR("authentication"))) &&
	    !look_says(l, l->s->outcome, STR("failure")))
		finds_session(l->finds, process, l->user, l->source);
}

void
exhibit_alert(const struct look_slots *s, struct rec *rec, struct finds *finds)
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
	left_files(&l);
	left_commands(&l);
	left_crontab(&l);
	places(&l);
	domains(&l);
	if (l.wrote_keys)
		key(&l, l.key, l.home, true);
}

void
exhibit_event(const struct look_slots *s, struct rec *rec, struct finds *finds)
{
	struct look l;

	if (!rec_raw(rec, s->pid).p)
		return;
	l = look_at(s, rec, finds);
	session(&l);
	if (!rec_raw(rec, s->cwd).p && !rec_raw(rec, s->path).p)
		return;
	l.incident = finds_of_process(finds, look_process(&l, false));
	if (!l.incident.p)
		return;
	left_cwd(&l);
	if (str_eq(look_text(&l, s->nametype), STR("CREATE")) &&
	    str_starts(look_text(&l, s->path), STR("/")))
		left_file(&l, look_text(&l, s->path), STR(""));
	if (l.wrote_keys)
		key(&l, l.key, l.home, true);
}
