#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "ansible.h"
#include "escape.h"
#include "file.h"
#include "mem.h"

#define PLAYBOOK ((size_t)64 << 20)
#define HOSTS    ((size_t)4096)

struct ansible {
	const char *dir, *here;
	const struct site *site;
	struct arena *arena;
	struct buf plays;
	struct str last; /* host of the play that is open; absent: none */
	struct str hosts[HOSTS];
	size_t n, steps;
	bool written;
};

struct ansible *
ansible_new(const char *dir, const struct site *site, const char *host)
{
	struct ansible *x = mem_new(1, sizeof(*x));

	*x = (struct ansible){.dir = dir,
	    .here = host,
	    .site = site,
	    .arena = arena_new(),
	    .plays = buf_make(PLAYBOOK)};
	return x;
}

void
ansible_free(struct ansible *x)
{
	if (!x)
		return;
	buf_free(&x->plays);
	arena_free(x->arena);
	mem_free(x);
}

/* A scalar of YAML in double quotes; its text is no template, whatever is in it. */
static void
unsafe(struct buf *b, struct str s)
{
	struct buf one = buf_make((size_t)64 * 1024);

	buf_add(b, STR("!unsafe "));
	escape_text(&one, s);
	buf_json(b, buf_str(&one));
	buf_free(&one);
}

/* What ends or folds a line of YAML and stands for itself in JSON; 0: it is none. */
static unsigned
breaks(struct str s)
{
	if (str_starts(s, STR("\xc2\x85")))
		return 0x85;
	if (str_starts(s, STR("\xe2\x80\xa8")))
		return 0x2028;
	if (str_starts(s, STR("\xe2\x80\xa9")))
		return 0x2029;
	return str_starts(s, STR("\xef\xbb\xbf")) ? 0xfeff : 0;
}

/* The same of JSON. */
static void
unsafe_json(struct buf *b, struct str s)
{
	struct buf json = buf_make((size_t)256 * 1024);
	struct str text;

	buf_json(&json, s);
	text = buf_str(&json);
	buf_add(b, STR("!unsafe "));
	for (size_t i = 0; i < text.n; i++) {
		unsigned c = (unsigned char)text.p[i] < 0x80 ? 0
							     : breaks(str_from(text, i));

		if (c) {
			buf_fmt(b, "\\u%04x", c);
			i += c == 0x85 ? 1 : 2;
		} else {
			buf_ch(b, text.p[i]);
		}
	}
	b->full |= json.full;
	buf_free(&json);
}

static void
know(struct ansible *x, struct str host)
{
	for (size_t i = 0; i < x->n; i++)
		if (str_eq(x->hosts[i], host))
			return;
	if (x->n < HOSTS)
		x->hosts[x->n++] = host;
}

/* Steps keep their order: another host is another play. */
static void
play(struct ansible *x, const struct plan *p, struct str host)
{
	if (x->last.p && str_eq(x->last, host))
		return;
	x->last = arena_copy(x->arena, host);
	know(x, x->last);
	buf_add(&x->plays, STR("\n- name: "));
	unsafe(&x->plays,
	    p ? CAT(x->arena, STR("plan "), p->id, STR(", incident "), p->incident)
	      : STR("single steps"));
	buf_fmt(&x->plays,
	    "\n  hosts: [\"" STR_FMT "\"]\n  gather_facts: false\n  become: true\n"
	    "  serial: 1\n  any_errors_fatal: true\n  tasks:\n",
	    STR_ARG(host));
}

static void
task(struct ansible *x, const struct action *a)
{
	static const char *const persons[] = {"",
	    "    # one person has to agree to this\n",
	    "    # two persons have to agree to this\n"};
	const struct action_verb *v = action_verb(a->what);
	struct buf step = buf_make((size_t)64 * 1024);
	struct action alone = *a;

	alone.approvals = 0; /* who runs it has agreed */
	alone.events = STR("");
	action_write(&alone, &step);
	buf_add(&x->plays, str_of(persons[a->approvals]));
	buf_add(&x->plays, STR("    - name: "));
	unsafe(&x->plays, CAT(x->arena, str_of(v->name), STR(" "), a->target,
			      a->why.n ? STR(": ") : STR(""), a->why));
	buf_fmt(&x->plays, "\n      irutils.response.%s:\n        records: [", v->by);
	unsafe_json(&x->plays, buf_str(&step));
	buf_add(&x->plays, STR("]\n        actor: \"{{ actor }}\"\n"
			       "        reason: \"{{ reason }}\"\n"));
	buf_free(&step);
	x->steps++;
}

