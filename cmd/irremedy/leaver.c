/*
 * remove-account: an account's lines in the files of the account database, and its
 * home directory, go to the vault.
 *
 * Lines hold hashes of passwords: they are kept in the vault, and the ledger only
 * says where.  Files of the user elsewhere stay.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "aside.h"
#include "file.h"
#include "leaver.h"
#include "node.h"
#include "json.h"
#include "snip.h"
#include "spare.h"

#define LINES     "lines.json"
#define LINES_MAX ((size_t)16 << 20)
#define GSHADOW   ACCOUNTS_GSHADOW

struct leaving {
	struct str user, gid;
	struct snips lines;
	bool homed;
	struct aside home;
	struct str stays; /* why the home stays; absent: it goes, or there is none */
};

/* --- lines --- */

static bool
has_member(struct str list, struct str user)
{
	while (list.n)
		if (str_eq(str_cut(&list, ','), user))
			return true;
	return false;
}

/* A list without one name, in the arena. */
static struct str
without(struct arena *a, struct str list, struct str user)
{
	struct str out = STR(""), one;

	while (list.p) {
		one = str_cut(&list, ',');
		if (one.n && !str_eq(one, user))
			out = CAT(a, out, out.n ? STR(",") : STR(""), one);
	}
	return out;
}

/* The line with the user taken out of the lists from field `first` on; absent: it is in none. */
static struct str
less(struct arena *a, struct str line, unsigned first, struct str user)
{
	struct str out = STR(""), rest = line, field;
	bool hit = false;

	for (unsigned i = 0; rest.p; i++) {
		field = str_cut(&rest, ':');
		if (i >= first && has_member(field, user)) {
			field = without(a, field, user);
			hit = true;
		}
		out = CAT(a, out, i ? STR(":") : STR(""), field);
	}
	return hit ? out : STR_NONE;
}

/* Is it the group that came with the account, with nobody else in it? */
static bool
own_group(struct str users, struct str line, const struct leaving *l)
{
	struct str name = accounts_field(line, 0), members = accounts_field(line, 3), one;

	if (!str_eq(name, l->user) || !str_eq(accounts_field(line, 2), l->gid))
		return false;
	while (members.n)
		if (!str_eq(str_cut(&members, ','), l->user))
			return false;
	while (users.n) {
		one = str_cut(&users, '\n');
		if (!str_eq(accounts_field(one, PW_NAME), l->user) &&
		    str_eq(accounts_field(one, PW_GID), l->gid))
			return false;
	}
	return true;
}

static bool
full(const struct leaving *l, struct err *e)
{
	if (l->lines.n == SNIPS_MAX)
		err_set(e, ERR_DATA, "the account is in more than %d lines", SNIPS_MAX);
	return l->lines.n == SNIPS_MAX;
}

/* `first`: the lists of members begin there; 0: lines of the account itself go. */
static bool
find_in(const struct rootfs *r, struct arena *a, const char *path, unsigned first,
    struct str users, bool *grouped, struct leaving *l, struct err *e)
{
	struct str text = rootfs_read(r, a, path, SNIP_BYTES, NULL, e), line, now;

	for (int64_t nth = 0; text.n; nth++) {
		line = str_cut(&text, '\n');
		now = STR_NONE;
		if (first == 0) {
			if (!str_eq(accounts_field(line, 0), l->user))
				continue;
		} else if (first == 3 && own_group(users, line, l)) {
			*grouped = true;
		} else if (first != 2 || !*grouped ||
			   !str_eq(accounts_field(line, 0), l->user)) {
			now = less(a, line, first, l->user);
			if (!now.p)
				continue;
		}
		if (full(l, e))
			return false;
		l->lines.v[l->lines.n++] = (struct snip){.path = str_of(path),
		    .text = line,
		    .now = now,
		    .nth = nth,
		    .bare = !text.p};
	}
	return e->kind == ERR_NONE;
}

