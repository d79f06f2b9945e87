/*
 * Attack Flow 2: an incident as a bundle of STIX 2.1.
 *
 * Ids are UUIDs of version 5 made of the incident's id, so that the same incident gives
 * the same objects; addresses and accounts have the ids that STIX gives them.
 */
#include <stdio.h>

#include "draw.h"
#include "sha256.h"
#include "when.h"

#define EXTENSION "extension-definition--fb9c968a-745b-4ade-9b25-c324172197f4"
#define CENTER    "identity--d673f8cb-c168-42da-8ed4-0cb26725f86c"
#define OWN       "identity--9c3dd7b0-25a3-5b6c-9a3c-0e5f1f2b7d11"
#define UUID      37

struct bundle {
	struct buf *b;
	const struct flow *f;
	const struct attack *attack;
	char created[WHEN_MAX], modified[WHEN_MAX];
	unsigned n; /* objects so far */
};

/* Name spaces: that of STIX for observables, that of URLs for the rest. */
static const uint8_t of_stix[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c,
    0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
static const uint8_t of_urls[16] = {0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80,
    0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

static void
uuid5(char out[UUID], struct arena *a, const uint8_t space[16], struct str name)
{
	uint8_t h[SHA1_SIZE];

	sha1_of(CAT(a, (struct str){(const char *)space, 16}, name), h);
	h[6] = (h[6] & 0x0f) | 0x50;
	h[8] = (h[8] & 0x3f) | 0x80;
	snprintf(out, UUID,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", h[0],
	    h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9], h[10], h[11], h[12],
	    h[13], h[14], h[15]);
}

/* The id of the incident's `n`th object of a type. */
static struct str
id_of(const struct bundle *u, const char *type, size_t n)
{
	struct arena *a = u->f->a;
	char id[UUID];

	uuid5(id, a, of_urls,
	    CAT(a, STR("urn:irutils:"), u->f->in->id, arena_fmt(a, ":%s:%zu", type, n)));
	return CAT(a, str_of(type), STR("--"), str_of(id));
}

/* --- objects --- */

static void
text(struct bundle *u, const char *key, struct str value)
{
	if (!value.n)
		return;
	buf_fmt(u->b, ",\"%s\":", key);
	buf_json(u->b, value);
}

static void
begin(struct bundle *u, const char *type, struct str id)
{
	buf_fmt(u->b,
	    "%s{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\"",
	    u->n++ ? "," : "", type, STR_ARG(id));
}

/* What every object that somebody makes has. */
static void
begin_made(struct bundle *u, const char *type, struct str id)
{
	begin(u, type, id);
	buf_fmt(u->b, ",\"created_by_ref\":\"%s\",\"created\":\"%s\",\"modified\":\"%s\"",
	    OWN, u->created, u->modified);
}

static void
begin_flow(struct bundle *u, const char *type, struct str id)
{
	begin_made(u, type, id);
	buf_add(u->b,
	    STR(",\"extensions\":{\"" EXTENSION "\":{\"extension_type\":\"new-sdo\"}}"));
}

static void
end(struct bundle *u)
{
	buf_ch(u->b, '}');
}

/* Who wrote it, and what Attack Flow is. */
static void
authors(struct bundle *u)
{
	static const char since[] = ",\"created\":\"2022-08-02T19:34:35.143Z\","
				    "\"modified\":\"2022-08-02T19:34:35.143Z\"";

	begin(u, "identity", STR(OWN));
	buf_fmt(u->b, "%s,\"name\":\"irutils\",\"identity_class\":\"system\"}", since);
	begin(u, "identity", STR(CENTER));
	buf_fmt(u->b,
	    "%s,\"name\":\"MITRE Center for Threat-Informed Defense\","
	    "\"identity_class\":\"organization\"}",
	    since);
	begin(u, "extension-definition", STR(EXTENSION));
	buf_fmt(u->b,
	    ",\"created_by_ref\":\"" CENTER "\"%s,\"name\":\"Attack Flow\","
	    "\"schema\":\"https://center-for-threat-informed-defense.github.io/"
	    "attack-flow/stix/attack-flow-schema-2.0.0.json\",\"version\":\"2.0.0\","
	    "\"extension_types\":[\"new-sdo\"]}",
	    since);
}

/* --- assets --- */

/* An observable: its id is made of the one member that tells it apart. */
static struct str
observable(struct bundle *u, const char *type, const char *key, struct str value)
{
	struct arena *a = u->f->a;
	struct buf is = buf_make(64 * 1024);
	struct str id;
	char uuid[UUID];

	buf_fmt(&is, "{\"%s\":", key);
	buf_json(&is, value);
	buf_ch(&is, '}');
	uuid5(uuid, a, of_stix, buf_str(&is));
	buf_free(&is);
	id = CAT(a, str_of(type), STR("--"), str_of(uuid));
	begin(u, type, id);
	text(u, key, value);
	end(u);
	return id;
}

/* Accounts of one name on several hosts are one account to STIX. */
static bool
is_again(const struct bundle *u, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (u->f->v[i].kind == FLOW_THING &&
		    str_eq(u->f->v[i].type, u->f->v[at].type) &&
		    str_eq(u->f->v[i].value, u->f->v[at].value))
			return true;
	return false;
}

/* What the asset is in the words of STIX; absent where it has none. */
static struct str
object_of(struct bundle *u, const struct flow_node *v, size_t i)
{
	struct str id;

	if (is_again(u, i))
		return STR_NONE;
	if (str_eq(v->type, STR("ip")))
		return observable(u,
		    str_chr(v->value, ':') == STR_NPOS ? "ipv4-addr" : "ipv6-addr",
		    "value", v->value);
	if (str_eq(v->type, STR("user")))
		return observable(u, "user-account", "account_login", v->value);
	if (str_eq(v->type, STR("file")))
		return observable(u, "file", "name", v->value);
	if (!str_eq(v->type, STR("host")))
		return STR_NONE;
	id = id_of(u, "identity", i);
	begin_made(u, "identity", id);
	text(u, "name", v->value);
	buf_add(u->b, STR(",\"identity_class\":\"system\""));
	end(u);
	return id;
}

static void
related(struct bundle *u, const char *how, struct str from, struct str to, size_t n)
{
	begin_made(u, "relationship", id_of(u, "relationship", n));
	buf_fmt(u->b, ",\"relationship_type\":\"%s\"", how);
	text(u, "source_ref", from);
	text(u, "target_ref", to);
	end(u);
}

/* The machine from which the attacker works. */
static void
attacker(struct bundle *u, const struct flow_node *v, size_t i, struct str object)
{
	struct str id = id_of(u, "infrastructure", i);

	begin_made(u, "infrastructure", id);
	text(u, "name", v->value);
	text(u, "description", v->lines[1]);
	end(u);
	if (object.n)
		related(u, "consists-of", id, object, 2 * i);
	related(u, "related-to", id, id_of(u, "attack-flow", 0), 2 * i + 1);
}

static void
things(struct bundle *u)
{
	for (size_t i = 0; i < u->f->n; i++) {
		const struct flow_node *v = &u->f->v[i];
		struct str object;

		if (v->kind != FLOW_THING)
			continue;
		object = object_of(u, v, i);
		if (str_eq(v->role, STR("attacker"))) {
			attacker(u, v, i, object);
			continue;
		}
		begin_flow(u, "attack-asset", id_of(u, "attack-asset", i));
		text(u, "name", v->lines[0]);
		text(u, "description", v->lines[1]);
		text(u, "object_ref", object);
		end(u);
	}
}

/* --- actions --- */

static const char *
tactic_id(struct str tactic)
{
	static const struct {
		const char *name, *id;
	} all[] = {{"reconnaissance", "TA0043"}, {"resource-development", "TA0042"},
	    {"initial-access", "TA0001"}, {"execution", "TA0002"},
	    {"persistence", "TA0003"}, {"privilege-escalation", "TA0004"},
	    {"defense-evasion", "TA0005"}, {"credential-access", "TA0006"},
	    {"discovery", "TA0007"}, {"lateral-movement", "TA0008"},
	    {"collection", "TA0009"}, {"command-and-control", "TA0011"},
	    {"exfiltration", "TA0010"}, {"impact", "TA0040"}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (str_eq(tactic, str_of(all[i].name)))
			return all[i].id;
	return NULL;
}

static const struct node *
acts(const struct bundle *u)
{
	return node_path(u->f->in->rec, STR("ir.attack"));
}

/* The assets of the steps in which the technique was used. */
static void
assets(struct bundle *u, const struct node *events)
{
	const struct flow *f = u->f;
	bool used[FLOW_NODES] = {false}, any = false;

	for (size_t i = 0; i < f->edges; i++) {
		const struct flow_node *step = &f->v[f->e[i].from],
				       *to = &f->v[f->e[i].to];
		bool meets = false;

		if (step->kind != FLOW_STEP || to->kind != FLOW_THING ||
		    str_eq(to->role, STR("attacker")))
			continue;
		for (size_t k = 0; k < node_count(events) && !meets; k++)
			meets = flow_holds(step->events, node_text(node_at(events, k)));
		used[f->e[i].to] |= meets;
	}
	for (size_t i = 0; i < f->n; i++) {
		if (!used[i])
			continue;
		buf_add(u->b, any ? STR(",\"") : STR(",\"asset_refs\":[\""));
		buf_add(u->b, id_of(u, "attack-asset", i));
		buf_ch(u->b, '"');
		any = true;
	}
	if (any)
		buf_ch(u->b, ']');
}

static struct str
cited(struct bundle *u, struct str phrase, const struct node *events)
{
	struct str s = phrase;

	for (size_t i = 0; i < node_count(events); i++)
		s = CAT(
		    u->f->a, s, i ? STR(", ") : STR(" ["), node_text(node_at(events, i)));
	return node_count(events) ? CAT(u->f->a, s, STR("]")) : s;
}

/* When the steps began that the technique's events belong to. */
static void
began(struct bundle *u, const struct node *events)
{
	char at[WHEN_MAX];
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < u->f->n; i++)
		for (size_t k = 0; k < node_count(events); k++)
			if (u->f->v[i].kind == FLOW_STEP && u->f->v[i].first < first &&
			    flow_holds(u->f->v[i].events, node_text(node_at(events, k))))
				first = u->f->v[i].first;
	if (first != INT64_MAX)
		text(u, "execution_start", (struct str){at, when_text(at, first)});
}

static void
leads_to(struct bundle *u, const char *type, size_t n)
{
	buf_fmt(u->b, ",\"effect_refs\":[\"" STR_FMT "\"]", STR_ARG(id_of(u, type, n)));
}

/* `cause`: before which action the root cause had to hold. */
static void
action(struct bundle *u, size_t i, size_t n, size_t cause)
{
	const struct node *k = node_at(acts(u), i), *events = node_get(k, STR("events"));
	struct str id = node_text(node_get(k, STR("technique")));
	struct str tactic = node_text(node_get(k, STR("tactic")));
	const struct technique *known = attack_find(u->attack, id);
	const char *ta = tactic_id(tactic);
	int64_t conf = 0;
	struct str share = node_text(node_get(k, STR("conf")));

	begin_flow(u, "attack-action", id_of(u, "attack-action", i));
	text(u, "name", known ? known->name : id.n ? id : STR("Action"));
	text(u, "technique_id", id);
	text(u, "tactic_id", ta ? str_of(ta) : tactic);
	text(u, "description", cited(u, known ? known->phrase : id, events));
	/* a share with two places */
	if (share.n == 4 && str_i64(str_from(share, 2), &conf))
		buf_fmt(u->b, ",\"confidence\":%d", share.p[0] == '1' ? 100 : (int)conf);
	began(u, events);
	assets(u, events);
	if (i + 1 == cause && cause < n)
		leads_to(u, "attack-condition", 0);
	else if (i + 1 < n)
		leads_to(u, "attack-action", i + 1);
	end(u);
}

/* Before which action the weakness had to be there; `n`: none is known. */
static size_t
cause_at(const struct bundle *u, size_t n)
{
	const struct node *cause = node_path(u->f->in->rec, STR("ir.cause"));
	struct str event = node_text(node_get(cause, STR("event")));

	if (!node_text(node_get(cause, STR("weakness"))).n)
		return n;
	for (size_t i = 0; i < n; i++)
		if (flow_holds(node_get(node_at(acts(u), i), STR("events")), event))
			return i;
	return 0;
}

static void
condition(struct bundle *u, size_t at)
{
	const struct node *cause = node_path(u->f->in->rec, STR("ir.cause"));

	begin_flow(u, "attack-condition", id_of(u, "attack-condition", 0));
	text(u, "description",
	    CAT(u->f->a, STR("Root cause: "),
		node_text(node_get(cause, STR("weakness")))));
	buf_fmt(u->b, ",\"on_true_refs\":[\"" STR_FMT "\"]}",
	    STR_ARG(id_of(u, "attack-action", at)));
}

/* An incident whose alerts name no technique: what was set off, as one action. */
static void
plain_action(struct bundle *u)
{
	begin_flow(u, "attack-action", id_of(u, "attack-action", 0));
	text(u, "name", flow_text(u->f, "ir.incident.title"));
	text(u, "description", flow_text(u->f, "ir.incident.method"));
	end(u);
}

static void
flow(struct bundle *u, size_t cause, size_t n)
{
	struct str title = flow_text(u->f, "ir.incident.title");

	begin_flow(u, "attack-flow", id_of(u, "attack-flow", 0));
	text(u, "name", title.n ? title : u->f->in->id);
	text(u, "description", flow_text(u->f, "ir.incident.method"));
	buf_add(u->b, STR(",\"scope\":\"incident\",\"start_refs\":[\""));
	buf_add(u->b, n && cause == 0 ? id_of(u, "attack-condition", 0)
				      : id_of(u, "attack-action", 0));
	buf_add(u->b, STR("\"]"));
	end(u);
}

static void
stamp(char out[WHEN_MAX], struct str s)
{
	int64_t ns;

	when_text(out, s.n && when_parse(s, &ns) ? ns : 0);
}

void
attackflow_incident(struct buf *b, const struct flow *f, const struct attack *attack)
{
	struct bundle u = {.b = b, .f = f, .attack = attack};
	size_t n = node_count(acts(&u)), cause = cause_at(&u, n);

	stamp(u.created, flow_text(f, "event.start"));
	stamp(u.modified, flow_text(f, "@timestamp"));
	buf_fmt(b, "{\"type\":\"bundle\",\"id\":\"" STR_FMT "\",\"objects\":[",
	    STR_ARG(id_of(&u, "bundle", 0)));
	authors(&u);
	flow(&u, cause, n);
	things(&u);
	for (size_t i = 0; i < n; i++)
		action(&u, i, n, cause);
	if (n == 0)
		plain_action(&u);
	if (cause < n)
		condition(&u, cause);
	buf_add(b, STR("]}\n"));
}
