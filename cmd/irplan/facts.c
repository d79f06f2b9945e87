#include "facts.h"

#include "lair.h"
#include "finds.h"

struct set {
	const char *name, *types, *roles;
	enum { ANY, HELD, SEEN, STRUCK, PLANTED, PLACE, MISUSED } also;
	const char *about;
};

static const struct set sets[] = {
    {"attacker_ip", "ip cidr", "attacker", ANY, "addresses that attacked"},
    {"attacker_domain", "domain", "attacker tool", ANY, "domains of the attacker"},
    {"victim_host", "host", "victim pivot", ANY, "hosts that were attacked"},
    {"compromised_host", "host", "victim pivot", HELD, "hosts that the attacker is on"},
    {"struck_host", "host", "victim pivot", STRUCK,
	"hosts that the attacker is on, left something on, or changed files of"},
    {"known_source", "source", "known", ANY,
	"machines and networks of the owner's that the incident is about"},
    {"target_account", "user", "victim", ANY, "accounts that were attacked"},
    {"acting_account", "user", "victim pivot attacker", SEEN,
	"accounts that were seen to act"},
    {"taken_account", "user", "victim pivot attacker", HELD,
	"accounts that the attacker logged on with"},
    {"created_account", "user", "tool", ANY, "accounts that the attacker made"},
    {"planted_file", "file", "tool", PLANTED, "files that the attacker left"},
    {"planted_job", "job file service", "tool", PLACE,
	"jobs, units and start-up files that the attacker left"},
    {"planted_key", "key", "tool", ANY, "keys that the attacker added"},
    {"stolen_key", "key", "victim", ANY, "keys of the site in the attacker's hands"},
    {"malware_process", "process", "tool", ANY, "processes of the attacker"},
    {"tool_url", "url", "tool", MISUSED,
	"addresses on our web servers that were misused"},
    {"bad_mail", "mail", "attacker tool", ANY, "senders and messages of a phishing wave"},
    {"weak_package", "asset service", "victim", ANY, "packages with the weakness used"},
    {"touched_path", "file", "victim", ANY,
	"files and directories of ours that were changed"},
};

static const struct {
	const char *name, *field, *about;
} values[] = {
    {"success", "ir.success", "yes, no or unknown: did the attack work"},
    {"class", "ir.incident.class", "class of the incident"},
    {"severity", "ir.severity", "severity of the incident"},
    {"score", "ir.score.value", "score of the incident, 0 to 100"},
    {"criticality", "ir.asset.criticality", "of the asset, 1 to 5"},
    {"incident", "ir.incident.id", "id of the incident"},
    {"foothold", NULL,
	"yes, if the attacker could run something on a host of ours; else no"},
    {"from_inside", NULL, "yes, if nobody from outside is in it; else no"},
    {"benign", NULL,
	"yes, if its sources are known to the owner and nothing worked; else no"},
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static bool
among(const char *words, struct str word)
{
	struct str all = str_of(words);

	while (all.p)
		if (str_eq(str_cut(&all, ' '), word))
			return true;
	return false;
}

static const struct set *
set_of(struct str name)
{
	for (size_t i = 0; i < COUNT(sets); i++)
		if (str_eq(name, str_of(sets[i].name)))
			return &sets[i];
	return NULL;
}

bool
facts_is_set(struct str name)
{
	return set_of(name) != NULL;
}

const char *
facts_about(struct str name)
{
	const struct set *s = set_of(name);

	for (size_t i = 0; !s && i < COUNT(values); i++)
		if (str_eq(name, str_of(values[i].name)))
			return values[i].about;
	return s ? s->about : NULL;
}

/* Has it been left something, or had files changed? */
static bool
struck(const struct facts *f, struct str host)
{
	for (size_t i = 0; i < f->n; i++) {
		struct str type = node_text(node_get(f->entity[i], STR("type")));

		if (type.p && among("file process job", type) &&
		    str_eq(node_text(node_get(f->entity[i], STR("host"))), host))
			return true;
	}
	return false;
}

static bool
belongs(const struct facts *f, const struct set *s, const struct node *e)
{
	struct str type = node_text(node_get(e, STR("type")));
	struct str role = node_text(node_get(e, STR("role")));
	struct str value = node_text(node_get(e, STR("value")));
	bool start = !str_eq(type, STR("file")) || lair_kind(value).p;

	if (!type.p || !role.p || !among(s->types, type) || !among(s->roles, role))
		return false;
	switch (s->also) {
	case ANY:
		return true;
	case HELD:
		return node_true(node_get(e, STR("held"))) &&
		       str_eq(f->success, STR("yes"));
	case STRUCK:
		return node_true(node_get(e, STR("held"))) || struck(f, value);
	case SEEN:
		return str_eq(node_text(node_get(e, STR("prov"))), STR("observed"));
	case PLANTED:
		return !start && value.n > 1 && value.p[0] == '/' &&
		       node_true(node_get(e, STR("made")));
	case PLACE:
		return start;
	case MISUSED:
		return f->places == 0 || node_true(node_get(e, STR("misused")));
	}
	return false;
}

const struct node *
facts_each(const struct facts *f, struct str name, size_t *at)
{
	const struct set *s = set_of(name);

	while (s && *at < f->n) {
		const struct node *e = f->entity[(*at)++];

		if (node_text(node_get(e, STR("value"))).n && belongs(f, s, e))
			return e;
	}
	return NULL;
}

struct str
facts_role(const struct facts *f, struct str address)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(node_text(node_get(f->entity[i], STR("type"))), STR("ip")) &&
		    str_eq(node_text(node_get(f->entity[i], STR("value"))), address))
			return node_text(node_get(f->entity[i], STR("role")));
	return STR_NONE;
}