/* The account's own lines last: until then it can be found again. */
static bool
find_lines(const struct rootfs *r, struct arena *a, struct leaving *l, struct err *e)
{
	struct str users = accounts_read(r, a, ACCOUNTS_PASSWD, e);
	bool grouped = false;

	l->gid = accounts_field(accounts_line(users, l->user), PW_GID);
	l->lines.n = 0;
	return users.p && find_in(r, a, ACCOUNTS_GROUP, 3, users, &grouped, l, e) &&
	       find_in(r, a, GSHADOW, 2, users, &grouped, l, e) &&
	       find_in(r, a, "/etc/subuid", 0, users, &grouped, l, e) &&
	       find_in(r, a, "/etc/subgid", 0, users, &grouped, l, e) &&
	       find_in(r, a, ACCOUNTS_SHADOW, 0, users, &grouped, l, e) &&
	       find_in(r, a, ACCOUNTS_PASSWD, 0, users, &grouped, l, e);
}

/* --- home --- */

/* Is one path the other, or in it? */
static bool
holds_path(struct str outer, struct str inner)
{
	return str_starts(inner, outer) &&
	       (inner.n == outer.n || inner.p[outer.n] == '/');
}

static bool
shared(struct str users, struct str user, struct str home)
{
	struct str line, other;

	while (users.n) {
		line = str_cut(&users, '\n');
		other = accounts_field(line, PW_HOME);
		if (!str_eq(accounts_field(line, PW_NAME), user) && other.n > 1 &&
		    (holds_path(other, home) || holds_path(home, other)))
			return true;
	}
	return false;
}

static void
find_home(
    const struct rootfs *r, struct arena *a, const struct account *who, struct leaving *l)
{
	struct str home = arena_copy(a, who->home), users;
	struct err e = {0};

	if (!rootfs_path(home))
		return;
	users = accounts_read(r, a, ACCOUNTS_PASSWD, &e);
	if (!aside_look(r, home, &l->home, &e))
		l->stays = e.kind ? arena_copy(a, str_of(e.msg)) : STR_NONE;
	else if (str_rchr(home, '/') == 0)
		l->stays = STR("it is at the top of the file system");
	else if ((int64_t)l->home.uid != who->uid)
		l->stays = STR("it belongs to somebody else");
	else if (shared(users, l->user, home))
		l->stays = STR("another account has its home there");
	else
		l->homed = true;
}

/* --- looking --- */

/* How many processes run as a user. */
static size_t
busy(int64_t uid)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	struct stat st;
	size_t n = 0;
	uint64_t pid;

	while (proc && (entry = readdir(proc)))
		n += str_u64(str_of(entry->d_name), &pid) &&
		     fstatat(dirfd(proc), entry->d_name, &st, 0) == 0 &&
		     (int64_t)st.st_uid == uid;
	if (proc)
		closedir(proc);
	return n;
}

static void
show(struct batch *b, struct job *j, const struct leaving *l)
{
	struct buf kept = buf_make((size_t)1 << 20), diff = buf_make((size_t)1 << 20);

	buf_fmt(&kept, "{\"lines\":%zu", l->lines.n);
	for (size_t i = 0; i < l->lines.n; i++) {
		const struct snip *s = &l->lines.v[i];

		buf_fmt(&diff, "--- a%s\n+++ b%s\n@@ -%lld @@\n-" STR_FMT ":...\n",
		    s->path.p, s->path.p, (long long)s->nth + 1,
		    STR_ARG(accounts_field(s->text, 0)));
		if (s->now.p)
			buf_fmt(&diff, "+" STR_FMT ":... without " STR_FMT "\n",
			    STR_ARG(accounts_field(s->now, 0)), STR_ARG(l->user));
	}
	if (l->homed) {
		buf_add(&kept, STR(",\"home\":"));
		aside_write(&l->home, &kept);
		buf_add(&diff,
		    hands_diff(j->arena, '-', l->home.path, STR("home directory")));
	}
	buf_ch(&kept, '}');
	j->prior = arena_copy(j->arena, buf_str(&kept));
	j->diff = arena_copy(j->arena, buf_str(&diff));
	j->change = arena_fmt(j->arena, "take %zu lines of " STR_FMT " away%s%s",
	    l->lines.n, STR_ARG(l->user), l->homed ? ", and its home to " : "",
	    l->homed ? b->hands.vault : "");
	if (l->stays.p)
		j->change = arena_fmt(j->arena, STR_FMT "; the home stays: " STR_FMT,
		    STR_ARG(j->change), STR_ARG(l->stays));
	buf_free(&kept);
	buf_free(&diff);
}

