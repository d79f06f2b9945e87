#include <stdio.h>

#include "action.h"
#include "json.h"
#include "sha256.h"
#include "wire.h"

static const struct action_verb verbs[DO_MAX] = {
    [DO_NONE] = {"", NULL, "", "ircontain", RISK_HIGH},
    [DO_BLOCK_IP] = {"block-ip", "unblock-ip", "ip|cidr", "ircontain", RISK_LOW},
    [DO_BLOCK_DOMAIN] = {"block-domain", "unblock-domain", "domain", "ircontain",
	RISK_MEDIUM},
    [DO_ISOLATE_HOST] = {"isolate-host", "release-host", "host", "ircontain", RISK_HIGH},
    [DO_KILL_PROCESS] = {"kill-process", NULL, "pid start? exe_sha256?", "ircontain",
	RISK_MEDIUM},
    [DO_STOP_PROCESS] = {"stop-process", "resume-process", "pid start? exe_sha256?",
	"ircontain", RISK_MEDIUM},
    [DO_QUARANTINE_FILE] = {"quarantine-file", "restore-file", "path sha256?",
	"ircontain", RISK_MEDIUM},
    [DO_LOCK_ACCOUNT] = {"lock-account", "unlock-account", "user", "ircontain",
	RISK_HIGH},
    [DO_EXPIRE_PASSWORD] = {"expire-password", "restore-password-date", "user",
	"ircontain", RISK_LOW},
    [DO_REVOKE_SESSIONS] = {"revoke-sessions", NULL, "user", "ircontain", RISK_HIGH},
    [DO_REVOKE_KEYS] = {"revoke-keys", "restore-keys", "user fingerprint?", "ircontain",
	RISK_HIGH},
    [DO_DISABLE_SERVICE] = {"disable-service", "enable-service", "unit", "ircontain",
	RISK_HIGH},
    [DO_RATE_LIMIT] = {"rate-limit", "unlimit", "ip|cidr rate", "ircontain", RISK_LOW},
    [DO_COLLECT_EVIDENCE] = {"collect-evidence", NULL, "what", "ircontain", RISK_LOW},
    [DO_CALL] = {"call", NULL, "action args?", "ircontain", RISK_HIGH},
    [DO_PATCH_PACKAGE] = {"patch-package", "downgrade-package", "package version",
	"irremedy", RISK_MEDIUM},
    [DO_RESTORE_PATH] = {"restore-path", "return-path", "path from", "irremedy",
	RISK_HIGH},
    [DO_REMOVE_PERSISTENCE] = {"remove-persistence", "restore-persistence",
	"kind path|unit|user", "irremedy", RISK_HIGH},
    [DO_REMOVE_ACCOUNT] = {"remove-account", "restore-account", "user", "irremedy",
	RISK_HIGH},
    [DO_ROTATE_SECRET] = {"rotate-secret", NULL, "name", "irremedy", RISK_HIGH},
    [DO_NOTIFY] = {"notify", NULL, "to", "irnotify", RISK_LOW},
};

static const char *const phases[] = {
    "contain", "preserve", "eradicate", "recover", "harden"};
static const char *const risks[] = {"low", "medium", "high"};
static const char *const approvals[] = {"none", "one", "two"};

const struct action_verb *
action_verb(enum action_do what)
{
	return &verbs[what < DO_MAX ? what : DO_NONE];
}

enum action_do
action_find(struct str name)
{
	for (int i = DO_NONE + 1; i < DO_MAX; i++)
		if (str_eq(name, str_of(verbs[i].name)))
			return (enum action_do)i;
	return DO_NONE;
}

const char *
action_phase_name(enum action_phase p)
{
	return phases[p];
}

const char *
action_risk_name(enum action_risk r)
{
	return risks[r];
}

enum action_risk
action_gravity(const struct action *a)
{
	enum action_risk own = action_verb(a->what)->risk;

	return a->risk > own ? a->risk : own;
}

struct str
action_cut(struct str s, size_t max)
{
	size_t at = 0, n;

	if (s.n <= max)
		return s;
	while ((n = buf_utf8(str_from(s, at))) > 0 && at + n <= max)
		at += n;
	return str_sub(s, 0, at);
}

void
action_seal(struct action *a)
{
	struct str parts[] = {str_of(verbs[a->what].name), a->target, a->on};

	sha256_id(a->key, 3, parts);
}

