/*
 * lock-account and expire-password: fields of shadow(5).
 *
 * A locked account keeps its password behind a '!' and has expired, so that keys
 * do not let it in, either.  The password's hash never leaves that file.
 */
#include "accounts.h"
#include "batch.h"
#include "spare.h"
#include "system.h"

/* What a verb does to the line of an account. */
static const struct change {
	enum action_do what;
	bool lock; /* a '!' before the password, too */
	enum shadow_field field;
	const char *value;
	const char *was; /* the member that notes the field */
	const char *already, *says, *shows;
} changes[] = {
    /* expired since the second of January, 1970 */
    {DO_LOCK_ACCOUNT, true, SP_EXPIRE, "1", "expire", "it is locked and has expired",
	"lock and expire the account in /etc/shadow", "expires"},
    {DO_EXPIRE_PASSWORD, false, SP_CHANGED, "0", "changed",
	"it has to be changed at the next logon",
	"ask for a new password at the next logon", "changed"},
};

static const struct change *
change_of(enum action_do what)
{
	return &changes[what == changes[0].what ? 0 : 1];
}

static bool
is_locked(struct str line)
{
	return str_starts(accounts_field(line, SP_PASS), STR("!"));
}

static bool
is_so(const struct change *c, struct str line)
{
	return (!c->lock || is_locked(line)) &&
	       str_eq(accounts_field(line, c->field), str_of(c->value));
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

/* --- looking --- */

static void
show(struct job *j, const struct change *c, struct str line)
{
	struct str user = j->a.to.text[TARGET_USER], was = accounts_field(line, c->field);
	bool locked = is_locked(line);

	j->prior = arena_fmt(j->arena, "{\"locked\":%s,\"%s\":\"" STR_FMT "\"}",
	    locked ? "true" : "false", c->was, STR_ARG(was));
	j->change = arena_fmt(j->arena, STR_FMT ": %s", STR_ARG(user), c->says);
	j->diff = arena_fmt(j->arena,
	    "--- a/etc/shadow\n+++ b/etc/shadow\n-" STR_FMT ":%s, %s '" STR_FMT
	    "'\n+" STR_FMT ":%s, %s '%s'\n",
	    STR_ARG(user), locked ? "locked" : "open", c->shows, STR_ARG(was),
	    STR_ARG(user), locked || c->lock ? "locked" : "open", c->shows, c->value);
}

static void
look(struct batch *b, struct job *j)
{
	const struct change *c = change_of(j->a.what);
	struct account who;
	struct str line;

	if (!spare_account(b, j, &who) || !(line = shadow_line(j, &b->hands)).p)
		return;
	if (is_so(c, line))
		job_already(j, "%s", c->already);
	else
		show(j, c, line);
}

/* --- acting --- */

/* The password with the '!' before it, or without. */
static struct account_field
lock_field(struct arena *a, struct str line, bool on)
{
	struct str pass = accounts_field(line, SP_PASS);

	if (is_locked(line) != on)
		pass = on ? CAT(a, STR("!"), pass) : str_from(pass, 1);
	return (struct account_field){SP_PASS, pass};
}

/* Password and term change together: a crash leaves neither alone. */
static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	const struct change *c = change_of(j->a.what);
	struct str user = j->a.to.text[TARGET_USER], text;
	struct account_field fields[2] = {{c->field, str_of(c->value)}};
	int held = accounts_lock(&b->hands.root);
	bool ok;

	text = accounts_read(&b->hands.root, j->arena, ACCOUNTS_SHADOW, e);
	if (c->lock && text.p)
		fields[1] = lock_field(j->arena, accounts_line(text, user), true);
	ok = text.p && accounts_set(&b->hands.root, ACCOUNTS_SHADOW, user, fields,
			   c->lock ? 2 : 1, e);
	accounts_unlock(held);
	return ok;
}

static int
holds(struct batch *b, const struct past *p)
{
	const struct change *c = change_of(p->deed->what);
	struct err e = {0};
	struct str text = accounts_read(&b->hands.root, p->arena, ACCOUNTS_SHADOW, &e);

	return text.p ? is_so(c, accounts_line(text, past_target(p, "user"))) : -1;
}

/* Only what still is as it was made: who chose a new password meanwhile keeps it. */
static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	const struct change *c = change_of(p->deed->what);
	struct str user = past_target(p, "user"), was = past_prior(p, c->was), text, line;
	bool locked = node_true(node_get(p->prior, STR("locked"))), ok;
	struct account_field fields[2];
	size_t n = 0;
	int held;

	if (!user.n || !was.p)
		return past_silent(e, "what the account was");
	held = accounts_lock(&b->hands.root);
	text = accounts_read(&b->hands.root, p->arena, ACCOUNTS_SHADOW, e);
	line = accounts_line(text, user);
	if (line.p && c->lock && !locked)
		fields[n++] = lock_field(p->arena, line, false);
	if (line.p && str_eq(accounts_field(line, c->field), str_of(c->value)))
		fields[n++] = (struct account_field){c->field, was};
	ok = text.p && (n == 0 || accounts_set(&b->hands.root, ACCOUNTS_SHADOW, user,
				      fields, n, e));
	accounts_unlock(held);
	return ok;
}

const struct actuator lock_hands = {
    .what = DO_LOCK_ACCOUNT,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};

const struct actuator expire_hands = {
    .what = DO_EXPIRE_PASSWORD,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
