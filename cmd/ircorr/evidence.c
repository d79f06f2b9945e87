#include "evidence.h"
#include "flaw.h"
#include "json.h"

/* Roles of addresses from which the owner's people work. */
#define OWN (SITE_HOST | SITE_INSIDE | SITE_ADMIN | SITE_HOME | SITE_EXPECTED)
/* Addresses that stand for many: nobody in particular. */
#define CROWD (SITE_NAT | SITE_PROXY)

/* The attacker has the account, and with it the host. */
static void
hold(struct correlate *c, struct incident *in, struct str user, struct str host,
    int64_t ns, enum entity_role role, bool host_too)
{
	struct entity *e = incident_entity(
	    in, ENT_USER, user, host, role, PROV_OBSERVED, ns);

	if (e) {
		e->held = true;
		links_set(c->links, LINK_USER, user, host, in, ns);
	}
	if (!host_too)
		return;
	e = incident_entity(in, ENT_HOST, host, STR_NONE, ROLE_VICTIM, PROV_OBSERVED, ns);
	if (e) {
		e->held = true;
		links_set(c->links, LINK_HOST, host, STR_NONE, in, ns);
	}
}

static bool
held(const struct incident *in, enum entity_type type, struct str value, struct str host)
{
	const struct entity *e = value.n ? incident_find(in, type, value, host) : NULL;

	return e && e->held;
}

static void
set_cause(struct incident *in, struct str event, int64_t ns, struct str vector,
    struct str weakness, unsigned conf)
{
	struct cause *cause = &in->cause;

	if (event.n > ID_MAX || (cause->event[0] && cause->ns <= ns))
		return;
	memcpy(cause->event, event.p, event.n);
	cause->event[event.n] = '\0';
	cause->ns = ns;
	cause->conf = conf;
	drop_text(&cause->vector);
	drop_text(&cause->weakness);
	cause->vector = keep_text(vector);
	cause->weakness = keep_text(weakness);
	in->changed = true;
}

static void
act(struct correlate *c, struct incident *in, const char *id, struct str event,
    int64_t ns, unsigned conf)
{
	const struct technique *k = attack_find(c->attack, str_of(id));

	if (k)
		incident_act(in, k->id, k->tactic, event, ns, conf);
}

/* The attacker's logon was accepted. */
static void
foothold(
    struct correlate *c, struct incident *in, const struct accepted *ok, struct arena *a)
{
	bool guessed = ok->fails > 0;
	struct str user = str_of(ok->user), event = str_of(ok->event);
	struct str service = ok->dataset[0] ? str_of(ok->dataset)
					    : STR("a remote service");

	set_cause(in, event, ok->ns,
	    guessed ? STR("password guessing") : STR("valid account"),
	    guessed ? CAT(a, STR("the password of "), user,
			  STR(" could be guessed over "), service)
		    : CAT(a, STR("credentials of "), user,
			  STR(" were known to the attacker")),
	    ok->fails >= LOGONS_GUESSES ? 90 : 70);
	hold(c, in, user, str_of(ok->host), ok->ns, ROLE_VICTIM, true);
	act(c, in, "T1078", event, ok->ns, 80);
	if (str_eq(str_of(ok->dataset), STR("dovecot")))
		act(c, in, "T1114.002", event, ok->ns, 60);
	if (ok->ns < in->first)
		in->first = ok->ns;
	if (ok->ns > in->last)
		in->last = ok->ns;
	if (ok->ns > in->reach)
		in->reach = ok->ns;
}

/* Has the source done nothing but try passwords? */
static bool
only_guesses(const struct incident *in)
{
	for (size_t i = 0; i < in->acts_n; i++)
		if (!str_starts(in->acts[i].technique, STR("T1110")) &&
		    !str_starts(in->acts[i].technique, STR("T1078")) &&
		    !str_starts(in->acts[i].technique, STR("T1114")))
			return false;
	return true;
}

static bool
attacker(const struct incident *in, struct str ip)
{
	const struct entity *e = incident_find(in, ENT_IP, ip, STR_NONE);

	return e && e->role >= ROLE_PIVOT;
}

/* Is that account, coming from there, at home? */
static bool
at_home(const struct correlate *c, const struct sighting *g)
{
	return site_home(c->site, g->user, &g->src_ip) ||
	       logons_known(c->logons, g->user, g->src, g->ns);
}

