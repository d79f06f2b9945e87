#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "json.h"
#include "node.h"
#include "proc.h"
#include "remote.h"

#define SSH     "/usr/bin/ssh"
#define SAID    ((size_t)4 << 20)
#define SSH_MS  60000
#define IDS_MAX ((size_t)64 * 1024)

enum order { ORDER_LOOK, ORDER_DO, ORDER_AGREED, ORDER_UNDO };

/* All that is ever run on another host. */
static const struct {
	const char *program, *lines[4];
} programs[] = {
    {"ircontain", {"ircontain -", "ircontain --apply -",
		      "ircontain --apply --yes --reason executor -",
		      "ircontain --apply --undo - --reason executor"}},
    {"irremedy",
	{"irremedy -", "irremedy --apply -", "irremedy --apply --yes --reason executor -",
	    "irremedy --apply --undo - --reason executor"}},
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

static const char *
line_of(const struct batch *b, enum order order)
{
	size_t i = 0;

	while (strcmp(programs[i].program, b->name) != 0)
		if (++i == sizeof(programs) / sizeof(*programs))
			return NULL;
	return programs[i].lines[order];
}

/* What the program there wrote; its exit status is in its records, too. */
static bool
tell(struct batch *b, struct arena *a, struct str on, enum order order, struct str in,
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
	    "-oRequestTTY=no", "--", arena_copy(a, on).p, line_of(b, order), NULL};
	struct proc x = {
	    .argv = argv, .env = env, .in = in, .max = SAID, .timeout_ms = SSH_MS};
	struct proc_got got;

	if (!proc_there(SSH) || !line_of(b, order)) {
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

/* The step by itself: whoever had to agree did so here. */
static struct str
step_of(struct arena *a, const struct action *step)
{
	struct buf b = buf_make((size_t)64 * 1024);
	struct action alone = *step;
	struct str s;

	alone.approvals = 0;
	alone.events = STR("");
	action_write(&alone, &b);
	buf_ch(&b, '\n');
	s = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* --- the actuator --- */

static void
look(struct batch *b, struct job *j)
{
	const struct guard_entry *hit = j->a.net.ip.v ? guard_check(b->guard, &j->a.net)
						      : NULL;
	struct err e = {0};
	const struct node *r;
	struct str out;

	if (hit) {
		job_refuse(j, "protected", "it is protected: %s", hit->why);
		return;
	}
	if (!tell(b, j->arena, j->a.on, ORDER_LOOK, step_of(j->arena, &j->a), &out, &e)) {
		job_say(j, JOB_FAILED, "look", arena_copy(j->arena, str_of(e.msg)));
		return;
	}
	r = record_of(j->arena, out, j->a.key);
	if (str_eq(status_of(r), STR("already"))) {
		job_already(j, STR_FMT " says so", STR_ARG(j->a.on));
	} else if (str_eq(status_of(r), STR("planned")) ||
		   str_eq(node_text(node_path(r, STR("ir.action.reason.code"))),
		       STR("approval"))) {
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
	enum order order = j->agreed.n ? ORDER_AGREED : ORDER_DO;
	const struct node *r;
	struct str out, said;

	if (!tell(b, j->arena, j->a.on, order, step_of(j->arena, &j->a), &out, e))
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
	struct action a;
	struct str out, said;

	if (!action_of(p->arena, p->deed->what, p->deed->target, p->deed->on, &a, &e) ||
	    !tell(b, p->arena, a.on, ORDER_LOOK, step_of(p->arena, &a), &out, &e))
		return -1;
	said = status_of(record_of(p->arena, out, p->deed->key));
	return !said.p ? -1 : str_eq(said, STR("already"));
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	struct str key = arena_fmt(p->arena, "%s\n", p->deed->key), out, said;
	const struct node *r;

	if (!tell(b, p->arena, p->deed->on, ORDER_UNDO, key, &out, e))
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
