#include "correlate.h"
#include "evidence.h"
#include "lru.h"
#include "union.h"

#define CROWD (SITE_NAT | SITE_PROXY)

static struct incident *
lookup(const struct correlate *c, enum link kind, struct str value, struct str host,
    const struct sighting *g)
{
	struct incident *in = links_get(c->links, kind, value, host);

	if (!in || g->ns > in->reach + c->window || g->ns < in->first - c->window)
		return NULL;
	return in;
}

/* Another incident to which a cause leads, too. */
static struct incident *
other_cause(const struct verdict *v)
{
	for (size_t i = 0; i < v->edges.n; i++)
		if (v->edges.v[i].joins && v->edges.v[i].in != v->in)
			return v->edges.v[i].in;
	return NULL;
}

/* An alert by an attacker's address on an account of another incident joins the two. */
static struct incident *
other_account(
    const struct correlate *c, const struct sighting *g, const struct verdict *v)
{
	struct incident *other = NULL;

	if (g->severity >= SEV_LOW && g->logon != LOGON_FAILED)
		other = lookup(c, LINK_USER, g->user, g->host, g);
	if (!other || other == v->in ||
	    crowd_count(c->crowd, CROWD_USER, g->user) >= LOGONS_MANY ||
	    (g->src.p && logons_known(c->logons, g->user, g->src, other->first)))
		return NULL;
	return other;
}

/* A web shell as the web server saw it, and as the host did. */
static struct incident *
other_side(const struct correlate *c, const struct sighting *g, const struct verdict *v)
{
	struct incident *other;

	if (g->severity < SEV_HIGH || !sighting_is(g, "T1505") ||
	    (g->src.p && (g->status < 200 || g->status >= 400)))
		return NULL;
	other = lookup(c, LINK_WEB, g->host, STR_NONE, g);
	return other != v->in ? other : NULL;
}

static void
join(struct correlate *c, const struct sighting *g, struct verdict *v)
{
	struct incident *other = other_cause(v), *older = v->in;

	if (!other)
		other = other_account(c, g, v);
	if (!other)
		other = other_side(c, g, v);
	if (!other || other->expected || older->expected ||
	    links_apart(c->links, older, other))
		return;
	if (other->first < older->first) {
		older = other;
		other = v->in;
	}
	union_make(older, other);
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
	return (g->src_roles & (SITE_MONITORING | SITE_BACKUP)) && g->logon != LOGON_OK &&
	       sighting_is(g, "T1110");
}

static struct verdict
open_one(struct correlate *c, const struct sighting *g)
{
	struct verdict v = {.why = "it opened the incident", .opened = true};

	if (((g->severity < c->opens || g->severity == SEV_INFO) && !knocks_in_vain(g) &&
		!seats_strange(c->seats, g)) ||
	    g->fold_of.p || !edges_passed(c, g))
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
		links_set(c->links, LINK_IP, g->src, STR_NONE, v.in, g->ns);
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
		(unsigned long long)crowd_hash(g->message)));
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

/* Where an alert belongs: to what it repeats, to what ties it most, else to itself. */
static struct verdict
place(struct correlate *c, const struct sighting *g, struct arena *a)
{
	struct verdict v = {.why = "repeats of a member",
	    .field = STR("ir.fold.of"),
	    .value = g->fold_of};
	double sum;

	v.in = links_get(
	    c->links, LINK_ALERT, g->fold_of.p ? g->fold_of : STR_NONE, STR_NONE);
	if (v.in)
		return v;
	edges_find(c, g, a, &v.edges);
	v.in = edges_best(&v.edges, &sum);
	v.why = NULL;
	return v.in ? v : open_one(c, g);
}

struct verdict
correlate_take(struct correlate *c, const struct sighting *g, struct arena *a)
{
	struct verdict v = {0};
	struct incident *in;

	logons_note(c->logons, g);
	seats_note(c->seats, c->site, g);
	edges_note(c, g);
	in = take_logon(c, g, a);
	if (!g->alert) {
		v.in = in;
		return v;
	}
	v = place(c, g, a);
	if (!v.in || (echo(c, g, a) && !v.opened))
		return v;
	if (!v.opened || sighting_is(g, "T1505"))
		join(c, g, &v);
	links_touch(c->links, v.in);
	evidence_alert(c, v.in, g, a);
	evidence_earlier(c, v.in, g, a);
	evidence_seat(c, v.in, g, a);
	return v;
}
