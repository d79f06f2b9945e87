#include "choose.h"

#define EVENTS 20 /* ids that a step cites */

/* Classes of incident whose attackers are blocked, and who must agree first. */
static const struct {
	const char *class, *words;
	unsigned approvals;
} classes[] = {
    {"bruteforce", "guessed passwords", 0},
    {"web", "attacked the web site", 0},
    {"dos", "flooded the service", 1},
    {"account", "took over or misused an account", 1},
    {"lateral", "moved between hosts", 1},
    {"exfil", "carried data away", 1},
    {"malware", "ran malware", 1},
    {"ransomware", "ran ransomware", 1},
};

int64_t
choose_jitter(int64_t ttl_s, const char key[ACTION_KEY])
{
	unsigned h = 0;
	int64_t ttl;

	for (int i = 0; i < 8; i++)
		h = h * 16 + (unsigned)(key[i] <= '9' ? key[i] - '0' : key[i] - 'a' + 10);
	ttl = ttl_s * (9000 + (int64_t)(h % 2001)) / 10000;
	return ttl < 1 ? 1 : ttl > ACTION_TTL_MAX ? ACTION_TTL_MAX : ttl;
}

/* Twice as long for each earlier incident of the same address, up to the limit. */
static int64_t
ttl_for(const struct choose *c, unsigned offences, const char key[ACTION_KEY])
{
	int64_t ttl = c->ttl_s;

	for (unsigned i = 1; i < offences && ttl < c->ttl_max_s; i++)
		ttl *= 2;
	return choose_jitter(ttl > c->ttl_max_s ? c->ttl_max_s : ttl, key);
}

/* The ids of the first events of all alerts, in turn, as a JSON list. */
static struct str
evidence(const struct choose *c, const struct incident *in)
{
	struct buf b = buf_make(4096);
	struct str list;
	size_t n = 0;

	for (size_t turn = 0; turn < EVENTS && n < EVENTS; turn++)
		for (size_t i = 0; i < node_count(in->alerts) && n < EVENTS; i++) {
			const struct node *ids = node_get(
			    node_at(in->alerts, i), STR("events"));
			struct str id = STR_NONE;

			if (turn < node_count(ids))
				id = node_text(node_at(ids, turn));
			if (id.n == 0 || id.n > 64)
				continue;
			buf_ch(&b, n++ ? ',' : '[');
			buf_json(&b, id);
		}
	list = n ? CAT(c->arena, buf_str(&b), STR("]")) : STR("");
	buf_free(&b);
	return list;
}

static void
add(const struct choose *c, const struct incident *in, struct steps *s,
    const struct action *a)
{
	if (past_planned(c->past, in->id, a->key)) {
		c->refused(c->ctx, a->target, STR("planned for this incident before"));
		return;
	}
	for (size_t i = 0; i < s->n; i++)
		if (memcmp(s->v[i].key, a->key, ACTION_KEY) == 0)
			return;
	if (s->n == c->max) {
		c->refused(c->ctx, a->target, STR("the plan is full (--max-steps)"));
		return;
	}
	s->v[s->n++] = *a;
}

/* --- blocking attackers --- */

static struct str
forbidden(const struct choose *c, const struct net *net, struct str prov)
{
	const struct guard_entry *hit = guard_check(c->guard, net);
	unsigned roles = site_roles(c->site, &net->ip);

	if (roles & SITE_PROXY)
		return STR("a proxy of the site: block the client there, by its claimed "
			   "address");
	if (hit)
		return CAT(c->arena, STR("protected: "), str_of(hit->why));
	if (net->bits < (net->ip.v == 4 ? 24 : 48))
		return STR("wider than /24 (IPv4) or /48 (IPv6)");
	if (!str_eq(prov, STR("observed")) && !str_eq(prov, STR("claimed")))
		return CAT(c->arena, STR("address was neither observed nor claimed but "),
		    prov.p ? action_cut(prov, 40) : STR("of unknown origin"));
	return STR_NONE;
}

static struct str
why_block(
    const struct choose *c, const struct node *entity, const char *words, bool observed)
{
	struct str first = node_text(node_get(entity, STR("first")));
	struct str last = node_text(node_get(entity, STR("last")));
	int64_t n;
	struct str s = str_of(words);

	if (node_i64(node_get(entity, STR("n")), &n) && n > 1)
		s = arena_fmt(c->arena, "%s, seen %lld times", words, (long long)n);
	if (first.p && last.p && first.n <= 35 && last.n <= 35)
		s = CAT(c->arena, s, STR(" from "), first, STR(" to "), last);
	return observed ? s
			: CAT(c->arena, s, STR("; address only claimed, not observed"));
}

