#include "bind.h"

#include "lair.h"
#include "json.h"
#include "playbook.h"
#include "span.h"

bool
order_read(struct arena *a, struct str command, struct order *o)
{
	struct str verb = str_cut(&command, ' '), name;
	size_t open = str_chr(command, '{'), at = 0;
	char pad[JSON_PAD] = "";
	bool valued;

	*o = (struct order){.what = verb.p ? action_find(verb) : DO_NONE};
	if (command.p && open == 0) {
		size_t close = str_rchr(command, '}');
		struct str json = close == STR_NPOS ? command
						    : str_sub(command, 0, close + 1);
		struct str padded = CAT(a, json, (struct str){pad, sizeof(pad)});

		padded.n = json.n;
		if (!json_valid(padded, NULL))
			return false;
		o->with = node_json(a, padded);
		command = str_from(command, json.n);
	}
	if (command.p && playbook_names(command, &at, &name, &valued))
		o->set = str_sub(name, 2, name.n - 4);
	return o->what != DO_NONE;
}

/* --- what must not be touched --- */

static struct str
untouchable_net(const struct binder *b, const struct net *net, struct str prov)
{
	const struct guard_entry *hit = guard_check(b->ground->guard, net);
	unsigned roles = site_roles(b->ground->site, &net->ip);
	char text[IP_MAX];
	struct str role;

	if (roles & SITE_PROXY)
		return STR("a proxy of the site: block the client there, by its claimed "
			   "address");
	if (hit)
		return CAT(b->arena, STR("protected: "), str_of(hit->why));
	if (net->bits < (net->ip.v == 4 ? 24 : 48))
		return STR("wider than /24 (IPv4) or /48 (IPv6)");
	role = facts_role(b->facts, (struct str){text, net_text(text, net)});
	if (str_eq(role, STR("victim")))
		return STR("a victim");
	if (ground_inside(b->ground, &net->ip))
		return STR("stands inside the site's own network: its host is taken off "
			   "or its account locked, not its address blocked");
	if (!str_eq(prov, STR("observed")) && !str_eq(prov, STR("claimed")))
		return CAT(b->arena, STR("address was neither observed nor claimed but "),
		    prov.p ? action_cut(prov, 40) : STR("of unknown origin"));
	return STR_NONE;
}

/* Accounts that services run as have no password and nobody who logs on. */
static bool
service_account(struct str user)
{
	static const char *const names[] = {"www-data", "apache", "nginx", "httpd",
	    "nobody", "daemon", "bin", "sys", "mail", "postfix", "dovecot", "mysql",
	    "postgres", "redis", "tomcat", "proxy", "syslog", "messagebus",
	    "systemd-network", "systemd-resolve", "sshd", "named", "bind", "ntp",
	    "chrony", "dbus", "php-fpm"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_eq(user, str_of(names[i])))
			return true;
	return false;
}

static struct str
untouchable_user(const struct action *a)
{
	struct str user = a->to.text[TARGET_USER];
	bool whole = a->what == DO_LOCK_ACCOUNT || a->what == DO_EXPIRE_PASSWORD ||
		     a->what == DO_REMOVE_ACCOUNT;

	if (!user.p || !whole)
		return STR_NONE;
	if (str_eq(user, STR("root")))
		return STR("root is never locked: its sessions and keys are taken");
	return STR_NONE;
}

static struct str
untouchable(const struct binder *b, const struct action *a)
{
	static const enum target_member named[] = {
	    TARGET_USER, TARGET_HOST, TARGET_DOMAIN, TARGET_PATH, TARGET_UNIT};
	const char *why;
	struct str no = untouchable_user(a);

	for (size_t i = 0; !no.p && i < sizeof(named) / sizeof(*named); i++)
		if (a->to.text[named[i]].p &&
		    (why = guard_named(b->ground->guard, named[i], a->to.text[named[i]])))
			no = CAT(b->arena, STR("protected: "), str_of(why));
	return no;
}

/* --- the target --- */

static void
put(struct buf *b, const char *key, struct str value)
{
	if (!value.n)
		return;
	buf_ch(b, b->n ? ',' : '{');
	buf_json(b, str_of(key));
	buf_ch(b, ':');
	buf_json(b, value);
}