/* Print it back.  An address given as a network of one is the same target as the address. */
static void
settle(struct arena *m, struct action *a)
{
	a->net = a->to.net;
	if (a->to.text[TARGET_CIDR].p && net_one(&a->net)) {
		a->to.text[TARGET_IP] = a->to.text[TARGET_CIDR];
		a->to.text[TARGET_CIDR] = STR_NONE;
	}
	a->target = target_json(m, &a->to);
	action_seal(a);
}

static bool
read_target(struct arena *m, struct action *a, const struct node *target, struct err *e)
{
	if (!target_read(m, verbs[a->what].targets, target, &a->to, e)) {
		err_at(e, "%s", verbs[a->what].name);
		return false;
	}
	settle(m, a);
	return true;
}

/* {"ip":"192.0.2.7"} or {"cidr":"192.0.2.0/24"}; returns its length. */
static size_t
net_target(char out[IP_MAX + 16], const struct net *net)
{
	char text[IP_MAX];

	net_text(text, net);
	return (size_t)snprintf(
	    out, IP_MAX + 16, "{\"%s\":\"%s\"}", net_one(net) ? "ip" : "cidr", text);
}

void
action_for_net(
    struct arena *m, struct action *a, enum action_do what, const struct net *net)
{
	char text[IP_MAX + 16];
	size_t n = net_target(text, net);

	*a = (struct action){.what = what, .net = *net, .on = STR(""), .why = STR("")};
	a->target = arena_copy(m, (struct str){text, n});
	a->to.net = *net;
	n = net_text(text, net);
	a->to.text[net_one(net) ? TARGET_IP : TARGET_CIDR] = arena_copy(
	    m, (struct str){text, n});
	action_seal(a);
}

void
action_for_user(struct arena *m, struct action *a, enum action_do what, struct str user,
    struct str on)
{
	*a = (struct action){.what = what, .approvals = 1, .why = STR("")};
	a->on = on.p ? on : STR("");
	a->to.text[TARGET_USER] = arena_copy(m, user);
	a->target = target_json(m, &a->to);
	action_seal(a);
}

bool
action_of(struct arena *m, enum action_do what, struct str target, struct str on,
    struct action *a, struct err *e)
{
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD}, json;

	*a = (struct action){.what = what, .on = on.p ? on : STR(""), .why = STR("")};
	json = CAT(m, target, pad);
	json.n = target.n;
	if (!json_valid(json, NULL)) {
		err_set(e, ERR_DATA, "a target is no JSON");
		return false;
	}
	return read_target(m, a, node_json(m, json), e);
}

/* --- reading --- */

/* Index of a member's text in a table; `none` if it is not there; -1 if unknown. */
static int
choose(
    const struct node *step, struct str name, const char *const *table, int n, int none)
{
	struct str got = node_text(node_get(step, name));

	if (!got.p)
		return node_get(step, name) ? -1 : none;
	for (int i = 0; i < n; i++)
		if (str_eq(got, str_of(table[i])))
			return i;
	return -1;
}

static bool
read_terms(struct action *a, const struct node *step, struct err *e)
{
	const struct node *ttl = node_get(step, STR("ttl"));
	int phase = choose(step, STR("phase"), phases, 5, PHASE_CONTAIN);
	int risk = choose(step, STR("risk"), risks, 3, verbs[a->what].risk);
	int approval = choose(step, STR("approval"), approvals, 3, 1);

	if (phase < 0 || risk < 0 || approval < 0) {
		err_set(e, ERR_DATA, "unknown %s in a step",
		    phase < 0  ? "phase"
		    : risk < 0 ? "risk"
			       : "approval");
		return false;
	}
	if (ttl &&
	    (!node_i64(ttl, &a->ttl_s) || a->ttl_s < 1 || a->ttl_s > ACTION_TTL_MAX)) {
		err_set(e, ERR_DATA, "ttl of a step is not between 1 and %lld seconds",
		    (long long)ACTION_TTL_MAX);
		return false;
	}
	a->phase = (enum action_phase)phase;
	a->risk = (enum action_risk)risk;
	a->approvals = (unsigned)approval;
	a->observed = str_eq(node_text(node_get(step, STR("prov"))), STR("observed"));
	return true;
}

static struct str
read_text(const struct node *step, struct str name)
{
	struct str s = node_text(node_get(step, name));

	return s.p ? action_cut(s, ACTION_TEXT) : STR("");
}

