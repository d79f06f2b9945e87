#include "facts.h"

#include "victims.h"

struct set {
	const char *name, *types, *roles;
	enum { ANY, HELD, PLACE, NO_PLACE } also;
	const char *about;
};

static const struct set sets[] = {
    {"attacker_ip", "ip cidr", "attacker", ANY, "addresses that attacked"},
    {"attacker_domain", "domain", "attacker tool", ANY, "domains of the attacker"},
    {"victim_host", "host", "victim", ANY, "hosts that were attacked"},
    {"compromised_host", "host", "victim pivot", HELD, "hosts that the attacker is on"},
    {"target_account", "user", "victim", ANY, "accounts that were attacked"},
    {"taken_account", "user", "victim pivot attacker", HELD,
	"accounts that the attacker logged on with"},
    {"created_account", "user", "tool", ANY, "accounts that the attacker made"},
    {"planted_file", "file", "tool", NO_PLACE, "files that the attacker left"},
    {"planted_job", "file service", "tool", PLACE,
	"jobs, units and start-up files that the attacker left"},
    {"planted_key", "key", "tool", ANY, "keys that the attacker added or used"},
    {"stolen_key", "key", "victim", ANY, "keys of the site in the attacker's hands"},
    {"malware_process", "process", "tool", ANY, "processes of the attacker"},
    {"tool_url", "url", "tool", ANY, "addresses on our web servers that were misused"},
    {"bad_mail", "mail", "attacker tool", ANY, "senders and messages of a phishing wave"},
    {"weak_package", "asset service", "victim", ANY, "packages with the weakness used"},
    {"touched_path", "file", "victim", ANY, "files of ours that were changed"},
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

struct str
facts_persistence(struct str path)
{
	static const struct {
		const char *head, *kind;
	} places[] = {{"/etc/cron", "cron"}, {"/var/spool/cron/", "cron"},
	    {"/var/spool/at", "at"}, {"/etc/systemd/", "systemd"},
	    {"/lib/systemd/", "systemd"}, {"/usr/lib/systemd/", "systemd"},
	    {"/run/systemd/", "systemd"}, {"/etc/init.d/", "rc"}, {"/etc/rc", "rc"},
	    {"/etc/profile", "profile"}, {"/etc/ld.so.preload", "ld-preload"},
	    {"/etc/sudoers", "sudoers"}, {"/etc/pam.d/", "pam"},
	    {"/etc/udev/rules.d/", "udev"}, {"/lib/udev/rules.d/", "udev"}};

	for (size_t i = 0; i < COUNT(places); i++)
		if (str_starts(path, str_of(places[i].head)))
			return str_of(places[i].kind);
	if (str_ends(path, STR("/authorized_keys")) ||
	    str_ends(path, STR("/authorized_keys2")))
		return STR("authorized-keys");
	if (str_ends(path, STR("/.bashrc")) || str_ends(path, STR("/.profile")) ||
	    str_ends(path, STR("/.bash_profile")))
		return STR("profile");
	return STR_NONE;
}

static bool
belongs(const struct facts *f, const struct set *s, const struct node *e)
{
	struct str type = node_text(node_get(e, STR("type")));
	struct str role = node_text(node_get(e, STR("role")));
	bool place = str_eq(type, STR("service")) ||
		     facts_persistence(node_text(node_get(e, STR("value")))).p;

	if (!type.p || !role.p || !among(s->types, type) || !among(s->roles, role))
		return false;
	switch (s->also) {
	case ANY:
		return true;
	case HELD:
		return node_true(node_get(e, STR("held"))) &&
		       str_eq(f->success, STR("yes"));
	case PLACE:
		return place;
	case NO_PLACE:
		return !place;
	}
	return false;
}

const struct node *
facts_each(const struct facts *f, struct str name, size_t *at)
{
	const struct set *s = set_of(name);

	while (s && *at < f->n) {
		const struct node *e = f->entity[(*at)++];

		if (belongs(f, s, e))
			return e;
	}
	return NULL;
}

struct str
facts_value(const struct facts *f, struct str name)
{
	struct str own = node_text(node_get(
	    node_get(f->playbook, CAT(f->a, STR("__"), name, STR("__"))), STR("value")));

	for (size_t i = 0; i < COUNT(values); i++)
		if (str_eq(name, str_of(values[i].name)))
			return node_text(node_path(f->rec, str_of(values[i].field)));
	return own;
}

/* --- reading --- */

static struct node *
leaf(struct node *to, const char *key, struct node *keys, struct str value,
    enum node_type type)
{
	*keys = (struct node){.type = NODE_TEXT, .text = str_of(key)};
	*to = (struct node){.type = type, .text = value};
	return to;
}

/* An account that only the alerts show, as an entity. */
static const struct node *
account(struct arena *a, const struct victim *v)
{
	struct node *n = arena_zero(a, sizeof(*n));

	n->type = NODE_MAP;
	n->kids = arena_zero(a, 7 * sizeof(struct node));
	n->keys = arena_zero(a, 7 * sizeof(struct node));
	leaf(&n->kids[0], "type", &n->keys[0], STR("user"), NODE_TEXT);
	leaf(&n->kids[1], "value", &n->keys[1], v->user, NODE_TEXT);
	leaf(&n->kids[2], "host", &n->keys[2], v->host, NODE_TEXT);
	leaf(&n->kids[3], "role", &n->keys[3], v->created ? STR("tool") : STR("victim"),
	    NODE_TEXT);
	leaf(&n->kids[4], "held", &n->keys[4], STR("true"), NODE_BOOL);
	leaf(&n->kids[5], "prov", &n->keys[5], STR("observed"), NODE_TEXT);
	leaf(&n->kids[6], "event", &n->keys[6], v->event, NODE_TEXT);
	n->n = v->event.p ? 7 : 6;
	return n;
}

static bool
listed(const struct facts *f, const struct victim *v)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct node *e = f->entity[i];
		struct str host = node_text(node_get(e, STR("host")));

		if (str_eq(node_text(node_get(e, STR("type"))), STR("user")) &&
		    str_eq(node_text(node_get(e, STR("value"))), v->user) &&
		    (!host.p || str_eq(host, v->host)) &&
		    (v->created ? str_eq(node_text(node_get(e, STR("role"))), STR("tool"))
				: node_true(node_get(e, STR("held")))))
			return true;
	}
	return false;
}

bool
facts_read(struct arena *a, const struct node *rec, const struct victims *victims,
    struct facts *f)
{
	const struct node *list = node_path(rec, STR("ir.entities"));
	const struct victim *v;
	size_t n = node_count(list), at = 0;

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
	f->entity = arena_alloc(a, (n + VICTIMS_OF) * sizeof(*f->entity));
	for (size_t i = 0; i < n; i++)
		if (node_at(list, i)->type == NODE_MAP)
			f->entity[f->n++] = node_at(list, i);
	while (victims && f->id.p && (v = victims_next(victims, f->id, &at)))
		if (!listed(f, v))
			f->entity[f->n++] = account(a, v);
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
