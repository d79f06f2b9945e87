#include "mem.h"
#include "sighting.h"

enum slot {
	S_KIND,
	S_ECS_KIND,
	S_ALERT,
	S_EVENTS,
	S_N,
	S_GROUP,
	S_FOLD_OF,
	S_FOLD_N,
	S_RULE,
	S_RULE_NAME,
	S_SEVERITY,
	S_START,
	S_TECHNIQUE,
	S_SUB,
	S_BENIGN,
	S_OBSERVED,
	S_SRC,
	S_DST,
	S_HOST,
	S_HOSTNAME,
	S_USER,
	S_AS,
	S_CATEGORY,
	S_ACTION,
	S_OUTCOME,
	S_DATASET,
	S_STATUS,
	S_PATH,
	S_FILE,
	S_MESSAGE,
	S_P,
	S_SCORE,
	S_CRITICALITY,
	S_ORG,
	S_QUESTION,
	S_DOMAIN,
	S_URL_DOMAIN,
	S_HASH,
	S_PROCESS_HASH,
	S_PROCESS,
	S_PARENT,
	S_SESSION,
	S_SUBJECT_SESSION,
	S_COUNT
};

static const char *const names[S_COUNT] = {"ir.kind", "event.kind", "ir.alert.id",
    "ir.alert.events", "ir.alert.n", "ir.alert.group", "ir.fold.of", "ir.fold.n",
    "rule.id", "rule.name", "ir.severity", "event.start", "threat.technique.id",
    "threat.technique.subtechnique.id", "ir.benign", "ir.observed", "source.ip",
    "destination.ip", "host.name", "host.hostname", "user.name", "user.effective.name",
    "event.category", "event.action", "event.outcome", "event.dataset",
    "http.response.status_code", "url.path", "file.path", "message", "ir.score.p",
    "ir.score.value", "ir.asset.criticality", "organization.name", "dns.question.name",
    "destination.domain", "url.domain", "file.hash.sha256", "process.hash.sha256",
    "process.entity_id", "process.parent.entity_id", "winlog.logon.id",
    "winlog.event_data.SubjectLogonId"};

struct sights {
	int slot[S_COUNT];
};

struct sights *
sights_new(struct filter_run *run)
{
	struct sights *s = mem_new(1, sizeof(*s));

	for (int i = 0; i < S_COUNT; i++)
		s->slot[i] = filter_slot(run, names[i]);
	return s;
}

void
sights_free(struct sights *s)
{
	mem_free(s);
}

/* The first of a list's texts, or the text. */
static struct str
text(const struct sights *s, struct rec *r, enum slot slot)
{
	struct str raw;
	size_t at = 0;

	if (!rec_each(r, s->slot[slot], &at, &raw))
		return STR_NONE;
	return str_sub(json_text(rec_arena(r), raw), 0, 256);
}

static bool
has(const struct sights *s, struct rec *r, enum slot slot, struct str word)
{
	struct str raw;

	for (size_t at = 0; rec_each(r, s->slot[slot], &at, &raw);)
		if (str_eq(json_text(rec_arena(r), raw), word))
			return true;
	return false;
}

/* An address in its one spelling; addresses of the machine itself count as none. */
static struct str
address(const struct sights *s, struct rec *r, enum slot slot, struct ip *ip)
{
	char out[IP_MAX];
	enum ip_scope scope;

	if (!ip_parse(text(s, r, slot), ip))
		return STR_NONE;
	scope = ip_scope(ip);
	if (scope == IP_LOOPBACK || scope == IP_UNSPECIFIED)
		return STR_NONE;
	return arena_copy(rec_arena(r), (struct str){out, ip_text(out, ip)});
}

static void
add_technique(struct sighting *g, struct str id)
{
	if (id.n < 5 || id.n > 9 || id.p[0] != 'T' || g->techniques_n == SIGHT_TECHNIQUES)
		return;
	for (size_t i = 0; i < g->techniques_n; i++)
		if (str_starts(g->techniques[i], id))
			return;
	g->techniques[g->techniques_n++] = id;
}

/* Sub-techniques first, then the techniques that have none here. */
static void
read_techniques(const struct sights *s, struct rec *r, struct sighting *g)
{
	static const enum slot slots[] = {S_SUB, S_TECHNIQUE};
	struct str raw;

	for (size_t i = 0; i < 2; i++)
		for (size_t at = 0; rec_each(r, s->slot[slots[i]], &at, &raw);)
			add_technique(g, json_text(rec_arena(r), raw));
}

static void
read_events(const struct sights *s, struct rec *r, struct sighting *g)
{
	struct str raw, id;
	int64_t n;

	for (size_t at = 0; rec_each(r, s->slot[S_EVENTS], &at, &raw);) {
		id = json_text(rec_arena(r), raw);
		if (!id.n || id.n > 64)
			continue;
		/* the first ones, and the last */
		if (g->events_n == SIGHT_EVENTS)
			g->events_n--;
		g->events[g->events_n++] = id;
		g->events_all++;
	}
	if (g->events_n == 0) {
		g->events[g->events_n++] = g->event;
		g->events_all = 1;
	}
	if (rec_i64(r, s->slot[S_N], &n) && n > 0 && (uint64_t)n > g->events_all)
		g->events_all = (uint64_t)n;
}