static struct str
of(const struct node *e, const char *key)
{
	struct str s = node_text(node_get(e, str_of(key)));

	return s.p ? s : STR("");
}

/* A key of an account, or all of an account's; a job by its file, unit or owner. */
static void
put_key_or_job(enum action_do what, const struct node *e, struct buf *b)
{
	struct str value = of(e, "value"), user = of(e, "user"), kind = of(e, "more");
	bool path = value.n && value.p[0] == '/';

	if (what == DO_REVOKE_KEYS) {
		put(b, "user", user.n ? user : value);
		if (user.n && !str_eq(value, STR("any")))
			put(b, "fingerprint", value);
		return;
	}
	if (!kind.n && path)
		kind = lair_kind(value);
	put(b, "kind", kind.n ? kind : STR("systemd"));
	if (path)
		put(b, "path", value);
	else if (str_eq(kind, STR("cron")))
		put(b, "user", user);
	else
		put(b, "unit", value);
}

static void
put_entity(
    const struct binder *r, const struct order *o, const struct node *e, struct buf *b)
{
	static const char *const plain[DO_MAX] = {[DO_BLOCK_DOMAIN] = "domain",
	    [DO_ISOLATE_HOST] = "host",
	    [DO_LOCK_ACCOUNT] = "user",
	    [DO_EXPIRE_PASSWORD] = "user",
	    [DO_REVOKE_SESSIONS] = "user",
	    [DO_REMOVE_ACCOUNT] = "user",
	    [DO_DISABLE_SERVICE] = "unit",
	    [DO_PATCH_PACKAGE] = "package",
	    [DO_RESTORE_PATH] = "path",
	    [DO_QUARANTINE_FILE] = "path"};
	struct str value = of(e, "value"), name;

	if (plain[o->what])
		put(b, plain[o->what], value);
	if (o->what == DO_NOTIFY)
		put(b, "to",
		    CAT(r->arena, STR("owner of "), value, STR(" ("), of(e, "more"),
			STR(")")));
	if (o->what == DO_QUARANTINE_FILE)
		put(b, "sha256", of(e, "more"));
	else if (o->what == DO_PATCH_PACKAGE)
		put(b, "version", of(e, "fixed"));
	else if (o->what == DO_BLOCK_IP || o->what == DO_RATE_LIMIT)
		put(b, str_chr(value, '/') == STR_NPOS ? "ip" : "cidr", value);
	else if (o->what == DO_REVOKE_KEYS || o->what == DO_REMOVE_PERSISTENCE)
		put_key_or_job(o->what, e, b);
	else if (o->what == DO_KILL_PROCESS || o->what == DO_STOP_PROCESS) {
		put(b, "pid", of(e, "more"));
		put(b, "start", of(e, "start"));
		put(b, "exe_sha256", of(e, "sha256"));
	} else if (o->what == DO_ROTATE_SECRET) {
		name = node_text(node_get(o->with, STR("name")));
		put(b, "name",
		    CAT(r->arena, name.p ? name : STR("secrets"), STR(":"), value));
	} else if (o->what == DO_CALL) {
		buf_add(b, b->n ? STR(",\"args\":") : STR("{\"args\":"));
		buf_ch(b, '{');
		buf_json(b, of(e, "type"));
		buf_ch(b, ':');
		buf_json(b, value);
		if (of(e, "host").n) {
			buf_add(b, STR(",\"host\":"));
			buf_json(b, of(e, "host"));
		}
		buf_ch(b, '}');
	}
}

static struct str
target_of(const struct binder *r, const struct order *o, const struct node *e)
{
	struct buf b = buf_make(TARGET_MAX * 2);
	struct str json;

	for (size_t i = 0; o->with && o->with->type == NODE_MAP && i < o->with->n; i++) {
		struct str value = node_text(&o->with->kids[i]);
		struct str key = o->with->keys[i].text;

		if (o->what == DO_ROTATE_SECRET && e)
			continue;
		if (o->what == DO_NOTIFY && str_eq(value, STR("owner")) && r->owner.p)
			value = r->owner;
		put(&b, arena_copy(r->arena, key).p, value);
	}
	if (e)
		put_entity(r, o, e, &b);
	if (b.n == 0)
		buf_ch(&b, '{');
	buf_ch(&b, '}');
	json = b.full ? STR("{}") : arena_copy(r->arena, buf_str(&b));
	buf_free(&b);
	return json;
}