bool
ansible_step(struct ansible *x, const struct plan *p, const struct action *a,
    int64_t now_ns, struct err *e)
{
	struct target t = {0};
	struct str host = a->on.n ? a->on : STR("localhost");

	if (p && !p->sealed)
		err_set(e, ERR_DATA,
		    "the plan is not the one that was made: its hash is wrong");
	else if (p && p->expires_ns <= now_ns)
		err_set(e, ERR_DATA, "the plan has expired; make a new one");
	else if (!target_type(x->arena, TARGET_HOST, host, &t))
		err_set(e, ERR_DATA, "a step is for no host");
	if (e->kind)
		return false;
	/* a person, or irnotify, does these */
	if (strcmp(action_verb(a->what)->by, "irnotify") == 0)
		return true;
	play(x, p, t.text[TARGET_HOST]);
	task(x, a);
	x->written = false;
	return true;
}

/* --- files --- */

static bool
put(struct ansible *x, const char *name, struct buf *b, struct err *e)
{
	bool ok = !b->full;

	if (!ok)
		err_set(e, ERR_SYS, "the playbook is too long");
	ok = ok &&
	     file_replace(arena_fmt(x->arena, "%s/%s", x->dir, name).p, buf_str(b), e);
	buf_free(b);
	return ok;
}

/* The address that the site file has for a host; absent: none that is one. */
static struct str
address_of(struct ansible *x, struct str host)
{
	struct net net;
	unsigned role;
	char text[IP_MAX];

	for (size_t at = 0; site_next(x->site, SITE_HOST, &at, &net, &role);)
		if (net_one(&net) && str_ieq(site_host_of(x->site, &net.ip), host)) {
			ip_text(text, &net.ip);
			return arena_copy(x->arena, str_of(text));
		}
	return STR_NONE;
}

static bool
inventory(struct ansible *x, struct err *e)
{
	struct buf b = buf_make(PLAYBOOK);

	buf_add(
	    &b, STR("# Hosts of playbook.yaml; addresses are those of the site file.\n"
		    "all:\n  hosts:\n"));
	for (size_t i = 0; i < x->n; i++) {
		struct str host = x->hosts[i], ip = address_of(x, host);
		bool here = str_eq(host, STR("localhost")) ||
			    str_ieq(host, str_of(x->here));

		buf_fmt(&b, "    \"" STR_FMT "\":", STR_ARG(host));
		if (here)
			buf_add(&b, STR(" {ansible_connection: local}"));
		else if (ip.p)
			buf_fmt(&b, " {ansible_host: \"" STR_FMT "\"}", STR_ARG(ip));
		buf_ch(&b, '\n');
	}
	return put(x, "inventory.yaml", &b, e);
}

bool
ansible_write(struct ansible *x, struct err *e)
{
	struct buf b = buf_make(PLAYBOOK);

	if (x->written || x->steps == 0) {
		buf_free(&b);
		return true;
	}
	if (mkdir(x->dir, 0700) != 0 && errno != EEXIST) {
		err_sys(e, ERR_SYS, "cannot make '%s'", x->dir);
		buf_free(&b);
		return false;
	}
	buf_fmt(&b,
	    "# %zu step%s, written by irremedy --ansible.  Read it; who runs it agrees "
	    "to it.\n"
	    "# Modules: the collection irutils.response (share/ir/ansible).\n"
	    "# What it would do:\n"
	    "#   ansible-playbook -i inventory.yaml --check --diff -e 'actor=NAME "
	    "reason=WHY' playbook.yaml\n"
	    "# Do it:\n"
	    "#   ansible-playbook -i inventory.yaml -e 'actor=NAME reason=WHY' "
	    "playbook.yaml\n---",
	    x->steps, x->steps == 1 ? "" : "s");
	buf_add(&b, buf_str(&x->plays));
	x->written = put(x, "playbook.yaml", &b, e) && inventory(x, e);
	return x->written;
}