static void
look(struct batch *b, struct job *j)
{
	const struct rootfs *r = &b->hands.root;
	struct leaving l = {.user = j->a.to.text[TARGET_USER]};
	struct err e = {0};
	struct account who;
	size_t n;

	if (!spare_account(b, j, &who))
		return;
	n = r->machine ? busy(who.uid) : 0;
	if (n) {
		job_say(j, JOB_WAITING, "busy",
		    arena_fmt(j->arena,
			"%zu process%s run%s as it: revoke-sessions first", n,
			n == 1 ? "" : "es", n == 1 ? "s" : ""));
		return;
	}
	if (!find_lines(r, j->arena, &l, &e)) {
		hands_fault(j, &e);
		return;
	}
	find_home(r, j->arena, &who, &l);
	show(b, j, &l);
}

/* --- acting --- */

/* Where the lines of a deed are kept. */
static const char *
lines_path(struct batch *b, struct arena *a, const struct deed *d, bool make)
{
	return hands_kept(&b->hands, a, d, 1, LINES, make);
}

static bool
recall(struct batch *b, const struct past *p, struct leaving *l, struct err *e)
{
	const struct node *home = node_get(p->prior, STR("home"));
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD}, text;
	const char *path = lines_path(b, p->arena, p->deed, false);

	*l = (struct leaving){.user = past_target(p, "user"), .homed = home != NULL};
	if (!l->user.n || (home && !aside_read(p->arena, home, &l->home)))
		return past_silent(e, "what the account was");
	if (access(path, F_OK) != 0)
		return true; /* nothing was begun */
	text = file_read(p->arena, path, LINES_MAX, e);
	if (!text.p)
		return false;
	text = CAT(p->arena, text, pad);
	text.n -= pad.n;
	if (!json_valid(text, NULL) ||
	    !snips_read(p->arena, node_json(p->arena, text), &l->lines)) {
		err_set(e, ERR_DATA, "'%s' is damaged", path);
		return false;
	}
	return true;
}

static bool
keep_lines(struct batch *b, struct job *j, const struct leaving *l, struct err *e)
{
	struct buf kept = buf_make(LINES_MAX);
	bool ok;

	snips_write(&l->lines, &kept);
	buf_ch(&kept, '\n');
	ok = !kept.full &&
	     file_replace(lines_path(b, j->arena, j->deed, true), buf_str(&kept), e);
	buf_free(&kept);
	return ok;
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct past p = past_of(j->arena, j->deed);
	const struct rootfs *r = &b->hands.root;
	struct leaving l;
	char id[33];
	bool ok;
	int held;

	hands_id(id, j->deed, 0);
	if (!recall(b, &p, &l, e) ||
	    (l.homed && !aside_take(b->hands.vault, id, r, &l.home, e)))
		return false;
	held = accounts_lock(r);
	ok = find_lines(r, j->arena, &l, e) && keep_lines(b, j, &l, e) &&
	     snips_take(r, j->arena, &l.lines, e);
	accounts_unlock(held);
	return ok;
}

static int
holds(struct batch *b, const struct past *p)
{
	const struct rootfs *r = &b->hands.root;
	struct err e = {0};
	struct leaving l;
	int out;

	if (!recall(b, p, &l, &e))
		return -1;
	if (l.lines.n == 0)
		return 0;
	out = snips_out(r, p->arena, &l.lines);
	return out == 1 && l.homed ? aside_out(r, &l.home) : out;
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	const struct rootfs *r = &b->hands.root;
	struct leaving l;
	char id[33];
	bool ok;
	int held;

	hands_id(id, p->deed, 0);
	if (!recall(b, p, &l, e))
		return false;
	held = accounts_lock(r);
	ok = snips_give(r, p->arena, &l.lines, e);
	accounts_unlock(held);
	ok = ok && (!l.homed || aside_give(b->hands.vault, id, r, &l.home, e));
	/* the hashes in it are where they belong again */
	if (ok)
		unlink(lines_path(b, p->arena, p->deed, false));
	return ok;
}

const struct actuator remove_account = {
    .what = DO_REMOVE_ACCOUNT,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
