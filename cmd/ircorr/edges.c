#include "edges.h"

#define CROWD       (SITE_NAT | SITE_PROXY)
#define REPEATS     4  /* a repeat comes within this part of the window */
#define FOLLOWS     5  /* of the gate: this part lets an alert join */
#define SMALL       2u /* hosts that alert together are one party of an organisation */
#define CROWD_LEAST 3u /* addresses that make a campaign of guessing */

/* How strong a thing ties, if nobody else shares it. */
#define BY_CAUSE   1.0
#define BY_SOURCE  1.0
#define BY_PIVOT   0.98
#define BY_FILE    0.97
#define BY_TARGET  0.96
#define BY_PEER    0.95
#define BY_ACCOUNT 0.94
#define BY_NAME    0.93
#define BY_HOST    0.92
#define BY_WEB     0.9
#define BY_ORG     1.0

/* An incident takes what comes within the window of what it has. */
static bool
fresh(const struct correlate *c, const struct incident *in, const struct sighting *g)
{
	return g->ns <= in->reach + c->window && g->ns >= in->first - c->window;
}

/* A thing that may tie, and what it takes. */
struct tie {
	struct incident *in;
	double strength;
	const char *why, *field;
	struct str value;
	unsigned shared; /* by how many; 0: nobody else can */
};

static struct edge *
add(const struct correlate *c, const struct sighting *g, struct edges *e, struct tie t)
{
	unsigned shared = t.shared ? t.shared : 1;

	if (!t.in || !fresh(c, t.in, g) || e->n == EDGES_MAX)
		return NULL;
	e->v[e->n] = (struct edge){.in = t.in,
	    .why = t.why,
	    .field = str_of(t.field),
	    .value = t.value,
	    .weight = t.strength * crowd_weight(c->flat ? 1 : shared),
	    .shared = shared};
	return &e->v[e->n++];
}

/* Who of those that share it the incident knows to be its own. */
static unsigned
own(const struct incident *in, enum crowd_of kind)
{
	unsigned n = 0;

	for (size_t i = 0; i < in->entities_n; i++) {
		const struct entity *e = &in->entities[i];

		n += kind == CROWD_IP ? e->type == ENT_USER && e->held
		     : kind == CROWD_USER || kind == CROWD_HOST
			 ? e->type == ENT_IP && e->role >= ROLE_PIVOT
			 : e->type == ENT_HOST;
	}
	return n;
}

/*
 * How many share it, those of the incident as one: of hosts only where an alert is grave,
 * or everything that many hosts use would draw them in one by one.
 */
static unsigned
sharers(const struct correlate *c, const struct sighting *g, enum crowd_of kind,
    struct str thing, const struct incident *in)
{
	unsigned n = in ? crowd_count(c->crowd, kind, thing) : 1, of_it;

	if (n <= 1 || (kind >= CROWD_PEER && g->severity < SEV_HIGH))
		return n;
	of_it = own(in, kind);
	return of_it >= n ? 1 : of_it > 1 ? n - of_it + 1 : n;
}

/* Does it tell of more than daily work? */
static bool
speaks(const struct correlate *c, const struct sighting *g)
{
	for (size_t i = 0; i < g->techniques_n; i++) {
		const struct technique *k = attack_find(c->attack, g->techniques[i]);

		if (k && attack_stage(k->tactic) > attack_stage(STR("execution")))
			return true;
	}
	return false;
}

/* Enough to join what happens on a host? */
static bool
weighs(const struct correlate *c, const struct sighting *g)
{
	return g->severity >= SEV_MEDIUM || (g->severity == SEV_LOW && speaks(c, g));
}

/* Behind a shared address the account is all there is to tell one from another. */
static struct str
crowd_key(const struct sighting *g, struct arena *a)
{
	return CAT(a, g->src, STR(" "), g->user);
}