bool
facts_tactic(const struct facts *f, const char *tactics)
{
	for (size_t i = 0; i < node_count(f->attack); i++) {
		struct str t = node_text(node_get(node_at(f->attack, i), STR("tactic")));

		if (t.n && among(tactics, t))
			return true;
	}
	return false;
}

/* Somebody who only read a mailbox is on no host of ours. */
static bool
foothold(const struct facts *f)
{
	return str_eq(f->success, STR("yes")) &&
	       (f->shell || facts_tactic(f, "execution persistence privilege-escalation "
					    "defense-evasion command-and-control "
					    "lateral-movement impact"));
}

struct str
facts_value(const struct facts *f, struct str name)
{
	struct str own = node_text(node_get(
	    node_get(f->playbook, CAT(f->a, STR("__"), name, STR("__"))), STR("value")));

	if (str_eq(name, STR("foothold")))
		return foothold(f) ? STR("yes") : STR("no");
	if (str_eq(name, STR("from_inside")))
		return f->outside ? STR("no") : STR("yes");
	if (str_eq(name, STR("benign")))
		return f->benign ? STR("yes") : STR("no");
	for (size_t i = 0; i < COUNT(values); i++)
		if (values[i].field && str_eq(name, str_of(values[i].name)))
			return node_text(node_path(f->rec, str_of(values[i].field)));
	return own;
}

/* --- reading --- */

struct entity {
	struct node *n;
	size_t room;
};

static struct entity
entity(struct arena *a)
{
	struct entity e = {arena_zero(a, sizeof(struct node)), 12};

	e.n->type = NODE_MAP;
	e.n->kids = arena_zero(a, e.room * sizeof(struct node));
	e.n->keys = arena_zero(a, e.room * sizeof(struct node));
	return e;
}

static void
put(struct entity *e, const char *key, struct str value, enum node_type type)
{
	if (value.n == 0 || e->n->n == e->room)
		return;
	e->n->keys[e->n->n] = (struct node){.type = NODE_TEXT, .text = str_of(key)};
	e->n->kids[e->n->n++] = (struct node){.type = type, .text = value};
}

/* The incident's own word about an account on a host: is it in the attacker's hands? */
static bool
held(const struct facts *f, const struct find *v)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct node *e = f->entity[i];
		struct str host = node_text(node_get(e, STR("host")));

		if (str_eq(node_text(node_get(e, STR("type"))), STR("user")) &&
		    str_eq(node_text(node_get(e, STR("value"))), v->value) &&
		    (!host.p || str_eq(host, v->host)) &&
		    node_true(node_get(e, STR("held"))))
			return true;
	}
	return false;
}

/* Is it the attacker's doing, not that of somebody else whose logon is in the incident? */
static bool
hostile(const struct facts *f, const struct find *v)
{
	struct str role = facts_role(f, v->source);

	return v->made || v->source.n == 0 || str_eq(role, STR("attacker")) ||
	       str_eq(role, STR("pivot"));
}

