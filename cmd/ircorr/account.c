#include "account.h"
#include "cause.h"
#include "score.h"
#include "sha256.h"
#include "when.h"

/* Keys are ours: nothing in them wants escaping. */
static void
name(struct buf *b, const char *key)
{
	buf_add(b, b->n && b->p[b->n - 1] != '{' ? STR(",\"") : STR("\""));
	buf_add(b, str_of(key));
	buf_add(b, STR("\":"));
}

static void
text(struct buf *b, const char *key, struct str value)
{
	if (value.n == 0)
		return;
	name(b, key);
	buf_json(b, value);
}

static void
number(struct buf *b, const char *key, uint64_t v)
{
	name(b, key);
	buf_u64(b, v);
}

static void
moment(struct buf *b, const char *key, int64_t ns)
{
	char out[WHEN_MAX];

	name(b, key);
	buf_ch(b, '"');
	buf_add(b, (struct str){out, when_text(out, ns)});
	buf_ch(b, '"');
}

static void
id_list(struct buf *b, const char *key, const struct ids *ids)
{
	if (ids_count(ids) == 0)
		return;
	name(b, key);
	for (size_t i = 0; i < ids_count(ids); i++) {
		buf_ch(b, i ? ',' : '[');
		buf_json(b, ids_at(ids, i));
	}
	buf_ch(b, ']');
}

static void
members(const struct incident *in, struct buf *b)
{
	name(b, "ir.alerts");
	buf_ch(b, '[');
	for (size_t i = 0; i < in->members_n; i++) {
		const struct member *m = &in->members[i];

		buf_add(b, i ? STR(",{") : STR("{"));
		text(b, "id", m->id);
		text(b, "rule", m->rule);
		text(b, "name", m->name);
		number(b, "score", m->score);
		number(b, "n", m->n);
		moment(b, "first", m->first);
		moment(b, "last", m->last);
		id_list(b, "events", &m->events);
		buf_ch(b, '}');
	}
	buf_ch(b, ']');
}

static void
entities(const struct incident *in, struct buf *b)
{
	static const char *const types[] = {"ip", "host", "user", "url", "file"};
	static const char *const roles[] = {
	    "unknown", "witness", "victim", "tool", "pivot", "attacker"};
	static const char *const provs[] = {"claimed", "derived", "observed"};

	name(b, "ir.entities");
	buf_ch(b, '[');
	for (size_t i = 0; i < in->entities_n; i++) {
		const struct entity *e = &in->entities[i];

		buf_add(b, i ? STR(",{") : STR("{"));
		text(b, "type", str_of(types[e->type]));
		text(b, "value", e->value);
		text(b, "host", e->host);
		text(b, "role", str_of(roles[e->role]));
		text(b, "prov", str_of(provs[e->prov]));
		if (e->held)
			buf_add(b, STR(",\"held\":true"));
		moment(b, "first", e->first);
		moment(b, "last", e->last);
		number(b, "n", e->n);
		buf_ch(b, '}');
	}
	buf_ch(b, ']');
}

static void
acts(const struct incident *in, struct buf *b)
{
	uint8_t order[INCIDENT_MAX];

	if (in->acts_n == 0)
		return;
	account_order(in, order);
	name(b, "ir.attack");
	buf_ch(b, '[');
	for (size_t n = 0; n < in->acts_n; n++) {
		size_t best = order[n];

		buf_add(b, n ? STR(",{") : STR("{"));
		text(b, "technique", in->acts[best].technique);
		text(b, "tactic", in->acts[best].tactic);
		id_list(b, "events", &in->acts[best].events);
		name(b, "conf");
		buf_fmt(
		    b, "%u.%02u", in->acts[best].conf / 100, in->acts[best].conf % 100);
		buf_ch(b, '}');
	}
	buf_ch(b, ']');
}

/* The values of a type: one as a text, several as a list. */
static void
values(const struct incident *in, const char *key, enum entity_type type,
    enum entity_role role, bool always_list, struct buf *b)
{
	size_t n = 0, at = 0;