static void
by_source(
    const struct correlate *c, const struct sighting *g, struct arena *a, struct edges *e)
{
	struct str from;
	struct incident *in;

	if (!g->src.p)
		return;
	if (g->src_roles & CROWD) {
		in = links_get(c->links, LINK_TARGET, crowd_key(g, a), STR_NONE);
		add(c, g, e,
		    (struct tie){in, BY_SOURCE,
			"the same account behind a shared address", "source.ip", g->src,
			0});
		return;
	}
	if (g->user.n) {
		in = links_get(c->links, LINK_TARGET, crowd_key(g, a), STR_NONE);
		add(c, g, e,
		    (struct tie){in, BY_ACCOUNT, "the same account from the same address",
			"user.name", g->user, 0});
	}
	in = links_get(c->links, LINK_IP, g->src, STR_NONE);
	add(c, g, e,
	    (struct tie){in, BY_SOURCE, "the attacker's address", "source.ip", g->src,
		sharers(c, g, CROWD_IP, g->src, in)});
	from = site_host_of(c->site, &g->src_ip);
	in = weighs(c, g) || g->logon == LOGON_OK
		 ? links_get(c->links, LINK_HOST, from, STR_NONE)
		 : NULL;
	add(c, g, e,
	    (struct tie){in, BY_PIVOT, "comes from a host that was got into", "source.ip",
		g->src, sharers(c, g, CROWD_HOST, from, in)});
}

/* What happens on a host, by nobody from outside. */
static void
by_place(const struct correlate *c, const struct sighting *g, struct edges *e)
{
	struct incident *in = links_get(c->links, LINK_USER, g->user, g->host);

	add(c, g, e,
	    (struct tie){in, BY_ACCOUNT, "an account that the attacker has", "user.name",
		g->user, sharers(c, g, CROWD_USER, g->user, in)});
	if (!weighs(c, g))
		return;
	in = links_get(c->links, LINK_HOST, g->host, STR_NONE);
	add(c, g, e,
	    (struct tie){in, BY_HOST, "a host that was got into", "host.name", g->host,
		sharers(c, g, CROWD_HOST, g->host, in)});
	in = g->severity >= SEV_MEDIUM ? links_get(c->links, LINK_WEB, g->host, STR_NONE)
				       : NULL;
	add(c, g, e,
	    (struct tie){in, BY_WEB, "a host whose web service is under attack",
		"host.name", g->host, 0});
}

/* What only the same chain of causes shares. */
static void
by_cause(const struct correlate *c, const struct sighting *g, struct edges *e)
{
	const struct {
		enum link kind;
		struct str value, host;
		const char *why, *field;
	} causes[] = {
	    {LINK_PROCESS, g->process, STR_NONE, "the same process", "process.entity_id"},
	    {LINK_PROCESS, g->parent, STR_NONE, "a process of the attack started it",
		"process.parent.entity_id"},
	    {LINK_SESSION, g->session, g->host, "the same logon session",
		"winlog.logon.id"},
	};

	for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++) {
		struct edge *found = add(c, g, e,
		    (struct tie){links_get(c->links, causes[i].kind, causes[i].value,
				     causes[i].host),
			BY_CAUSE, causes[i].why, causes[i].field, causes[i].value, 0});

		if (found)
			found->joins = true;
	}
}

/* Tools and places of the attacker that several hosts may meet. */
static void
by_tool(const struct correlate *c, const struct sighting *g, struct edges *e)
{
	const struct {
		enum link kind;
		enum crowd_of crowd;
		struct str value;
		double strength;
		const char *why, *field;
	} tools[] = {
	    {LINK_IP, CROWD_PEER, g->dst, BY_PEER, "leads to the attacker's address",
		"destination.ip"},
	    {LINK_PEER, CROWD_PEER, g->dst, BY_PEER, "calls the same address",
		"destination.ip"},
	    {LINK_NAME, CROWD_NAME, g->name_asked, BY_NAME, "the same domain",
		"dns.question.name"},
	    {LINK_FILE, CROWD_FILE, g->hash, BY_FILE, "the same file",
		"file.hash.sha256"},
	};

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		struct incident *in;

		if (i > 0 && g->severity < SEV_MEDIUM)
			return;
		/* one thing ties once */
		if (i == 1 && e->n && e->v[e->n - 1].value.p == g->dst.p)
			continue;
		in = links_get(c->links, tools[i].kind, tools[i].value, STR_NONE);
		add(c, g, e,
		    (struct tie){in, tools[i].strength, tools[i].why, tools[i].field,
			tools[i].value,
			sharers(c, g, tools[i].crowd, tools[i].value, in)});
	}
}

/* An alert that names no source and no account, as sensors give them. */
static bool
nameless(const struct sighting *g)
{
	return !g->src.p && !g->user.n && !g->dst.p;
}