static bool
grouped_by(const struct sights *s, struct rec *r, struct str field)
{
	struct str raw;

	for (size_t at = 0; rec_each(r, s->slot[S_GROUP], &at, &raw);)
		if (json_type(raw) == JSON_MAP &&
		    str_eq(json_text(
			       rec_arena(r), json_get(rec_arena(r), raw, STR("field"))),
			field))
			return true;
	return false;
}

static void
read_logon(const struct sights *s, struct rec *r, struct sighting *g)
{
	if (has(s, r, S_CATEGORY, STR("authentication"))) {
		if (has(s, r, S_OUTCOME, STR("success")))
			g->logon = LOGON_OK;
		else if (has(s, r, S_OUTCOME, STR("failure")))
			g->logon = LOGON_FAILED;
	}
	if (has(s, r, S_ACTION, STR("added-user-account")))
		g->created = g->user;
}

static bool
is_alert(const struct sights *s, struct rec *r)
{
	struct str kind = text(s, r, S_KIND), ecs = text(s, r, S_ECS_KIND);

	if (kind.p)
		return str_eq(kind, STR("alert"));
	return str_eq(ecs, STR("alert")) || str_eq(ecs, STR("signal"));
}

static struct str
either(const struct sights *s, struct rec *r, enum slot a, enum slot b)
{
	struct str v = text(s, r, a);

	return v.n ? v : text(s, r, b);
}

/* Sessions of the system itself are everybody's. */
static struct str
session(const struct sights *s, struct rec *r)
{
	static const char *const own[] = {"0x0", "0x3e3", "0x3e4", "0x3e5", "0x3e7"};
	struct str id = either(s, r, S_SESSION, S_SUBJECT_SESSION);

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (str_ieq(id, str_of(own[i])))
			return STR_NONE;
	return id;
}

/* What links records beside who and where. */
static void
read_links(const struct sights *s, struct rec *r, struct sighting *g)
{
	g->name_asked = either(s, r, S_QUESTION, S_DOMAIN);
	if (!g->name_asked.n)
		g->name_asked = text(s, r, S_URL_DOMAIN);
	g->hash = either(s, r, S_HASH, S_PROCESS_HASH);
}

/* What it is worth by those who looked at it before, and what ties it. */
static void
read_worth(const struct sights *s, struct rec *r, struct sighting *g)
{
	int64_t n;

	g->org = text(s, r, S_ORG);
	g->process = text(s, r, S_PROCESS);
	g->parent = text(s, r, S_PARENT);
	g->session = session(s, r);
	if (!rec_num(r, s->slot[S_P], &g->p) || !(g->p >= 0 && g->p <= 1))
		g->p = -1;
	if (!rec_num(r, s->slot[S_SCORE], &g->score) ||
	    !(g->score >= 0 && g->score <= 100))
		g->score = -1;
	if (rec_i64(r, s->slot[S_CRITICALITY], &n) && n >= 1 && n <= 5)
		g->criticality = (int)n;
}

static void
read_alert(const struct sights *s, struct rec *r, struct sighting *g)
{
	int64_t n;

	g->id = text(s, r, S_ALERT);
	if (!g->id.n || g->id.n > 64)
		g->id = g->event;
	g->rule = text(s, r, S_RULE);
	g->name = text(s, r, S_RULE_NAME);
	if (!severity_of(text(s, r, S_SEVERITY), &g->severity))
		g->severity = SEV_LOW;
	g->fold_of = text(s, r, S_FOLD_OF);
	if (g->fold_of.p && rec_i64(r, s->slot[S_FOLD_N], &n) && n > 0)
		g->n = (uint64_t)n;
	rec_time(r, s->slot[S_START], &g->start);
	if (g->start > g->ns)
		g->start = g->ns;
	g->by_user = grouped_by(s, r, STR("user.name")) &&
		     !grouped_by(s, r, STR("source.ip"));
	read_techniques(s, r, g);
	read_events(s, r, g);
	read_worth(s, r, g);
}

bool
sights_read(const struct sights *s, struct filter_run *run, struct rec *r,
    const struct site *site, struct sighting *g)
{
	int64_t ns, status;

	*g = (struct sighting){.n = 1, .p = -1, .score = -1};
	if (!filter_clock(run, r, &ns))
		return false;
	g->ns = g->start = ns;
	g->event = filter_event_id(run, r);
	g->src = address(s, r, S_SRC, &g->src_ip);
	g->src_roles = g->src.p ? site_roles(site, &g->src_ip) : 0;
	g->dst = address(s, r, S_DST, &g->dst_ip);
	g->observed = has(s, r, S_OBSERVED, STR("source.ip"));
	g->host = text(s, r, S_HOST);
	if (!g->host.p)
		g->host = text(s, r, S_HOSTNAME);
	g->user = text(s, r, S_USER);
	g->as = text(s, r, S_AS);
	g->dataset = text(s, r, S_DATASET);
	g->path = text(s, r, S_PATH);
	g->file = text(s, r, S_FILE);
	g->message = text(s, r, S_MESSAGE);
	if (rec_i64(r, s->slot[S_STATUS], &status))
		g->status = status;
	read_logon(s, r, g);
	read_links(s, r, g);
	g->alert = is_alert(s, r);
	if (g->alert)
		read_alert(s, r, g);
	g->expected = (g->src_roles & SITE_EXPECTED) != 0;
	return true;
}

bool
sighting_is(const struct sighting *g, const char *base)
{
	for (size_t i = 0; i < g->techniques_n; i++)
		if (str_starts(g->techniques[i], str_of(base)))
			return true;
	return false;
}