	for (size_t i = 0; i < in->entities_n; i++)
		n += in->entities[i].type == type && in->entities[i].role >= role;
	if (n == 0)
		return;
	name(b, key);
	if (n > 1 || always_list)
		buf_ch(b, '[');
	for (size_t i = 0; i < in->entities_n; i++) {
		const struct entity *e = &in->entities[i];

		if (e->type != type || e->role < role)
			continue;
		if (at++)
			buf_ch(b, ',');
		buf_json(b, e->value);
	}
	if (n > 1 || always_list)
		buf_ch(b, ']');
}

static void
words(const struct incident *in, const struct attack *t, const char *key,
    void (*say)(const struct incident *, const struct attack *, struct buf *),
    struct buf *say_to, struct buf *b)
{
	buf_reset(say_to);
	say(in, t, say_to);
	text(b, key, buf_str(say_to));
}

void
account_write(const struct incident *in, const struct attack *t,
    const struct cover *cover, bool explain, struct buf *scratch, struct buf *b)
{
	static const char *const states[] = {
	    "open", "quiet", "closed", "merged", "split"};
	static const char *const success[] = {"no", "unknown", "yes"};

	buf_ch(b, '{');
	moment(b, "@timestamp", in->last);
	text(b, "ir.kind", STR("incident"));
	text(b, "ir.incident.id", str_of(in->id));
	number(b, "ir.version", in->version);
	text(b, "ir.incident.state", str_of(states[in->state]));
	text(b, in->state == STATE_SPLIT ? "ir.incident.from" : "ir.incident.into",
	    str_of(in->into));
	text(b, "ir.incident.class", judge_class(in, t));
	words(in, t, "ir.incident.title", account_title, scratch, b);
	words(in, t, "ir.incident.method", account_method, scratch, b);
	text(b, "ir.severity", severity_name(judge_severity(in, t)));
	text(b, "ir.success", str_of(success[judge_success(in, t)]));
	score_write(in, t, b);
	moment(b, "event.start", in->first);
	moment(b, "event.end", in->last);
	number(b, "event.duration", (uint64_t)(in->last - in->first));
	number(b, "ir.incident.alerts", in->n);
	values(in, "source.ip", ENT_IP, ROLE_PIVOT, false, b);
	values(in, "related.ip", ENT_IP, ROLE_UNKNOWN, true, b);
	values(in, "related.user", ENT_USER, ROLE_UNKNOWN, true, b);
	values(in, "related.hosts", ENT_HOST, ROLE_UNKNOWN, true, b);
	entities(in, b);
	members(in, b);
	acts(in, b);
	cause_write(in, t, cover, b);
	if (explain)
		buf_fmt(b,
		    ",\"ir.why\":[{\"by\":\"ircorr\",\"what\":\"highest alert %s, %zu "
		    "techniques, "
		    "success %s%s\"}]",
		    severity_name(in->top).p, in->acts_n, success[judge_success(in, t)],
		    in->expected ? ", only the owner's own machines" : "");
	buf_ch(b, '}');
}

void
account_event(
    const struct incident *in, const struct incident *other, bool merged, struct buf *b)
{
	const char *what = merged ? "incident-merged" : "incident-split";
	char id[33];

	sha256_id(id, 3, (struct str[]){str_of(what), str_of(in->id), str_of(other->id)});
	buf_ch(b, '{');
	moment(b, "@timestamp", other->last > in->last ? other->last : in->last);
	text(b, "ir.kind", STR("event"));
	text(b, "event.kind", STR("event"));
	text(b, "event.id", str_of(id));
	text(b, "event.dataset", STR("ircorr"));
	text(b, "event.action", str_of(what));
	text(b, "ir.incident.id", str_of(in->id));
	text(b, merged ? "ir.incident.merged" : "ir.incident.split", str_of(other->id));
	name(b, "message");
	buf_fmt(b, "\"incident %s was %s %s\"}", other->id,
	    merged ? "merged into" : "split off from", in->id);
}