static void
block(const struct choose *c, const struct incident *in, const struct node *entity,
    size_t class, struct steps *s)
{
	struct str value = node_text(node_get(entity, STR("value")));
	struct str prov = node_text(node_get(entity, STR("prov"))), no;
	struct action a;
	struct net net;
	bool inside;

	if (!value.p || !net_parse(value, &net)) {
		c->refused(c->ctx, value, STR("no address in canonical form"));
		return;
	}
	no = forbidden(c, &net, prov);
	if (no.p) {
		c->refused(c->ctx, value, no);
		return;
	}
	action_for_net(c->arena, &a, DO_BLOCK_IP, &net);
	a.observed = str_eq(prov, STR("observed"));
	inside = ip_scope(&net.ip) == IP_PRIVATE;
	a.risk = inside ? RISK_HIGH : a.observed ? RISK_LOW : RISK_MEDIUM;
	a.approvals = classes[class].approvals || inside || !a.observed;
	a.why = why_block(c, entity, classes[class].words, a.observed);
	a.events = evidence(c, in);
	/* counted once for each incident, and only where a step is new */
	if (!past_planned(c->past, in->id, a.key))
		a.ttl_s = ttl_for(c, past_offences(c->past, a.target, in->id), a.key);
	add(c, in, s, &a);
}

static void
blocks(const struct choose *c, const struct incident *in, struct steps *s)
{
	size_t class = 0;

	while (class < sizeof(classes) / sizeof(*classes) &&
	       !str_eq(in->class, str_of(classes[class].class)))
		class ++;
	if (class == sizeof(classes) / sizeof(*classes)) {
		c->refused(c->ctx, in->class,
		    STR("nobody is blocked for this class of incident"));
		return;
	}
	for (size_t i = 0; i < node_count(in->entities); i++) {
		const struct node *entity = node_at(in->entities, i);
		struct str type = node_text(node_get(entity, STR("type")));

		if (!str_eq(type, STR("ip")) && !str_eq(type, STR("cidr")))
			continue;
		if (str_eq(node_text(node_get(entity, STR("role"))), STR("attacker")))
			block(c, in, entity, class, s);
		else
			c->refused(c->ctx, node_text(node_get(entity, STR("value"))),
			    STR("not an attacker"));
	}
}

/* --- accounts that a successful attack took over or created --- */

static void
for_account(const struct choose *c, const struct incident *in, const struct victim *v,
    enum action_do what, enum action_risk risk, struct steps *s)
{
	struct buf b = buf_make(256);
	struct action a;

	action_for_user(c->arena, &a, what, v->user, v->host);
	a.risk = risk;
	a.why = v->created ? STR("account created during a successful attack")
			   : STR("account taken over: the attacker logged in as it");
	if (v->event.p && v->event.n <= 64) {
		buf_ch(&b, '[');
		buf_json(&b, v->event);
		buf_ch(&b, ']');
		a.events = arena_copy(c->arena, buf_str(&b));
	}
	buf_free(&b);
	add(c, in, s, &a);
}

static void
accounts(const struct choose *c, const struct incident *in, struct steps *s)
{
	const struct victim *v;

	for (size_t at = 0; (v = victims_next(c->victims, in->id, &at));) {
		if (!target_user(v->user)) {
			c->refused(c->ctx, v->user, STR("no name of an account"));
			continue;
		}
		if (str_eq(v->user, STR("root")))
			c->refused(c->ctx, v->user, STR("root is never locked"));
		else
			for_account(c, in, v, DO_LOCK_ACCOUNT, RISK_HIGH, s);
		for_account(c, in, v, DO_REVOKE_SESSIONS, RISK_HIGH, s);
		if (!v->created)
			for_account(c, in, v, DO_EXPIRE_PASSWORD, RISK_LOW, s);
	}
}

static void
notice(const struct choose *c, const struct incident *in, struct steps *s)
{
	struct buf b = buf_make(ACTION_TEXT);
	struct action a = {
	    .what = DO_NOTIFY, .approvals = 1, .on = STR(""), .events = STR("")};

	a.why = STR("the attack succeeded");
	buf_add(&b, STR("{\"to\":"));
	buf_json(&b, c->notify);
	buf_ch(&b, '}');
	a.target = arena_copy(c->arena, buf_str(&b));
	action_seal(&a);
	if (!b.full)
		add(c, in, s, &a);
	buf_free(&b);
}

struct steps
choose_steps(const struct choose *c, const struct incident *in)
{
	struct steps s = {arena_alloc(c->arena, c->max * sizeof(struct action)), 0};

	blocks(c, in, &s);
	if (in->success) {
		accounts(c, in, &s);
		if (c->notify.p)
			notice(c, in, &s);
	}
	return s;
}
