#include "correlate.h"
#include "evidence.h"
#include "lru.h"
#include "map.h"

#define CROWD (SITE_NAT | SITE_PROXY)

/* An incident takes what comes within the window of what it has. */
static struct incident *
fresh(const struct correlate *c, struct incident *in, const struct sighting *g)
{
	if (!in || g->ns > in->last + c->window || g->ns < in->first - c->window)
		return NULL;
	return in;
}

static struct incident *
lookup(const struct correlate *c, enum link kind, struct str value, struct str host,
    const struct sighting *g)
{
	return fresh(c, links_get(c->links, kind, value, host), g);
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
	return CAT(a, g->src, STR(" "), g->user, STR(" "), g->host);
}

static bool
found(struct verdict *v, struct incident *in, const char *why, struct str field,
    struct str value)
{
	if (!in)
		return false;
	*v = (struct verdict){.in = in, .why = why, .field = field, .value = value};
	return true;
}

static bool
by_source(const struct correlate *c, const struct sighting *g, struct arena *a,
    struct verdict *v)
{
	struct str src = STR("source.ip");

	if (!g->src.p)
		return false;
	if (g->src_roles & CROWD)
		return found(v, lookup(c, LINK_TARGET, crowd_key(g, a), STR_NONE, g),
		    "the same account behind a shared address", src, g->src);
	if (logons_shared(c->logons, g->src))
		return false;
	if (found(v, lookup(c, LINK_IP, g->src, STR_NONE, g), "the attacker's address",
		src, g->src))
		return true;
	return (weighs(c, g) || g->logon == LOGON_OK) &&
	       found(v,
		   lookup(c, LINK_HOST, site_host_of(c->site, &g->src_ip), STR_NONE, g),
		   "comes from a host that was got into", src, g->src);
}

static bool
by_place(const struct correlate *c, const struct sighting *g, struct verdict *v)
{
	if (g->by_user && found(v, lookup(c, LINK_TARGET, g->user, g->host, g),
			      "the same account is tried", STR("user.name"), g->user))
		return true;
	if (g->dst.p &&
	    found(v, lookup(c, LINK_IP, g->dst, STR_NONE, g),
		"leads to the attacker's address", STR("destination.ip"), g->dst))
		return true;
	if (g->src.p)
		return false;
	if (found(v, lookup(c, LINK_USER, g->user, g->host, g),
		"an account that the attacker has", STR("user.name"), g->user))
		return true;
	if (!weighs(c, g))
		return false;
	return found(v, lookup(c, LINK_HOST, g->host, STR_NONE, g),
		   "a host that was got into", STR("host.name"), g->host) ||
	       (g->severity >= SEV_MEDIUM &&
		   found(v, lookup(c, LINK_WEB, g->host, STR_NONE, g),
		       "a host whose web service is under attack", STR("host.name"),
		       g->host));
}

/* An alert by an attacker's address on an account of another incident joins the two. */
static void
join(struct correlate *c, const struct sighting *g, struct verdict *v)
{
	struct incident *other = NULL, *older = v->in;

	if (g->severity >= SEV_LOW && !v->in->expected && g->logon != LOGON_FAILED)
		other = lookup(c, LINK_USER, g->user, g->host, g);
	if (!other || other == older || other->expected ||
	    (g->src.p && logons_known(c->logons, g->user, g->src, other->first)))
		return;
	if (other->first < older->first) {
		older = other;
		other = v->in;
	}
	incident_merge(older, other);
	other->state = STATE_MERGED;
	memcpy(other->into, older->id, sizeof(other->into));
	v->in = older;
	v->merged = other;
}

/*
 * A machine of the owner's whose logons fail is no attack, but a password or key of it
 * is out of date: whoever answers for it is to be told.
 */
static bool
knocks_in_vain(const struct sighting *g)
{
	return (g->src_roles & (SITE_MONITORING | SITE_BACKUP)) &&
	       g->logon == LOGON_FAILED && sighting_is(g, "T1110");
}

static struct verdict
open_one(struct correlate *c, const struct sighting *g, struct arena *a)
{
	struct verdict v = {.why = "it opened the incident", .opened = true};

	if (((g->severity < c->opens || g->severity == SEV_INFO) && !knocks_in_vain(g)) ||
	    g->fold_of.p)
		return (struct verdict){0};
	v.field = STR("rule.id");
	v.value = g->rule;
	v.in = incident_new(g->id);
	if (links_incident(c->links, str_of(v.in->id))) {
		/* the very same alert again */
		struct incident *in = links_incident(c->links, str_of(v.in->id));

		incident_free(v.in);
		v.in = in;
		v.opened = false;
		return v;
	}
	links_add(c->links, v.in);
	if (knocks_in_vain(g))
		links_set(c->links, LINK_IP, g->src, STR_NONE, v.in);
	if (g->src_roles & CROWD)
		links_set(c->links, LINK_TARGET, crowd_key(g, a), STR_NONE, v.in);
	return v;
}

/* One occurrence may be told by the host, by the log server and by its copies. */
static bool
echo(struct correlate *c, const struct sighting *g, struct arena *a)
{
	bool new;
	struct str key;

	if (!g->host.n || !g->message.n || g->fold_of.p)
		return false;
	key = CAT(a, g->rule, STR("\n"), g->host, STR("\n"),
	    arena_fmt(a, "%lld\n%016llx", (long long)g->ns,
		(unsigned long long)map_hash(g->message)));
	lru_put(c->seen, key, &new);
	return !new;
}

static struct incident *
take_logon(struct correlate *c, const struct sighting *g, struct arena *a)
{
	struct incident *in = NULL;

	if (g->logon != LOGON_OK || !g->src.p)
		return NULL;
	if (!(g->src_roles & CROWD) && !logons_shared(c->logons, g->src))
		in = lookup(c, LINK_IP, g->src, STR_NONE, g);
	if (!in)
		in = lookup(c, LINK_USER, g->user, g->host, g);
	if (!in)
		in = lookup(c, LINK_HOST, site_host_of(c->site, &g->src_ip), STR_NONE, g);
	return in && evidence_logon(c, in, g, a) ? in : NULL;
}

struct verdict
correlate_take(struct correlate *c, const struct sighting *g, struct arena *a)
{
	struct verdict v = {0};
	struct incident *in;

	logons_note(c->logons, g);
	in = take_logon(c, g, a);
	if (!g->alert) {
		v.in = in;
		return v;
	}
	in = links_get(
	    c->links, LINK_ALERT, g->fold_of.p ? g->fold_of : STR_NONE, STR_NONE);
	if (!found(&v, in, "repeats of a member", STR("ir.fold.of"), g->fold_of) &&
	    !by_source(c, g, a, &v) && !by_place(c, g, &v))
		v = open_one(c, g, a);
	if (!v.in || (echo(c, g, a) && !v.opened))
		return v;
	if (!v.opened)
		join(c, g, &v);
	evidence_alert(c, v.in, g);
	evidence_earlier(c, v.in, g, a);
	return v;
}