static struct accepted
accepted_of(const struct sighting *g)
{
	struct accepted ok = {.ns = g->ns};

	memcpy(ok.event, g->event.p, g->event.n < 64 ? g->event.n : 64);
	if (g->user.n)
		memcpy(ok.user, g->user.p, g->user.n < 64 ? g->user.n : 64);
	if (g->host.n)
		memcpy(ok.host, g->host.p, g->host.n < 64 ? g->host.n : 64);
	if (g->dataset.n)
		memcpy(ok.dataset, g->dataset.p, g->dataset.n < 32 ? g->dataset.n : 32);
	return ok;
}

/* From a host that was got into to the next one. */
static bool
moves_on(struct correlate *c, struct incident *in, const struct sighting *g)
{
	struct str from = site_host_of(c->site, &g->src_ip);

	if (!from.p || !held(in, ENT_HOST, from, STR_NONE) || str_ieq(from, g->host) ||
	    logons_known(c->logons, g->user, g->src, g->ns))
		return false;
	incident_entity(in, ENT_IP, g->src, STR_NONE, ROLE_PIVOT, PROV_OBSERVED, g->ns);
	hold(c, in, g->user, g->host, g->ns, ROLE_VICTIM, true);
	act(c, in, "T1021.004", g->event, g->ns, 70);
	return true;
}

/* Customers of a web site come from anywhere. */
static bool
of_customers(const struct sighting *g)
{
	return g->path.n || str_eq(g->dataset, STR("json"));
}

/* An account that the attacker has, used from an address where its owner never was. */
static bool
comes_back(struct correlate *c, struct incident *in, const struct sighting *g)
{
	if (!held(in, ENT_USER, g->user, g->host) || (g->src_roles & (OWN | CROWD)) ||
	    of_customers(g) || logons_shared(c->logons, g->src) || at_home(c, g))
		return false;
	incident_entity(in, ENT_IP, g->src, STR_NONE, ROLE_ATTACKER,
	    g->observed ? PROV_OBSERVED : PROV_CLAIMED, g->ns);
	links_set(c->links, LINK_IP, g->src, STR_NONE, in, g->ns);
	act(c, in, "T1078", g->event, g->ns, 80);
	if (str_eq(g->dataset, STR("dovecot")))
		act(c, in, "T1114.002", g->event, g->ns, 60);
	in->changed = true;
	return true;
}

bool
evidence_logon(
    struct correlate *c, struct incident *in, const struct sighting *g, struct arena *a)
{
	struct accepted ok;

	if (g->logon != LOGON_OK || !g->src.p || in->expected)
		return false;
	if (!attacker(in, g->src))
		return moves_on(c, in, g) || comes_back(c, in, g);
	if (at_home(c, g) || in->top < SEV_MEDIUM)
		return false;
	ok = accepted_of(g);
	ok.fails = logons_fails(c->logons, g->src, g->ns);
	if (ok.fails < LOGONS_GUESSES && only_guesses(in) &&
	    !logons_sprays(c->logons, g->src))
		return false;
	foothold(c, in, &ok, a);
	return true;
}

void
evidence_earlier(
    struct correlate *c, struct incident *in, const struct sighting *g, struct arena *a)
{
	const struct source *s = g->src.p ? logons_source(c->logons, g->src) : NULL;
	size_t n = s && s->ok_n < LOGONS_KEPT ? (size_t)s->ok_n : LOGONS_KEPT;

	if (!s || !s->fails || in->expected || in->top < SEV_MEDIUM ||
	    !attacker(in, g->src))
		return;
	for (size_t i = 0; i < n; i++)
		if (s->ok[i].fails >= LOGONS_GUESSES &&
		    s->ok[i].ns + c->window >= g->start &&
		    !site_home(c->site, str_of(s->ok[i].user), &g->src_ip) &&
		    !logons_known(c->logons, str_of(s->ok[i].user), g->src, s->ok[i].ns))
			foothold(c, in, &s->ok[i], a);
}

void
evidence_seat(
    struct correlate *c, struct incident *in, const struct sighting *g, struct arena *a)
{
	const struct seat *seat = seats_of(c->seats, g->user, g->host, g->ns);
	struct str src;

