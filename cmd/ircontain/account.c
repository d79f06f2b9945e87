/*
 * lock-account and expire-password: fields of shadow(5).
 *
 * A locked account keeps its password behind a '!' and has expired, so that keys
 * do not let it in, either.  The password's hash never leaves that file.
 */
#include "accounts.h"
#include "hands.h"
#include "system.h"

#define EXPIRED STR("1") /* the second of January, 1970 */

struct was {
	struct str user, changed, expire;
	bool locked;
};

static bool
recall(struct arena *a, const struct deed *d, struct was *w, struct err *e)
{
	struct node *t = node_json(a, d->target), *n = node_json(a, d->prior);

	*w = (struct was){.user = node_text(t ? node_get(t, STR("user")) : NULL),
	    .changed = node_text(n ? node_get(n, STR("changed")) : NULL),
	    .expire = node_text(n ? node_get(n, STR("expire")) : NULL),
	    .locked = n && node_true(node_get(n, STR("locked")))};
	if (w->user.n && n)
		return true;
	err_set(e, ERR_DATA, "the ledger does not say what the account was");
	return false;
}

/* --- guard --- */

static bool
harmless(struct batch *b, struct job *j, struct hands *h, struct account *who)
{
	struct str user = j->a.to.text[TARGET_USER];
	struct err e = {0};

	if (!account_find(&h->root, j->arena, user, who, &e)) {
		hands_fault(j, &e);
	} else if (who->uid == 0) {
		job_refuse(
		    j, "protected", "'" STR_FMT "' is the superuser", STR_ARG(user));
	} else if (h->root.machine && who->uid == accounts_operator()) {
		job_refuse(j, "protected", "'" STR_FMT "' is you", STR_ARG(user));
	} else if (who->admin && accounts_admins_but(&h->root, j->arena, user, &e) == 0) {
		if (e.kind)
			hands_fault(j, &e);
		else
			job_refuse(j, "protected",
			    "'" STR_FMT "' is the last account with administrator rights",
			    STR_ARG(user));
	} else {
		if (who->admin || site_critical(b->site, user))
			job_ask(j, 2, "it is an administrator's or a critical account");
		else if (who->uid < 1000)
			job_ask(j, 1, "it is a service's account");
		return true;
	}
	return false;
}

static struct str
shadow_line(struct job *j, struct hands *h)
{
	struct str user = j->a.to.text[TARGET_USER], text, line;
	struct err e = {0};

	text = accounts_read(&h->root, j->arena, ACCOUNTS_SHADOW, &e);
	line = accounts_line(text, user);
	if (text.p && !line.p)
		err_set(
		    &e, ERR_DATA, "'" STR_FMT "' has no password here", STR_ARG(user));
	if (!line.p)
		hands_fault(j, &e);
	return line;
}

static bool
is_locked(struct str line)
{
	return str_starts(accounts_field(line, SP_PASS), STR("!"));
}

static void
keep(struct job *j, struct str line)
{
	j->prior = arena_fmt(j->arena,
	    "{\"locked\":%s,\"changed\":\"" STR_FMT "\",\"expire\":\"" STR_FMT "\"}",
	    is_locked(line) ? "true" : "false", STR_ARG(accounts_field(line, SP_CHANGED)),
	    STR_ARG(accounts_field(line, SP_EXPIRE)));
}

/* --- lock-account --- */

static void
lock_look(struct batch *b, struct job *j)
{
	struct err e = {0};
	struct hands *h = hands_of(b, &e);
	struct str line, user = j->a.to.text[TARGET_USER];
	struct account who;

	if (!h)
		hands_fault(j, &e);
	if (!h || !harmless(b, j, h, &who) || !(line = shadow_line(j, h)).p)
		return;
	if (is_locked(line) && str_eq(accounts_field(line, SP_EXPIRE), EXPIRED)) {
		job_already(j, "it is locked and has expired");
		return;
	}
	keep(j, line);
	j->change = arena_fmt(
	    j->arena, "lock and expire " STR_FMT " in /etc/shadow", STR_ARG(user));
	j->diff = arena_fmt(j->arena,
	    "--- a/etc/shadow\n+++ b/etc/shadow\n-" STR_FMT ":%s, expires '" STR_FMT
	    "'\n+" STR_FMT ":locked, expires '1'\n",
	    STR_ARG(user), is_locked(line) ? "locked" : "open",
	    STR_ARG(accounts_field(line, SP_EXPIRE)), STR_ARG(user));
}

