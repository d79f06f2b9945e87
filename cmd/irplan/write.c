#include "sha256.h"
#include "when.h"
#include "write.h"

struct slots
slots_of(struct filter_run *run)
{
	return (struct slots){
	    .kind = filter_slot(run, "ir.kind"),
	    .id = filter_slot(run, "ir.incident.id"),
	    .version = filter_slot(run, "ir.version"),
	    .class = filter_slot(run, "ir.incident.class"),
	    .title = filter_slot(run, "ir.incident.title"),
	    .success = filter_slot(run, "ir.success"),
	    .state = filter_slot(run, "ir.incident.state"),
	    .severity = filter_slot(run, "ir.severity"),
	    .entities = filter_slot(run, "ir.entities"),
	    .alerts = filter_slot(run, "ir.alerts"),
	    .time = filter_slot(run, "@timestamp"),
	    .event = filter_slot(run, "event.id"),
	    .action = filter_slot(run, "event.action"),
	    .outcome = filter_slot(run, "event.outcome"),
	    .category = filter_slot(run, "event.category"),
	    .user = filter_slot(run, "user.name"),
	    .host = filter_slot(run, "host.name"),
	    .technique = filter_slot(run, "threat.technique.id"),
	    .subtechnique = filter_slot(run, "threat.technique.subtechnique.id"),
	};
}

static struct str
text_or_empty(struct rec *rec, int slot)
{
	struct str s = rec_text(rec, slot);

	return s.p ? s : STR("");
}

static const struct node *
list(struct rec *rec, int slot)
{
	struct str raw = rec_raw(rec, slot);

	return raw.p ? node_json(rec_arena(rec), raw) : NULL;
}

bool
incident_read(const struct slots *s, struct rec *rec, struct incident *in)
{
	if (!str_eq(rec_text(rec, s->kind), STR("incident")))
		return false;
	*in = (struct incident){
	    .id = text_or_empty(rec, s->id),
	    .class = text_or_empty(rec, s->class),
	    .title = text_or_empty(rec, s->title),
	    .success = str_eq(rec_text(rec, s->success), STR("yes")),
	    .entities = list(rec, s->entities),
	    .alerts = list(rec, s->alerts),
	};
	return true;
}

/* 1 to 5; 0 for a word that is none. */
static int
rank(struct str severity)
{
	static const char *const words[] = {
	    "informational", "low", "medium", "high", "critical"};

	for (int i = 0; i < 5; i++)
		if (str_eq(severity, str_of(words[i])))
			return i + 1;
	return 0;
}

bool
incident_passed_over(const struct slots *s, struct rec *rec, struct str min_severity,
    void (*no)(void *ctx, struct str what, struct str why), void *ctx)
{
	struct str severity = rec_text(rec, s->severity), state = rec_text(rec, s->state);

	if (rank(severity) < rank(min_severity)) {
		no(ctx, severity, STR("incident is below --min-severity"));
		return true;
	}
	if (str_eq(state, STR("merged")) || str_eq(state, STR("split"))) {
		no(ctx, state, STR("another incident took this one's place"));
		return true;
	}
	return false;
}

static bool
says(struct rec *rec, int slot, struct str word)
{
	struct str raw;

	for (size_t at = 0; rec_each(rec, slot, &at, &raw);)
		if (str_eq(json_text(rec_arena(rec), raw), word))
			return true;
	return false;
}

void
alert_note(const struct slots *s, struct rec *rec, struct victims *v)
{
	struct str incident = rec_text(rec, s->id);
	struct victim who = {.user = rec_text(rec, s->user),
	    .host = rec_text(rec, s->host),
	    .event = rec_text(rec, s->event)};
	bool iam = says(rec, s->category, STR("iam"));
	bool login = says(rec, s->category, STR("authentication"));

	if (!incident.p || who.user.n == 0 || who.user.n > 64 || who.host.n > 255 ||
	    who.event.n > 64)
		return;
	who.created = iam && (says(rec, s->action, STR("added-user-account")) ||
				 says(rec, s->technique, STR("T1136")));
	if (who.created || (login && says(rec, s->outcome, STR("success"))))
		victims_note(v, incident, &who);
}

static void
plan_id(struct str incident, const struct steps *s, char id[PLAN_ID])
{
	struct buf keys = buf_make(SIZE_MAX);

	for (size_t i = 0; i < s->n; i++)
		buf_add(&keys, str_of(s->v[i].key));
	sha256_id(id, 3, (struct str[]){STR("plan"), incident, buf_str(&keys)});
	buf_free(&keys);
}

static void
member(struct buf *b, const char *name, struct str raw)
{
	if (raw.p)
		buf_fmt(b, ",\"%s\":" STR_FMT, name, STR_ARG(raw));
}

static void
text_member(struct buf *b, const char *name, struct str text)
{
	if (!text.p)
		return;
	buf_fmt(b, ",\"%s\":", name);
	buf_json(b, text);
}

struct str
plan_write(const struct slots *s, struct rec *rec, const struct incident *in,
    const struct steps *steps, struct past *past, struct str by, int64_t expires_ns)
{
	struct arena *a = rec_arena(rec);
	struct buf list_ = buf_make(SIZE_MAX), b = buf_make(SIZE_MAX);
	char id[PLAN_ID], hash[PLAN_HASH], expires[WHEN_MAX];
	struct plan plan = {.incident = in->id, .by = by};
	struct str made;

	plan_id(in->id, steps, id);
	when_text(expires, expires_ns);
	plan.id = str_of(id);
	plan.expires = str_of(expires);
	rec_i64(rec, s->version, &plan.version);
	for (size_t i = 0; i < steps->n; i++) {
		buf_ch(&list_, i ? ',' : '[');
		action_write(&steps->v[i], &list_);
	}
	buf_ch(&list_, ']');
	plan_hash(a, &plan, buf_str(&list_), hash);

	buf_add(&b, STR("{\"ir.kind\":\"plan\""));
	member(&b, "@timestamp", rec_raw(rec, s->time));
	text_member(&b, "ir.plan.id", plan.id);
	text_member(&b, "ir.plan.hash", str_of(hash));
	text_member(&b, "ir.plan.expires", plan.expires);
	text_member(&b, "ir.plan.by", plan.by);
	text_member(&b, "ir.plan.replaces", past_plan(past, in->id));
	text_member(&b, "ir.plan.playbook", STR("composed"));
	text_member(&b, "ir.plan.why", action_cut(in->title, ACTION_TEXT));
	text_member(&b, "ir.incident.id", in->id);
	buf_fmt(&b, ",\"ir.incident.version\":%lld", (long long)plan.version);
	member(&b, "ir.severity", rec_raw(rec, s->severity));
	member(&b, "ir.plan.steps", buf_str(&list_));
	buf_ch(&b, '}');
	made = arena_copy(a, buf_str(&b));
	past_note_plan(past, in->id, id);
	for (size_t i = 0; i < steps->n; i++)
		past_note_step(past, in->id, steps->v[i].key);
	buf_free(&list_);
	buf_free(&b);
	return made;
}