	if (!seat || !seat->strange || in->expected ||
	    (g->src.p ? !seats_strange(c->seats, g) : g->severity < SEV_MEDIUM))
		return;
	src = arena_copy(a, str_of(seat->src));
	incident_entity(
	    in, ENT_IP, src, STR_NONE, ROLE_ATTACKER, PROV_OBSERVED, seat->ok.ns);
	links_set(c->links, LINK_IP, src, STR_NONE, in, g->ns);
	foothold(c, in, &seat->ok, a);
}

/* Somebody who gets in more often than not is at home there, and mistyped. */
static bool
familiar(const struct correlate *c, const struct incident *in, struct str src)
{
	const struct source *s = logons_source(c->logons, src);
	size_t sources = 0;

	for (size_t i = 0; i < in->entities_n; i++)
		sources += in->entities[i].type == ENT_IP &&
			   in->entities[i].role >= ROLE_PIVOT;
	return s && sources == 1 && only_guesses(in) &&
	       ((s->ok_n >= 3 && s->ok_n >= s->fails) || (s->ok_n && s->fails == 0));
}

/* Somebody gets in, and nothing says that it is not the account's owner. */
static bool
gets_in(const struct correlate *c, const struct sighting *g)
{
	return g->logon == LOGON_OK && (of_customers(g) || at_home(c, g)) &&
	       logons_fails(c->logons, g->src, g->ns) < LOGONS_GUESSES &&
	       !logons_sprays(c->logons, g->src);
}

static void
source_of(struct correlate *c, struct incident *in, const struct sighting *g)
{
	enum entity_role role = ROLE_ATTACKER;

	if (!g->src.p)
		return;
	in->expected &= g->expected;
	in->shared &= (g->src_roles & CROWD) != 0;
	in->office &= (g->src_roles & SITE_NAT) != 0;
	if (g->src_roles & CROWD)
		role = ROLE_UNKNOWN;
	else if (g->src_roles & SITE_HOST)
		role = ROLE_PIVOT;
	else if (!attacker(in, g->src) && gets_in(c, g))
		role = ROLE_WITNESS;
	else if (g->severity == SEV_INFO && !attacker(in, g->src) &&
		 !(sighting_is(g, "T1110") && logons_sprays(c->logons, g->src)))
		role = ROLE_WITNESS;
	incident_entity(in, ENT_IP, g->src, STR_NONE, role,
	    g->observed ? PROV_OBSERVED : PROV_CLAIMED, g->ns);
	if (role >= ROLE_PIVOT && !logons_shared(c->logons, g->src))
		links_set(c->links, LINK_IP, g->src, STR_NONE, in, g->ns);
}

/* Does the host only tell of what passes between two others, as firewalls do? */
static bool
reports(const struct correlate *c, const struct sighting *g)
{
	struct str from = g->src.p ? site_host_of(c->site, &g->src_ip) : STR_NONE,
		   to = g->dst.p ? site_host_of(c->site, &g->dst_ip) : STR_NONE;

	return g->logon == LOGON_NONE && g->dst.p && (from.n || to.n) &&
	       !str_ieq(from, g->host) && !str_ieq(to, g->host);
}

static void
people_of(struct correlate *c, struct incident *in, const struct sighting *g)
{
	bool on_held = held(in, ENT_HOST, g->host, STR_NONE);
	enum entity_role role = g->severity == SEV_INFO || reports(c, g) ? ROLE_WITNESS
									 : ROLE_VICTIM;
	enum entity_prov prov = g->logon == LOGON_FAILED ? PROV_CLAIMED : PROV_OBSERVED;

	incident_entity(in, ENT_HOST, g->host, STR_NONE, role, PROV_OBSERVED, g->ns);
	role = g->severity == SEV_INFO ? ROLE_WITNESS : ROLE_VICTIM;
	if (reports(c, g) && site_host_of(c->site, &g->dst_ip).n)
		incident_entity(in, ENT_HOST, site_host_of(c->site, &g->dst_ip), STR_NONE,
		    role, PROV_DERIVED, g->ns);
	if (g->created.n && on_held) {
		hold(c, in, g->created, g->host, g->ns, ROLE_TOOL, false);
		return;
	}
	incident_entity(in, ENT_USER, g->user, g->host, role, prov, g->ns);
	/* who acts as another on a host that was got into has that one, too */
	if (g->as.n && held(in, ENT_USER, g->user, g->host))
		hold(c, in, g->as, g->host, g->ns, ROLE_VICTIM, false);
}