/* Of a crowd that goes through lists of accounts, no address is at home here. */
static bool
of_campaign(const struct correlate *c, const struct sighting *g)
{
	return g->src.p && sighting_is(g, "T1110") && !(g->src_roles & ~SITE_PROTECT) &&
	       !logons_shared(c->logons, g->src) && logons_sprays(c->logons, g->src);
}

/* What somebody does on a host came with the logon of that account. */
static void
by_seat(
    const struct correlate *c, const struct sighting *g, struct arena *a, struct edges *e)
{
	const struct seat *seat = seats_of(c->seats, g->user, g->host, g->ns);
	struct incident *in;
	struct str src;
	struct ip ip;

	if (!weighs(c, g) || !g->user.n)
		return;
	in = links_get(c->links, LINK_ACTOR, g->user, g->host);
	add(c, g, e,
	    (struct tie){in, BY_ACCOUNT, "the same account on the same host", "user.name",
		g->user, 0});
	if (!seat || !ip_parse(str_of(seat->src), &ip))
		return;
	src = arena_copy(a, str_of(seat->src));
	in = links_get(c->links, LINK_IP, src, STR_NONE);
	add(c, g, e,
	    (struct tie){in, BY_SOURCE, "its logon came from the attacker's address",
		"user.name", g->user, sharers(c, g, CROWD_IP, src, in)});
	in = links_get(c->links, LINK_HOST, site_host_of(c->site, &ip), STR_NONE);
	add(c, g, e,
	    (struct tie){in, BY_PIVOT, "its logon came from a host that was got into",
		"user.name", g->user, 0});
}

static struct str
org_of(const struct sighting *g)
{
	return g->org.n ? g->org : STR("-");
}

bool
edges_passed(const struct correlate *c, const struct sighting *g)
{
	return g->p < 0 || g->p >= c->gate;
}

/* After triage: it goes on, or little else goes on in the organisation. */
static void
by_triage(const struct correlate *c, const struct sighting *g, struct edges *e)
{
	struct incident *in;
	int64_t ns;
	unsigned hosts;

	if (c->gate <= 0 || g->p < 0 || !nameless(g))
		return;
	in = links_at(c->links, LINK_REPEAT, g->rule, g->host, &ns);
	if (in && g->ns <= ns + c->window / REPEATS)
		e->v[e->n++] = (struct edge){.in = in,
		    .why = "it goes on",
		    .field = STR("rule.id"),
		    .value = g->rule,
		    .weight = BY_CAUSE,
		    .shared = 1};
	if (g->p < c->gate / FOLLOWS)
		return;
	hosts = crowd_count(c->crowd, CROWD_ORG, org_of(g));
	add(c, g, e,
	    (struct tie){links_get(c->links, LINK_ORG, org_of(g), STR_NONE), BY_ORG,
		"little else goes on there", "organization.name", g->org, hosts / SMALL});
}

/* Few addresses of which one got in are no crowd yet: who guesses beside them is another. */
static bool
gathers(const struct incident *in)
{
	bool held = in->cause.event[0];
	size_t n = 0;

	for (size_t i = 0; i < in->entities_n; i++) {
		const struct entity *x = &in->entities[i];

		held |= x->held;
		n += x->type == ENT_IP && x->role == ROLE_ATTACKER;
	}
	return !held || n >= CROWD_LEAST;
}

void
edges_find(
    const struct correlate *c, const struct sighting *g, struct arena *a, struct edges *e)
{
	struct incident *in;

	e->n = 0;
	by_triage(c, g, e);
	if (g->p >= 0 && g->p < c->gate / FOLLOWS)
		return;
	by_cause(c, g, e);
	by_source(c, g, a, e);
	in = g->by_user ? links_get(c->links, LINK_TARGET, g->user, g->host) : NULL;
	add(c, g, e,
	    (struct tie){
		in, BY_TARGET, "the same account is tried", "user.name", g->user, 0});
	by_tool(c, g, e);
	if (g->src.p && g->severity >= SEV_MEDIUM && g->logon != LOGON_FAILED &&
	    !sighting_is(g, "T1110")) {
		in = links_get(c->links, LINK_ACTOR, g->user, g->host);
		add(c, g, e,
		    (struct tie){in, BY_ACCOUNT, "the same account on the same host",
			"user.name", g->user, 0});
	}
	if (of_campaign(c, g)) {
		in = links_get(c->links, LINK_CAMPAIGN, g->dataset, STR_NONE);
		in = in && gathers(in) ? in : NULL;
		add(c, g, e,
		    (struct tie){in, BY_TARGET,
			"many accounts of the same service are tried", "event.dataset",
			g->dataset, 0});
	}
	if (g->src.p)
		return;
	by_place(c, g, e);
	by_seat(c, g, a, e);
}