static const struct {
	const char *type, *role;
} as[FIND_TYPES] = {
    [FIND_ACCOUNT] = {"user", "victim"},
    [FIND_KEY] = {"key", "victim"},
    [FIND_FILE] = {"file", "tool"},
    [FIND_JOB] = {"job", "tool"},
    [FIND_PROCESS] = {"process", "tool"},
    [FIND_PLACE] = {"url", "tool"},
    [FIND_DOMAIN] = {"domain", "attacker"},
    [FIND_TOUCHED] = {"file", "victim"},
    [FIND_ACTOR] = {"user", "victim"},
    [FIND_CWD] = {"directory", "witness"},
};

static void
add(struct facts *f, const struct find *v, struct str value, const char *prov)
{
	struct entity e = entity(f->a);
	bool tool = v->made && (v->type == FIND_ACCOUNT || v->type == FIND_KEY);

	put(&e, "type", str_of(as[v->type].type), NODE_TEXT);
	put(&e, "value", value, NODE_TEXT);
	put(&e, "host", v->host, NODE_TEXT);
	put(&e, "role", tool ? STR("tool") : str_of(as[v->type].role), NODE_TEXT);
	put(&e, "prov", str_of(prov), NODE_TEXT);
	put(&e, "event", v->event, NODE_TEXT);
	put(&e, "user", v->user, NODE_TEXT);
	put(&e, "more", v->more, NODE_TEXT);
	put(&e, "start", v->start, NODE_TEXT);
	put(&e, "sha256", v->sha256, NODE_TEXT);
	if (v->type == FIND_PLACE) {
		put(&e, "misused", STR("true"), NODE_BOOL);
		f->places++;
	}
	if (v->type == FIND_ACTOR)
		put(&e, "from", v->source, NODE_TEXT);
	else
		put(&e, v->type == FIND_ACCOUNT ? "held" : "made", STR("true"),
		    NODE_BOOL);
	if (f->n < f->room)
		f->entity[f->n++] = e.n;
}

void
facts_add(struct facts *f, const struct facts_more *v)
{
	struct entity e = entity(f->a);

	put(&e, "type", str_of(v->type), NODE_TEXT);
	put(&e, "value", v->value, NODE_TEXT);
	put(&e, "host", v->host, NODE_TEXT);
	put(&e, "role", str_of(v->role), NODE_TEXT);
	put(&e, "prov", str_of(v->prov), NODE_TEXT);
	put(&e, "more", v->more, NODE_TEXT);
	if (v->held)
		put(&e, "held", STR("true"), NODE_BOOL);
	if (f->n < f->room)
		f->entity[f->n++] = e.n;
}

/* The accounts of the record are known by it, unless the alerts know more. */
static bool
wanted(const struct facts *f, const struct find *v, const struct finds *all)
{
	const struct find *o;

	if (v->type == FIND_CWD)
		return false;
	if ((v->type == FIND_ACCOUNT || v->type == FIND_KEY) && !hostile(f, v))
		return false;
	if (v->type != FIND_KEY || !str_eq(v->value, STR("any")))
		return true;
	/* which of his keys is not known, but of another alert it is */
	for (size_t at = 0; (o = finds_next(all, f->id, &at));)
		if (o->type == FIND_KEY && o != v && str_eq(o->user, v->user) &&
		    str_eq(o->host, v->host))
			return false;
	return true;
}

static struct str
last_slash(struct str path, bool before)
{
	size_t at = str_rchr(path, '/');

	return at == STR_NPOS ? STR("")
	       : before       ? str_sub(path, 0, at)
			      : str_from(path, at);
}

/*
 * A web shell is known by its address.  Where a program that it started runs in a
 * directory of that name, there its file lies.
 */
static void
shell_file(struct facts *f, const struct find *place, const struct finds *all)
{
	struct str dir = last_slash(place->value, true);
	const struct find *o;
	struct find file = *place;

	if (!place->made || dir.n < 2)
		return;
	for (size_t at = 0; (o = finds_next(all, f->id, &at));)
		if (o->type == FIND_CWD && str_eq(o->host, place->host) &&
		    str_ends(o->value, dir)) {
			file.type = FIND_FILE;
			file.more = STR("");
			add(f, &file,
			    CAT(f->a, o->value, last_slash(place->value, false)),
			    "derived");
			return;
		}
}