/* --- the terms --- */

static int
word(const struct node *terms, const char *key, const char *const *words, int n, int none)
{
	struct str got = node_text(node_get(terms, str_of(key)));

	for (int i = 0; got.p && i < n; i++)
		if (str_eq(got, str_of(words[i])))
			return i;
	return none;
}

static struct str
raw_list(struct arena *m, const struct node *list)
{
	struct buf b = buf_make(4096);
	struct str s;

	if (node_count(list) == 0)
		return STR("");
	for (size_t i = 0; i < node_count(list); i++) {
		buf_ch(&b, i ? ',' : '[');
		buf_json(&b, node_text(node_at(list, i)));
	}
	buf_ch(&b, ']');
	s = b.full ? STR("") : arena_copy(m, buf_str(&b));
	buf_free(&b);
	return s;
}

static void
give_terms(const struct binder *r, const struct order *o, struct action *a)
{
	static const char *const phases[] = {
	    "contain", "preserve", "eradicate", "recover", "harden"};
	static const char *const risks[] = {"low", "medium", "high"};
	static const char *const approvals[] = {"none", "one", "two"};
	struct str ttl = node_text(node_get(o->terms, STR("ttl"))), why;
	bool harmless = a->what == DO_NOTIFY || a->what == DO_COLLECT_EVIDENCE;
	int64_t ms;

	a->phase = (enum action_phase)word(o->terms, "phase", phases, 5, PHASE_CONTAIN);
	a->risk = (enum action_risk)word(
	    o->terms, "risk", risks, 3, harmless ? RISK_LOW : RISK_HIGH);
	a->approvals = (unsigned)word(o->terms, "approval", approvals, 3, !harmless);
	/* what lint asks of a playbook holds for every step, whoever wrote it */
	if (!harmless && a->approvals == 0 &&
	    (a->risk == RISK_HIGH || !action_verb(a->what)->undo))
		a->approvals = 1;
	a->needs = raw_list(r->arena, node_get(o->terms, STR("needs")));
	why = node_text(node_get(o->terms, STR("why")));
	why = why.p ? why : o->why.p ? o->why : STR("");
	if (a->what == DO_NOTIFY && r->facts->title.n)
		why = CAT(r->arena, why, STR(": "), r->facts->title);
	a->why = action_cut(why, ACTION_TEXT);
	if (ttl.p && span_parse(ttl, &ms) && ms >= 1000)
		a->ttl_s = ms / 1000 > ACTION_TTL_MAX ? ACTION_TTL_MAX : ms / 1000;
	else if (a->what == DO_BLOCK_IP || a->what == DO_RATE_LIMIT)
		a->ttl_s = r->ttl_s;
}

/* "1 of 9 hosts of the site; all its services" */
static struct str
blast(const struct binder *r, const struct order *o, const struct action *a)
{
	struct str said = node_text(node_get(o->terms, STR("blast"))), n = STR_NONE;
	unsigned free_bits;

	if (a->what == DO_ISOLATE_HOST)
		n = r->ground->hosts ? arena_fmt(r->arena, "1 of %zu hosts of the site",
					   r->ground->hosts)
				     : STR("1 host");
	else if (a->net.ip.v) {
		free_bits = (a->net.ip.v == 4 ? 32u : 128u) - a->net.bits;
		n = free_bits == 0 ? STR("1 address")
		    : free_bits < 32
			? arena_fmt(r->arena, "%lu addresses", 1ul << free_bits)
			: STR("a whole network");
	} else if (a->to.text[TARGET_USER].p)
		n = a->on.n ? CAT(r->arena, STR("1 account on "), a->on)
			    : STR("1 account");
	if (!n.p)
		return said.p ? action_cut(said, ACTION_TEXT) : STR("");
	return said.p ? action_cut(CAT(r->arena, n, STR("; "), said), ACTION_TEXT) : n;
}

