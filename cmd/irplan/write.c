#include "write.h"

#include "sha256.h"
#include "when.h"

/* From what it is about, so that a replay makes the same. */
static void
plan_id(struct str incident, const struct choice *c, char id[PLAN_ID])
{
	struct buf keys = buf_make(SIZE_MAX);

	for (size_t i = 0; i < c->n; i++)
		buf_add(&keys, str_of(c->v[i].key));
	buf_add(&keys, c->withdrawn);
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

static struct str
why(struct arena *a, const struct facts *f, const struct choice *c)
{
	struct str s = f->title.p ? f->title : STR("");

	if (c->why.n)
		s = CAT(a, s, s.n ? STR("; ") : STR(""), c->why);
	return action_cut(s, ACTION_TEXT);
}

static void
steps(const struct choice *c, struct buf *b)
{
	buf_ch(b, '[');
	for (size_t i = 0; i < c->n; i++) {
		if (i)
			buf_ch(b, ',');
		action_write(&c->v[i], b);
	}
	buf_ch(b, ']');
}

static void
body(struct buf *b, struct arena *a, struct str time, const struct facts *f,
    const struct choice *c, const struct plan *plan, struct str replaces)
{
	buf_add(b, STR("{\"ir.kind\":\"plan\""));
	member(b, "@timestamp", time);
	text_member(b, "ir.plan.id", plan->id);
	text_member(b, "ir.plan.hash", plan->hash);
	text_member(b, "ir.plan.expires", plan->expires);
	text_member(b, "ir.plan.by", plan->by);
	text_member(b, "ir.plan.replaces", replaces);
	if (c->empty)
		text_member(b, "ir.plan.state", STR("withdrawn"));
	text_member(b, "ir.plan.playbook", c->playbook);
	text_member(b, "ir.plan.why", why(a, f, c));
	text_member(b, "ir.incident.id", f->id);
	buf_fmt(b, ",\"ir.incident.version\":%lld", (long long)plan->version);
	text_member(b, "ir.severity", f->severity);
}

struct str
plan_write(struct rec *rec, struct str time, const struct facts *f,
    const struct choice *c, struct past *past, struct str by, int64_t expires_ns)
{
	struct arena *a = rec_arena(rec);
	struct buf list = buf_make(SIZE_MAX), b = buf_make(SIZE_MAX);
	char id[PLAN_ID], hash[PLAN_HASH], expires[WHEN_MAX];
	struct plan plan = {.incident = f->id, .by = by};
	struct str made;

	plan_id(f->id, c, id);
	when_text(expires, expires_ns);
	plan.id = str_of(id);
	plan.expires = str_of(expires);
	node_i64(node_path(f->rec, STR("ir.version")), &plan.version);
	steps(c, &list);
	plan_hash(a, &plan, buf_str(&list), hash);
	plan.hash = str_of(hash);
	body(&b, a, time, f, c, &plan, past_plan(past, f->id));
	member(&b, "ir.plan.steps", buf_str(&list));
	member(&b, "ir.plan.withdrawn", c->withdrawn);
	member(&b, "ir.plan.alternatives", c->alternatives);
	buf_ch(&b, '}');
	made = arena_copy(a, buf_str(&b));
	past_note_plan(past, f->id, id);
	for (size_t i = 0; i < c->n; i++)
		past_note_step(past, f->id, c->v[i].key);
	buf_free(&list);
	buf_free(&b);
	return made;
}