static void
take(struct facts *f, const struct finds *finds)
{
	const struct find *v;

	for (size_t at = 0; (v = finds_next(finds, f->id, &at));) {
		bool account = v->type == FIND_ACCOUNT;

		f->shell |= account && hostile(f, v) &&
			    str_find(v->more, STR("ssh")) != STR_NPOS;
		if (v->type == FIND_PLACE)
			shell_file(f, v, finds);
		if (wanted(f, v, finds) && !(account && !v->made && held(f, v)))
			add(f, v, v->value, "observed");
	}
}

bool
facts_read(
    struct arena *a, const struct node *rec, const struct finds *finds, struct facts *f)
{
	const struct node *list = node_path(rec, STR("ir.entities"));
	size_t n = node_count(list);

	*f = (struct facts){.a = a, .rec = rec};
	if (!str_eq(node_text(node_path(rec, STR("ir.kind"))), STR("incident")))
		return false;
	f->id = node_text(node_path(rec, STR("ir.incident.id")));
	f->class = node_text(node_path(rec, STR("ir.incident.class")));
	f->severity = node_text(node_path(rec, STR("ir.severity")));
	f->state = node_text(node_path(rec, STR("ir.incident.state")));
	f->title = node_text(node_path(rec, STR("ir.incident.title")));
	f->success = node_text(node_path(rec, STR("ir.success")));
	f->attack = node_path(rec, STR("ir.attack"));
	f->alerts = node_path(rec, STR("ir.alerts"));
	f->outside = true;
	f->room = 3 * n + (FIND_TYPES + 1) * FINDS_OF;
	f->entity = arena_alloc(a, f->room * sizeof(*f->entity));
	for (size_t i = 0; i < n; i++)
		if (node_at(list, i)->type == NODE_MAP)
			f->entity[f->n++] = node_at(list, i);
	if (finds && f->id.p)
		take(f, finds);
	return true;
}

/* --- for conditions --- */

static const struct {
	const char *object, *key, *type;
} shapes[] = {{"ipv4-addr", "value", "ip cidr"}, {"ipv6-addr", "value", "ip cidr"},
    {"domain-name", "value", "domain"}, {"url", "value", "url"},
    {"email-addr", "value", "mail"}, {"user-account", "user_id", "user"},
    {"user-account", "account_login", "user"}, {"file", "name", "file"},
    {"process", "command_line", "process"}, {"process", "name", "process"},
    {"x-ir-host", "name", "host"}};

static bool
variable(struct str object, struct str *name)
{
	if (object.n < 5 || !str_starts(object, STR("__")) ||
	    !str_ends(object, STR("__")))
		return false;
	*name = str_sub(object, 2, object.n - 4);
	return true;
}

/* The i-th value of an object. */
static bool
value_at(struct facts *f, struct str object, struct str key, size_t i, struct str *value)
{
	struct str name;
	const struct node *e;

	if (variable(object, &name)) {
		if (!facts_is_set(name)) {
			*value = facts_value(f, name);
			return i == 0 && value->p;
		}
		for (size_t at = 0; (e = facts_each(f, name, &at));)
			if (i-- == 0) {
				*value = node_text(node_get(e, STR("value")));
				return value->p != NULL;
			}
		return false;
	}
	for (size_t k = 0; k < COUNT(shapes); k++) {
		if (!str_eq(object, str_of(shapes[k].object)) ||
		    (key.p && !str_eq(key, str_of(shapes[k].key))))
			continue;
		for (size_t n = 0; n < f->n; n++)
			if (among(shapes[k].type,
				node_text(node_get(f->entity[n], STR("type")))) &&
			    i-- == 0) {
				*value = node_text(node_get(f->entity[n], STR("value")));
				return value->p != NULL;
			}
		return false;
	}
	return false;
}

static size_t
objects(void *ctx, struct str object)
{
	struct str v;
	size_t n = 0;

	while (n < 1000 && value_at(ctx, object, STR_NONE, n, &v))
		n++;
	return n;
}

static bool
value(void *ctx, const struct stix_path *p, size_t i, size_t *at, struct str *v)
{
	return (*at)++ == 0 && value_at(ctx, p->object, p->key, i, v);
}

struct stix_source
facts_source(struct facts *f)
{
	return (struct stix_source){f, objects, value};
}