static struct str
seen(const struct binder *r, const struct node *e, struct str why, bool observed)
{
	struct str first = of(e, "first"), last = of(e, "last");
	bool times = first.n && last.n && first.n <= 35 && last.n <= 35;
	int64_t n;

	if (node_i64(node_get(e, STR("n")), &n) && n > 1)
		why = arena_fmt(
		    r->arena, STR_FMT ", seen %lld times", STR_ARG(why), (long long)n);
	if (times && str_eq(first, last))
		why = CAT(r->arena, why, STR(" at "), first);
	else if (times)
		why = CAT(r->arena, why, STR(" from "), first, STR(" to "), last);
	return observed ? why
			: CAT(r->arena, why, STR("; address only claimed, not observed"));
}

/* More care for what was not seen, stands inside, or others depend on. */
static struct str
judge(const struct binder *r, const struct node *e, struct action *a)
{
	struct str prov = of(e, "prov"), no;

	a->observed = str_eq(prov, STR("observed"));
	if (a->what == DO_ISOLATE_HOST &&
	    ground_addresses(r->ground, a->to.text[TARGET_HOST]) > 1)
		return STR(
		    "it stands in several networks: others reach theirs through it");
	if (str_eq(prov, STR("derived")))
		a->why = CAT(r->arena, a->why,
		    STR("; derived: its address on the web, in a directory in which "
			"its programs run"));
	if (!a->net.ip.v)
		return untouchable(r, a);
	no = untouchable_net(r, &a->net, prov);
	if (no.p)
		return no;
	if (!a->observed) {
		a->risk = a->risk < RISK_MEDIUM ? RISK_MEDIUM : a->risk;
		a->approvals = a->approvals ? a->approvals : 1;
	}
	if (ip_scope(&a->net.ip) == IP_PRIVATE) {
		a->risk = RISK_HIGH;
		a->approvals = a->approvals ? a->approvals : 1;
	}
	a->why = seen(r, e, a->why, a->observed);
	return STR_NONE;
}

static struct str
place(const struct binder *r, const struct order *o, const struct node *e)
{
	struct str on = node_text(node_get(o->terms, STR("on")));

	if (on.p)
		return action_cut(on, 255);
	if (!e || o->what == DO_BLOCK_IP || o->what == DO_RATE_LIMIT ||
	    o->what == DO_BLOCK_DOMAIN || o->what == DO_NOTIFY)
		return STR("");
	on = str_eq(of(e, "type"), STR("host")) ? of(e, "value") : of(e, "host");
	return target_member(r->arena, TARGET_HOST, on).p ? on : STR("");
}

/* What is done to accounts does nothing to one that a service runs as. */
static bool
pointless(const struct order *o, const struct node *e)
{
	return e && str_eq(of(e, "type"), STR("user")) &&
	       service_account(of(e, "value")) &&
	       (o->what == DO_LOCK_ACCOUNT || o->what == DO_EXPIRE_PASSWORD ||
		   o->what == DO_REVOKE_SESSIONS || o->what == DO_REMOVE_ACCOUNT ||
		   o->what == DO_ROTATE_SECRET);
}

struct str
bind_action(const struct binder *r, const struct order *o, const struct node *entity,
    struct action *a, struct str *value)
{
	struct str json = target_of(r, o, entity), event, no;
	struct err e = {0};

	if (pointless(o, entity)) {
		*value = of(entity, "value");
		return STR("a service runs as it, and nobody logs on with it");
	}
	*value = entity ? action_cut(of(entity, "value"), 120) : json;
	if (!action_of(r->arena, o->what, json, place(r, o, entity), a, &e))
		return arena_copy(r->arena, str_of(e.msg));
	a->events = r->events;
	give_terms(r, o, a);
	no = judge(r, entity, a);
	if (no.p)
		return no;
	a->blast = blast(r, o, a);
	event = entity ? of(entity, "event") : STR("");
	if (event.n && event.n <= 64)
		a->events = CAT(
		    r->arena, STR("["), json_quote(r->arena, event), STR("]"));
	return STR_NONE;
}