struct incident *
edges_best(const struct edges *e, double *sum)
{
	struct incident *best = NULL;

	*sum = 0;
	for (size_t i = 0; i < e->n; i++) {
		double s = 0;

		for (size_t k = 0; k < e->n; k++)
			if (e->v[k].in == e->v[i].in)
				s += e->v[k].weight;
		if (s > *sum) {
			*sum = s;
			best = e->v[i].in;
		}
	}
	return *sum >= EDGES_LEAST ? best : NULL;
}

/* The peer of a host of the owner's, as long as it is not the owner's, too. */
static bool
calls_out(const struct correlate *c, const struct sighting *g)
{
	enum ip_scope scope = g->dst.p ? ip_scope(&g->dst_ip) : IP_PRIVATE;

	return g->dst.p && !site_roles(c->site, &g->dst_ip) &&
	       (scope == IP_GLOBAL || scope == IP_EXAMPLE);
}

void
edges_set(const struct correlate *c, const struct sighting *g, struct incident *in,
    struct arena *a)
{
	links_set(c->links, LINK_ALERT, g->id, STR_NONE, in, g->ns);
	if (g->src.p && (g->src_roles & CROWD || g->user.n))
		links_set(c->links, LINK_TARGET, crowd_key(g, a), STR_NONE, in, g->ns);
	if (g->by_user)
		links_set(c->links, LINK_TARGET, g->user, g->host, in, g->ns);
	if (of_campaign(c, g))
		links_set(c->links, LINK_CAMPAIGN, g->dataset, STR_NONE, in, g->ns);
	if (!g->src.p && g->user.n && weighs(c, g))
		links_set(c->links, LINK_ACTOR, g->user, g->host, in, g->ns);
	if (c->gate > 0 && g->p >= 0 && nameless(g)) {
		links_set(c->links, LINK_REPEAT, g->rule, g->host, in, g->ns);
		if (edges_passed(c, g))
			links_set(c->links, LINK_ORG, org_of(g), STR_NONE, in, g->ns);
	}
	if (g->severity < SEV_MEDIUM)
		return;
	links_set(c->links, LINK_PROCESS, g->process, STR_NONE, in, g->ns);
	links_set(c->links, LINK_SESSION, g->session, g->host, in, g->ns);
	links_set(c->links, LINK_NAME, g->name_asked, STR_NONE, in, g->ns);
	links_set(c->links, LINK_FILE, g->hash, STR_NONE, in, g->ns);
	if (calls_out(c, g))
		links_set(c->links, LINK_PEER, g->dst, STR_NONE, in, g->ns);
}

/* Somebody got in, or did something as that user: not what a guesser claims. */
static bool
names_user(const struct correlate *c, const struct sighting *g)
{
	const struct source *s;

	if (!g->user.n || g->logon == LOGON_FAILED || sighting_is(g, "T1110"))
		return false;
	if (g->logon != LOGON_OK || !g->src.p)
		return g->logon == LOGON_OK || g->alert;
	s = logons_source(c->logons, g->src);
	return !s || s->fails < LOGONS_GUESSES || s->fails <= s->ok_n;
}

void
edges_note(const struct correlate *c, const struct sighting *g)
{
	bool user = names_user(c, g);

	if (user) {
		crowd_note(c->crowd, CROWD_IP, g->src, g->user, g->ns);
		crowd_note(c->crowd, CROWD_USER, g->user, g->src, g->ns);
	}
	if (user && g->alert && weighs(c, g))
		crowd_note(c->crowd, CROWD_HOST, g->host, g->src, g->ns);
	crowd_note(c->crowd, CROWD_PEER, g->dst, g->host, g->ns);
	crowd_note(c->crowd, CROWD_NAME, g->name_asked, g->host, g->ns);
	crowd_note(c->crowd, CROWD_FILE, g->hash, g->host, g->ns);
	if (g->alert && c->gate > 0 && g->p >= c->gate)
		crowd_note(c->crowd, CROWD_ORG, org_of(g), g->host, g->ns);
}
