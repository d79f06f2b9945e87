#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "json.h"
#include "node.h"
#include "proc.h"
#include "remote.h"

#define SSH      "/usr/bin/ssh"
#define SAID     ((size_t)4 << 20)
#define SSH_MS   60000
#define PLAN_MAX ((size_t)64 << 20) /* of a plan with its approvals */
#define IDS_MAX  ((size_t)64 * 1024)

/* What is asked of the program of our name on another host. */
struct order {
	bool apply, yes, undo;
	const char *only; /* the key of the step of a plan; NULL: a step by itself */
	struct str in;
};

bool
remote_here(const struct batch *b, struct str on)
{
	struct str host = str_of(b->host);
	size_t dot = str_chr(host, '.');

	return on.n == 0 || str_ieq(on, host) || str_ieq(on, str_sub(host, 0, dot));
}

bool
remote_reaches(const struct batch *b, struct str on, const char **why)
{
	struct target t = {0};

	*why = NULL;
	if (!b->set->ssh)
		*why = "";
	else if (b->set->root)
		*why = "; --root is of this host";
	else if (!target_type(b->arena, TARGET_HOST, on, &t) ||
		 !site_has_host(b->site, on))
		*why = "; the site file has no such host";
	return !*why;
}

/* --- over the wire --- */

/* The line that runs there, of fixed words and of a key, which is hex digits. */
static const char *
line_of(const struct batch *b, struct arena *a, const struct order *o)
{
	if (o->undo)
		return arena_fmt(a, "%s --apply --undo - --reason executor", b->name).p;
	return arena_fmt(a, "%s%s%s%s%s -", b->name, o->apply ? " --apply" : "",
	    o->yes ? " --yes --reason executor" : "", o->only ? " --only=" : "",
	    o->only ? o->only : "")
	    .p;
}

/* What the program there wrote; its exit status is in its records, too. */
static bool
tell(struct batch *b, struct arena *a, struct str on, const struct order *o,
    struct str *out, struct err *e)
{
	const char *config = b->set->ssh_config ? b->set->ssh_config
						: "/etc/ssh/ssh_config";
	const char *agent = getenv("SSH_AUTH_SOCK");
	const char *env[] = {
	    agent ? arena_fmt(a, "SSH_AUTH_SOCK=%s", agent).p : NULL, NULL};
	const char *argv[] = {SSH, "-T", "-F", config, "-oBatchMode=yes",
	    "-oConnectTimeout=10", "-oStrictHostKeyChecking=yes",
	    "-oClearAllForwardings=yes", "-oForwardAgent=no", "-oPermitLocalCommand=no",
	    "-oRequestTTY=no", "--", arena_copy(a, on).p, line_of(b, a, o), NULL};
	struct proc x = {
	    .argv = argv, .env = env, .in = o->in, .max = SAID, .timeout_ms = SSH_MS};
	struct proc_got got;

	if (!proc_there(SSH)) {
		err_set(e, ERR_SYS, "there is no " SSH);
		return false;
	}
	if (!proc_run(a, &x, &got, e))
		return false;
	*out = got.out;
	if (got.timed_out)
		err_set(e, ERR_SYS, STR_FMT " took too long", STR_ARG(on));
	else if (got.status == 255 || (got.status >= 2 && got.out.n == 0))
		err_set(e, ERR_SYS, STR_FMT ": " STR_FMT, STR_ARG(on),
		    STR_ARG(str_sub(str_trim(got.err), 0, 300)));
	return e->kind == ERR_NONE;
}

/* The record of an action with that key, the last one. */
static const struct node *
record_of(struct arena *a, struct str out, const char *key)
{
	const struct node *found = NULL;

	while (out.n) {
		struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD};
		struct str line = str_cut(&out, '\n'), text = CAT(a, line, pad);
		const struct node *n;

		text.n = line.n;
		if (line.n == 0 || !json_valid(text, NULL))
			continue;
		n = node_json(a, text);
		if (str_eq(node_text(node_path(n, STR("ir.kind"))), STR("action")) &&
		    str_eq(node_text(node_path(n, STR("ir.action.key"))), str_of(key)))
			found = n;
	}
	return found;
}

static struct str
status_of(const struct node *record)
{
	return node_text(node_path(record, STR("ir.action.status")));
}

static bool
asks(const struct node *record)
{
	return str_eq(
	    node_text(node_path(record, STR("ir.action.reason.code"))), STR("approval"));
}

static bool
unhappy(const struct node *r, struct str on, struct err *e)
{
	struct str text = node_text(node_path(r, STR("ir.action.reason.text")));

	if (!r)
		err_set(e, ERR_SYS, STR_FMT " did not answer for this step", STR_ARG(on));
	else
		err_set(e, ERR_SYS, STR_FMT " says " STR_FMT "%s" STR_FMT, STR_ARG(on),
		    STR_ARG(status_of(r)), text.n ? ": " : "",
		    STR_ARG(str_sub(text, 0, 300)));
	return false;
}

