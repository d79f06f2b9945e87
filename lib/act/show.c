#include <stdio.h>

#include "escape.h"
#include "show.h"
#include "span.h"
#include "when.h"

/* --- undo --- */

/* As a shell reads it. */
void
show_quoted(struct buf *b, const char *s)
{
	buf_ch(b, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_add(b, STR("'\\''"));
		else
			buf_ch(b, *s);
	}
	buf_ch(b, '\'');
}

static struct str
undo(struct batch *c, const struct job *j)
{
	struct buf b = buf_make(8192);
	struct str s;

	buf_fmt(&b, "%s --apply", c->name);
	if (effect_state(c->run)) {
		buf_add(&b, STR(" --state "));
		show_quoted(&b, c->dir);
	}
	if (j->undo.n > 0) {
		buf_ch(&b, ' ');
		buf_add(&b, j->undo);
	} else {
		buf_fmt(&b, " --undo %s", j->deed && !j->lift ? j->deed->id : j->a.key);
	}
	s = arena_copy(c->arena, buf_str(&b));
	buf_free(&b);
	return s;
}

/* --- records --- */

static void
text(struct buf *b, const char *name, struct str s)
{
	if (s.n == 0)
		return;
	buf_fmt(b, ",\"%s\":", name);
	buf_json(b, s);
}

static const char *
verb(const struct job *j)
{
	const struct action_verb *v = action_verb(j->a.what);

	return j->lift && v->undo ? v->undo : v->name;
}

static bool
undoable(const struct job *j)
{
	if (!action_verb(j->a.what)->undo || (j->lift && j->undo.n == 0))
		return false;
	return j->status == JOB_PLANNED || j->status == JOB_APPLIED ||
	       j->status == JOB_UNDONE || (j->status == JOB_ALREADY && j->deed);
}

static int64_t
expires(const struct batch *c, const struct job *j)
{
	if (j->deed && j->deed->until_ns == INT64_MAX)
		return 0;
	if (j->deed)
		return j->deed->until_ns;
	return j->a.ttl_s && j->status == JOB_PLANNED ? c->now + j->a.ttl_s * WHEN_S : 0;
}

static void
record(struct batch *c, const struct job *j, struct buf *b)
{
	char at[WHEN_MAX], until[WHEN_MAX];

	when_text(at, c->now);
	buf_fmt(b, "{\"ir.kind\":\"action\",\"@timestamp\":\"%s\"", at);
	if (j->deed)
		text(b, "ir.action.id", str_of(j->deed->id));
	text(b, "ir.action.key", str_of(j->a.key));
	text(b, "ir.action.status", str_of(job_status_name(j->status)));
	text(b, "ir.action.do", str_of(verb(j)));
	buf_fmt(b, ",\"ir.action.target\":" STR_FMT, STR_ARG(j->a.target));
	text(b, "ir.action.on", j->a.on);
	text(b, "ir.action.phase", str_of(action_phase_name(j->a.phase)));
	text(b, "ir.action.risk", str_of(action_risk_name(j->a.risk)));
	text(b, "ir.action.why", j->a.why);
	text(b, "ir.action.reason.code", str_of(j->code));
	text(b, "ir.action.reason.text", j->text);
	if (j->a.ttl_s && !j->lift)
		buf_fmt(b, ",\"ir.action.ttl\":%lld", (long long)j->a.ttl_s);
	if (expires(c, j) && !j->lift) {
		when_text(until, expires(c, j));
		text(b, "ir.action.expires", str_of(until));
	}
	text(b, "ir.action.verify", str_of(j->verify));
	text(b, "ir.action.change", j->change);
	text(b, "ir.action.diff", j->diff);
	if (undoable(j))
		text(b, "ir.action.undo", undo(c, j));
	text(b, "ir.action.by", c->by);
	text(b, "ir.action.agreed", j->agreed);
	text(b, "ir.plan.id", j->plan);
	text(b, "ir.incident.id", j->incident);
	if (c->ledger)
		text(b, "ir.ledger.head", ledger_head(c->ledger));
	if (j->status == JOB_APPLIED || j->status == JOB_UNDONE)
		buf_fmt(b, ",\"ir.action.ms\":%lld",
		    (long long)(batch_clock_ms() - c->began_ms));
	buf_ch(b, '}');
}

/* --- text --- */

/* Our own lines; what is foreign in them was typed, and is escaped all the same. */
static void
block(struct buf *b, const char *name, struct str s)
{
	if (s.n == 0)
		return;
	for (bool first = true; s.p && s.n > 0; first = false) {
		struct str line = str_cut(&s, '\n');
		size_t tabs = 0;

		while (tabs < line.n && (line.p[tabs] == '\t' || line.p[tabs] == ' ' ||
					    line.p[tabs] == '+' || line.p[tabs] == '-'))
			tabs++;
		buf_fmt(b, "  %-7s ", first ? name : "");
		buf_add(b, str_sub(line, 0, tabs));
		escape_text(b, str_from(line, tabs));
		buf_ch(b, '\n');
	}
}

static void
people(struct batch *c, const struct job *j, struct buf *b)
{
	char until[WHEN_MAX], span[SPAN_MAX], net[IP_MAX];

	buf_fmt(b, "%-8s %s ", job_status_name(j->status), verb(j));
	if (j->a.net.ip.v) {
		net_text(net, &j->a.net);
		buf_add(b, str_of(net));
	} else {
		escape_text(b, j->a.target);
	}
	if (j->a.on.n) {
		buf_add(b, STR(" on "));
		escape_text(b, j->a.on);
	}
	if (j->a.ttl_s && !j->lift)
		buf_fmt(b, " for %s", span_text(span, j->a.ttl_s * 1000));
	if (expires(c, j) && !j->lift) {
		when_text(until, expires(c, j));
		buf_fmt(b, " until %s", until);
	}
	buf_ch(b, '\n');
	block(b, "why", j->a.why);
	block(b, "reason", j->text);
	if (j->deed)
		block(b, "id", str_of(j->deed->id));
	if (j->status == JOB_PLANNED) {
		block(b, "change", j->change);
		block(b, "diff", j->diff);
	}
	if (undoable(j))
		block(b, "undo", undo(c, j));
	if (b->n)
		b->n--; /* the last LF is added when it is written */
}

void
show_job(struct batch *c, const struct job *j)
{
	struct buf b = buf_make((size_t)4 << 20);

	if (c->set->format && strcmp(c->set->format, "text") == 0)
		people(c, j, &b);
	else
		record(c, j, &b);
	effect_emit(c->run, buf_str(&b));
	buf_free(&b);
}