/* Put the '!' before the password, or take it away. */
static bool
set_lock(struct hands *h, struct arena *a, struct str user, bool on, struct err *e)
{
	struct str text = accounts_read(&h->root, a, ACCOUNTS_SHADOW, e);
	struct str line = accounts_line(text, user), pass;

	if (!line.p || is_locked(line) == on)
		return text.p != NULL;
	pass = accounts_field(line, SP_PASS);
	return accounts_set(&h->root, ACCOUNTS_SHADOW, user, SP_PASS,
	    on ? CAT(a, STR("!"), pass) : str_from(pass, 1), e);
}

static bool
lock_apply(struct batch *b, struct job *j, struct err *e)
{
	struct hands *h = hands_of(b, e);
	struct str user = j->a.to.text[TARGET_USER];

	return h && set_lock(h, j->arena, user, true, e) &&
	       accounts_set(&h->root, ACCOUNTS_SHADOW, user, SP_EXPIRE, EXPIRED, e);
}

static int
lock_holds(struct batch *b, const struct deed *d)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct hands *h = hands_of(b, &e);
	struct str line;
	struct was w;
	int in = -1;

	if (h && recall(a, d, &w, &e)) {
		line = accounts_line(
		    accounts_read(&h->root, a, ACCOUNTS_SHADOW, &e), w.user);
		if (e.kind == ERR_NONE)
			in = is_locked(line) &&
			     str_eq(accounts_field(line, SP_EXPIRE), EXPIRED);
	}
	arena_free(a);
	return in;
}

static bool
lock_undo(struct batch *b, const struct deed *d, struct err *e)
{
	struct arena *a = arena_new();
	struct hands *h = hands_of(b, e);
	struct was w;
	bool ok = h && recall(a, d, &w, e) &&
		  (w.locked || set_lock(h, a, w.user, false, e)) &&
		  accounts_set(&h->root, ACCOUNTS_SHADOW, w.user, SP_EXPIRE, w.expire, e);

	arena_free(a);
	return ok;
}

const struct actuator lock_hands = {
    .what = DO_LOCK_ACCOUNT,
    .lasting = true,
    .end = hands_end,
    .look = lock_look,
    .apply = lock_apply,
    .holds = lock_holds,
    .undo = lock_undo,
};

/* --- expire-password --- */

static void
expire_look(struct batch *b, struct job *j)
{
	struct err e = {0};
	struct hands *h = hands_of(b, &e);
	struct str line, user = j->a.to.text[TARGET_USER];
	struct account who;

	if (!h)
		hands_fault(j, &e);
	if (!h || !harmless(b, j, h, &who) || !(line = shadow_line(j, h)).p)
		return;
	if (str_eq(accounts_field(line, SP_CHANGED), STR("0"))) {
		job_already(j, "it has to be changed at the next logon");
		return;
	}
	keep(j, line);
	j->change = arena_fmt(j->arena,
	    "make " STR_FMT " choose a new password at the next logon", STR_ARG(user));
	j->diff = arena_fmt(j->arena,
	    "--- a/etc/shadow\n+++ b/etc/shadow\n-" STR_FMT ":changed on day " STR_FMT
	    "\n+" STR_FMT ":changed on day 0\n",
	    STR_ARG(user), STR_ARG(accounts_field(line, SP_CHANGED)), STR_ARG(user));
}

static bool
expire_apply(struct batch *b, struct job *j, struct err *e)
{
	struct hands *h = hands_of(b, e);

	return h && accounts_set(&h->root, ACCOUNTS_SHADOW, j->a.to.text[TARGET_USER],
			SP_CHANGED, STR("0"), e);
}

static int
expire_holds(struct batch *b, const struct deed *d)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct hands *h = hands_of(b, &e);
	struct str line;
	struct was w;
	int in = -1;

	if (h && recall(a, d, &w, &e)) {
		line = accounts_line(
		    accounts_read(&h->root, a, ACCOUNTS_SHADOW, &e), w.user);
		if (e.kind == ERR_NONE)
			in = str_eq(accounts_field(line, SP_CHANGED), STR("0"));
	}
	arena_free(a);
	return in;
}

/* Who chose a new password meanwhile keeps it. */
static bool
expire_undo(struct batch *b, const struct deed *d, struct err *e)
{
	struct arena *a = arena_new();
	struct hands *h = hands_of(b, e);
	struct was w;
	bool ok = h && recall(a, d, &w, e);

	if (ok && expire_holds(b, d) == 1)
		ok = accounts_set(
		    &h->root, ACCOUNTS_SHADOW, w.user, SP_CHANGED, w.changed, e);
	arena_free(a);
	return ok;
}

const struct actuator expire_hands = {
    .what = DO_EXPIRE_PASSWORD,
    .lasting = true,
    .end = hands_end,
    .look = expire_look,
    .apply = expire_apply,
    .holds = expire_holds,
    .undo = expire_undo,
};