/* A host that was got into calls out: there sits the attacker. */
static void
calls_out(struct correlate *c, struct incident *in, const struct sighting *g)
{
	struct str from = g->src.p ? site_host_of(c->site, &g->src_ip) : g->host;

	if (!g->dst.p || site_roles(c->site, &g->dst_ip) || !from.p ||
	    crowd_count(c->crowd, CROWD_PEER, g->dst) >= LOGONS_MANY)
		return;
	if (!held(in, ENT_HOST, from, STR_NONE) ||
	    !(sighting_is(g, "T1071") || sighting_is(g, "T1095") ||
		sighting_is(g, "T1571") || sighting_is(g, "T1105") ||
		sighting_is(g, "T1041") || sighting_is(g, "T1048")))
		return;
	incident_entity(
	    in, ENT_IP, g->dst, STR_NONE, ROLE_ATTACKER, PROV_OBSERVED, g->ns);
	links_set(c->links, LINK_IP, g->dst, STR_NONE, in, g->ns);
}

/* What an exploit brought about on the host itself. */
static void
effect_of(
    struct correlate *c, struct incident *in, const struct sighting *g, struct arena *a)
{
	/* that a request was answered shows little: of requests only a web shell's count */
	bool shell = sighting_is(g, "T1505") ||
		     (!g->src.p && (sighting_is(g, "T1059") || sighting_is(g, "T1053") ||
				       sighting_is(g, "T1105")));

	bool got = g->src.p && g->severity >= SEV_HIGH && sighting_is(g, "T1190") &&
		   (sighting_is(g, "T1003") || sighting_is(g, "T1552") ||
		       sighting_is(g, "T1213"));

	if (g->src.p ? (sighting_is(g, "T1190") || sighting_is(g, "T1505")) &&
			   g->status >= 200 && g->status < 400 && !in->exploited &&
			   g->severity >= SEV_HIGH
		     : sighting_is(g, "T1505") && !incident_did(in, "T1190"))
		links_set(c->links, LINK_WEB, g->host, STR_NONE, in, g->ns);
	if (!(shell || got) || g->severity < SEV_MEDIUM || !incident_did(in, "T1190") ||
	    in->expected || (g->src.p && (g->status < 200 || g->status >= 400)))
		return;
	in->exploited = true;
	if (got) {
		set_cause(in, g->event, g->ns, STR("exploit of a public application"),
		    CAT(a, STR("an application on "), g->host,
			STR(" hands out what it is asked for")),
		    80);
		return;
	}
	hold(c, in, g->user, g->host, g->ns, ROLE_VICTIM, true);
	for (size_t i = 0; i < in->acts_n; i++)
		if (str_starts(in->acts[i].technique, STR("T1190")))
			set_cause(in, ids_at(&in->acts[i].events, 0), in->acts[i].first,
			    STR("exploit of a public application"),
			    CAT(a, STR("an application on "), g->host,
				STR(" runs input from outside")),
			    70);
}

/* Is that what is done to get in, and so before what others of its alert name? */
static bool
comes_first(const struct technique *k)
{
	return k && (str_eq(k->tactic, STR("credential-access")) ||
			str_eq(k->tactic, STR("reconnaissance")));
}

/* Of a correlation, its end brought the techniques that do not come first. */
static void
techniques_of(struct correlate *c, struct incident *in, const struct sighting *g)
{
	bool led = g->logon == LOGON_OK;

	for (size_t i = 0; i < g->techniques_n; i++)
		led |= comes_first(attack_find(c->attack, g->techniques[i]));
	for (size_t i = 0; i < g->techniques_n; i++) {
		const struct technique *k = attack_find(c->attack, g->techniques[i]);
		bool late = led && !comes_first(k);

		incident_act(in, g->techniques[i], k ? k->tactic : STR(""),
		    !late && g->events[0].n ? g->events[0] : g->event,
		    late ? g->ns : g->start, g->severity >= SEV_MEDIUM ? 90 : 60);
	}
}