bool
action_read(struct arena *m, const struct node *step, struct action *a, struct err *e)
{
	struct str name = node_text(node_get(step, STR("do"))), key;

	*a = (struct action){.what = name.p ? action_find(name) : DO_NONE};
	if (a->what == DO_NONE) {
		err_set(e, ERR_DATA,
		    "a step says to do '" STR_FMT "', which is no verb of ir-action(5)",
		    STR_ARG(action_cut(name, 80)));
		return false;
	}
	a->on = read_text(step, STR("on"));
	a->why = read_text(step, STR("why"));
	a->events = STR("");
	if (!read_target(m, a, node_get(step, STR("target")), e) ||
	    !read_terms(a, step, e))
		return false;
	key = node_text(node_get(step, STR("key")));
	if (key.p && !str_eq(key, str_of(a->key))) {
		err_set(e, ERR_DATA, "key of a step is not the one of its action");
		return false;
	}
	return true;
}

/* --- writing --- */

static void
raw_member(struct buf *b, const char *name, struct str raw)
{
	if (raw.n)
		buf_fmt(b, "\"%s\":" STR_FMT ",", name, STR_ARG(raw));
}

void
action_write(const struct action *a, struct buf *b)
{
	const char *undo = verbs[a->what].undo;

	buf_ch(b, '{');
	raw_member(b, "after", a->after);
	buf_fmt(b, "\"approval\":\"%s\",", approvals[a->approvals]);
	if (a->blast.n) {
		buf_add(b, STR("\"blast\":"));
		buf_json(b, a->blast);
		buf_ch(b, ',');
	}
	buf_fmt(
	    b, "\"by\":\"%s\",\"do\":\"%s\",", verbs[a->what].by, verbs[a->what].name);
	raw_member(b, "events", a->events);
	buf_fmt(b, "\"key\":\"%s\",", a->key);
	raw_member(b, "needs", a->needs);
	buf_add(b, STR("\"on\":"));
	buf_json(b, a->on);
	buf_fmt(b, ",\"phase\":\"%s\"", phases[a->phase]);
	if (a->net.ip.v)
		buf_fmt(b, ",\"prov\":\"%s\"", a->observed ? "observed" : "claimed");
	buf_fmt(b, ",\"risk\":\"%s\",\"target\":" STR_FMT, risks[a->risk],
	    STR_ARG(a->target));
	if (a->ttl_s)
		buf_fmt(b, ",\"ttl\":%lld", (long long)a->ttl_s);
	if (undo)
		buf_fmt(b, ",\"undo\":\"%s\"", undo);
	buf_add(b, STR(",\"why\":"));
	buf_json(b, a->why);
	buf_ch(b, '}');
}

/* --- over the wire --- */

void
action_pack(const struct action *a, struct buf *b)
{
	wire_put_u8(b, (uint8_t)a->what);
	wire_put_u8(b, (uint8_t)a->phase);
	wire_put_u8(b, (uint8_t)a->risk);
	wire_put_u8(b, (uint8_t)a->approvals);
	wire_put_u8(b, a->observed);
	wire_put_i64(b, a->ttl_s);
	target_pack(&a->to, b);
	wire_put_str(b, a->on);
	wire_put_str(b, a->why);
}

bool
action_unpack(struct arena *m, struct str *in, struct action *a)
{
	uint8_t what, phase, risk, approve, seen;

	*a = (struct action){0};
	if (!wire_u8(in, &what) || !wire_u8(in, &phase) || !wire_u8(in, &risk) ||
	    !wire_u8(in, &approve) || !wire_u8(in, &seen) || !wire_i64(in, &a->ttl_s))
		return false;
	if (what == DO_NONE || what >= DO_MAX || phase > PHASE_HARDEN ||
	    risk > RISK_HIGH || approve > 2 || seen > 1 || a->ttl_s < 0 ||
	    a->ttl_s > ACTION_TTL_MAX)
		return false;
	a->what = (enum action_do)what;
	a->phase = (enum action_phase)phase;
	a->risk = (enum action_risk)risk;
	a->approvals = approve;
	a->observed = seen;
	if (!target_unpack(m, verbs[what].targets, in, &a->to) ||
	    !wire_str(in, ACTION_TEXT, &a->on) || !wire_str(in, ACTION_TEXT, &a->why))
		return false;
	if (a->to.text[TARGET_CIDR].p && net_one(&a->to.net))
		return false;
	settle(m, a);
	return true;
}