/* A step by itself: whoever gave the order agreed to it. */
static struct str
alone(struct arena *a, const struct action *step)
{
	struct buf b = buf_make((size_t)64 * 1024);
	struct action one = *step;
	struct str s;

	one.approvals = 0;
	one.events = STR("");
	action_write(&one, &b);
	buf_ch(&b, '\n');
	s = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* A whole plan, and who signed it: that is for the other host to check, too. */
static struct str
signed_plan(const struct batch *b, const struct job *j)
{
	struct buf out = buf_make(PLAN_MAX);
	struct str s;

	consent_write(b->consent, j->arena, j->hash, &out);
	buf_add(&out, j->record);
	buf_ch(&out, '\n');
	s = out.full ? STR("") : arena_copy(j->arena, buf_str(&out));
	buf_free(&out);
	return s;
}

static struct order
order_of(const struct batch *b, const struct job *j, bool apply)
{
	struct order o = {.apply = apply};

	if (j->record.p) {
		o.only = j->a.key;
		o.in = signed_plan(b, j);
		o.yes = batch_agreed(b, j);
	} else {
		o.in = alone(j->arena, &j->a);
		o.yes = apply && j->agreed.n > 0;
	}
	return o;
}

/* --- the actuator --- */

static void
look(struct batch *b, struct job *j)
{
	const struct guard_entry *hit = j->a.net.ip.v ? guard_check(b->guard, &j->a.net)
						      : NULL;
	struct err e = {0};
	struct order o = order_of(b, j, false);
	const struct node *r;
	struct str out;

	if (hit) {
		job_refuse(j, "protected", "it is protected: %s", hit->why);
		return;
	}
	if (!tell(b, j->arena, j->a.on, &o, &out, &e)) {
		job_say(j, JOB_FAILED, "look", arena_copy(j->arena, str_of(e.msg)));
		return;
	}
	r = record_of(j->arena, out, j->a.key);
	if (str_eq(status_of(r), STR("already"))) {
		job_already(j, STR_FMT " says so", STR_ARG(j->a.on));
	} else if (j->record.p && asks(r)) {
		unhappy(r, j->a.on, &e);
		job_say(j, JOB_WAITING, "approval", arena_copy(j->arena, str_of(e.msg)));
	} else if (str_eq(status_of(r), STR("planned")) || asks(r)) {
		j->change = CAT(j->arena, STR("on "), j->a.on, STR(": "),
		    node_text(node_path(r, STR("ir.action.change"))));
		j->diff = arena_copy(
		    j->arena, node_text(node_path(r, STR("ir.action.diff"))));
		j->prior = STR("{}");
		j->undo = arena_fmt(j->arena, "--ssh --undo %s", j->a.key);
		if (!str_eq(status_of(r), STR("planned")))
			job_ask(j, 1, "the host asks for approval");
	} else {
		unhappy(r, j->a.on, &e);
		job_refuse(j, "remote", "%s", e.msg);
	}
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct order o = order_of(b, j, true);
	const struct node *r;
	struct str out, said;

	if (!tell(b, j->arena, j->a.on, &o, &out, e))
		return false;
	r = record_of(j->arena, out, j->a.key);
	said = status_of(r);
	return str_eq(said, STR("applied")) || str_eq(said, STR("already")) ||
	       unhappy(r, j->a.on, e);
}

static int
holds(struct batch *b, const struct past *p)
{
	struct err e = {0};
	struct order o = {0};
	struct action a;
	struct str out, said;

	if (!action_of(p->arena, p->deed->what, p->deed->target, p->deed->on, &a, &e))
		return -1;
	o.in = alone(p->arena, &a);
	if (!tell(b, p->arena, a.on, &o, &out, &e))
		return -1;
	said = status_of(record_of(p->arena, out, p->deed->key));
	return !said.p ? -1 : str_eq(said, STR("already"));
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	struct order o = {.undo = true, .in = arena_fmt(p->arena, "%s\n", p->deed->key)};
	struct str out, said;
	const struct node *r;

	if (!tell(b, p->arena, p->deed->on, &o, &out, e))
		return false;
	r = record_of(p->arena, out, p->deed->key);
	said = status_of(r);
	return str_eq(said, STR("undone")) || str_eq(said, STR("already")) ||
	       unhappy(r, p->deed->on, e);
}

static const struct actuator elsewhere = {
    .ends = true,
    .far = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};

const struct actuator *
remote_hands(const struct batch *b, enum action_do what, struct str on)
{
	const struct actuator *own = batch_actuator(b, what);

	if (!own || remote_here(b, on))
		return own;
	return b->set->ssh ? &elsewhere : NULL;
}

/* --- the other end --- */

size_t
remote_ids(struct arena *a, const char *ids[1000], struct err *e)
{
	struct buf b = buf_make(IDS_MAX);
	struct str rest, line;
	ssize_t n = 1;
	size_t found = 0;
	char *p;

	while (n > 0 && (p = buf_room(&b, 4096))) {
		n = read(0, p, 4096);
		if (n > 0)
			b.n += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n != 0)
		err_set(e, ERR_DATA, "standard input is no list of ids");
	rest = arena_copy(a, buf_str(&b));
	buf_free(&b);
	while (n == 0 && rest.n && found < 1000) {
		line = str_trim(str_cut(&rest, '\n'));
		if (line.n)
			ids[found++] = arena_copy(a, line).p;
	}
	return found;
}