void
evidence_alert(
    struct correlate *c, struct incident *in, const struct sighting *g, struct arena *a)
{
	incident_member(in, g, edges_passed(c, g));
	edges_set(c, g, in, a);
	source_of(c, in, g);
	people_of(c, in, g);
	calls_out(c, in, g);
	if (g->severity >= SEV_MEDIUM) {
		incident_entity(
		    in, ENT_URL, g->path, STR_NONE, ROLE_TOOL, PROV_CLAIMED, g->ns);
		incident_entity(
		    in, ENT_FILE, g->file, STR_NONE, ROLE_TOOL, PROV_OBSERVED, g->ns);
	}
	techniques_of(c, in, g);
	if (g->src.p)
		in->familiar = familiar(c, in, g->src);
	effect_of(c, in, g, a);
}

/* --- where a process comes from --- */

static struct str
quoted(struct arena *a, const char *name, struct str value)
{
	return value.n
		   ? CAT(a, STR(",\""), str_of(name), STR("\":"), json_quote(a, value))
		   : STR("");
}

static struct str
last_part(struct str path)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '\\' && path.p[i - 1] != '/')
		i--;
	return str_from(path, i);
}

static struct str
weakness(struct arena *a, const struct origin *o)
{
	struct str who = o->user.n ? o->user : STR("somebody");

	if (o->writer.n)
		return CAT(a, STR("a file that "), last_part(o->writer),
		    STR(" had written was run by "), who);
	return CAT(a, last_part(o->executable), STR(" was run by "), who);
}

static struct str
gap_list(struct arena *a, const struct origin *o)
{
	struct str list = STR("");

	if (o->gaps)
		list = CAT(a, list,
		    arena_fmt(a, ",\"the start of %u process%s was not seen\"", o->gaps,
			o->gaps > 1 ? "es" : ""));
	if (!o->file_event.n)
		list = CAT(a, list, STR(",\"nobody was seen to write its file\""));
	return list.n ? CAT(a, STR(",\"gaps\":["), str_from(list, 1), STR("]")) : list;
}

/* 0.90, and less for each link that was not seen. */
static unsigned
confidence(const struct origin *o)
{
	unsigned c = 90;

	for (unsigned i = 0; i < o->gaps; i++)
		c = c * 7 / 10;
	return c;
}

static struct str
flaw(struct arena *a, const struct origin *o)
{
	const struct flaw *f = flaw_of_program(o);

	return CAT(a, quoted(a, "technique", str_of(f->technique)),
	    quoted(a, "control", str_of(f->control)));
}

/* Why so sure, or not. */
static struct str
reasons(struct arena *a, const struct origin *o)
{
	struct str list = o->event.n ? STR(",\"its start was seen\"") : STR("");

	if (o->parent.n)
		list = CAT(a, list, STR(","),
		    json_quote(
			a, CAT(a, STR("it was started by "), last_part(o->parent))));
	if (o->gaps)
		list = CAT(
		    a, list, STR(",\"each step that was not seen takes three tenths\""));
	return list.n ? CAT(a, STR(",\"why\":["), str_from(list, 1), STR("]")) : list;
}

void
evidence_origin(struct incident *in, const struct origin *o, struct arena *a)
{
	struct str path = STR(""), event = o->event.n ? o->event : STR("");
	unsigned conf = confidence(o);

	for (size_t i = 0; i < o->path_n; i++)
		path = CAT(a, path, STR(","), json_quote(a, o->path[i]));
	incident_root(in,
	    CAT(a, STR("\"vector\":"),
		o->injected ? STR("\"a program, and code put into others\"")
			    : STR("\"a program\""),
		quoted(a, "weakness", weakness(a, o)), flaw(a, o),
		quoted(a, "event", event), quoted(a, "file_event", o->file_event),
		STR(",\"process\":{\"executable\":"), json_quote(a, o->executable),
		quoted(a, "entity_id", o->entity), quoted(a, "started_by", o->parent),
		STR("},\"path\":["), str_from(path, path.n ? 1 : 0), STR("]"),
		gap_list(a, o), reasons(a, o),
		arena_fmt(a, ",\"conf\":%u.%02u", conf / 100, conf % 100)),
	    o->ns);
}
