/* Records, text for people, diff and undo. */
#include <stdio.h>
#include <time.h>

#include "contain.h"
#include "escape.h"
#include "span.h"
#include "when.h"

#define CONTEXT 3 /* lines around a change */

static const char *const statuses[] = {
    [JOB_PLANNED] = "planned",
    [JOB_WAITING] = "waiting",
    [JOB_REFUSED] = "refused",
    [JOB_STOPPED] = "stopped",
    [JOB_APPLIED] = "applied",
    [JOB_ALREADY] = "already",
    [JOB_FAILED] = "failed",
    [JOB_UNDONE] = "undone",
    [JOB_EXPIRED] = "expired",
};

/* --- diff --- */

static void
lines(struct contain *c, struct buf *b, char mark, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		buf_ch(b, mark);
		buf_add(b, nft_line(c->arena, &c->picture, i));
		buf_ch(b, '\n');
	}
}

/* `at` is the element in the picture, which holds it: just put in, or not yet taken out. */
static void
diff(struct contain *c, struct job *j, size_t at, bool fresh, struct buf *b)
{
	size_t all = nft_lines(&c->picture), line = nft_line_of(&c->picture, at);
	size_t from = line > CONTEXT ? line - CONTEXT : 0;
	size_t to = line + 1 + CONTEXT < all ? line + 1 + CONTEXT : all;

	if (!c->picture.readable && fresh)
		buf_add(b, STR("# without the privilege to read it, the present state is "
			       "taken for empty\n"));
	buf_add(b, STR("--- table inet ir (now)\n+++ table inet ir (then)\n"));
	if (fresh) {
		buf_fmt(b, "@@ -0,0 +1,%zu @@\n", all);
		lines(c, b, '+', 0, all);
		return;
	}
	buf_fmt(b, "@@ -%zu,%zu +%zu,%zu @@\n", from + 1, to - from - !j->lift, from + 1,
	    to - from - j->lift);
	lines(c, b, ' ', from, line);
	lines(c, b, j->lift ? '-' : '+', line, line + 1);
	lines(c, b, ' ', line + 1, to);
}

void
show_change(struct contain *c, struct job *j, size_t at, bool fresh)
{
	struct buf b = buf_make((size_t)1 << 20);
	struct nft was = {.readable = true, .present = !fresh};
	struct nft_elem one = {.net = j->a.net, .timeout_s = j->a.ttl_s};

	diff(c, j, at, fresh, &b);
	j->diff = arena_copy(c->arena, buf_str(&b));
	buf_reset(&b);
	nft_change(&b, &was, &one, !j->lift, &j->a.net, j->lift, false);
	j->change = arena_copy(c->arena, buf_str(&b));
	buf_free(&b);
}

/* --- undo --- */

/* As a shell reads it. */
static void
quoted(struct buf *b, const char *s)
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
undo(struct contain *c, const struct job *j)
{
	struct buf b = buf_make(8192);
	char net[IP_MAX], span[SPAN_MAX];
	struct str s;

	net_text(net, &j->a.net);
	buf_add(&b, STR("ircontain --apply"));
	if (effect_state(c->run)) {
		buf_add(&b, STR(" --state "));
		quoted(&b, c->dir);
	}
	if (j->lift)
		buf_fmt(&b, " --block %s --ttl %s --reason 'undo of an unblock'", net,
		    span_text(span, (j->a.ttl_s ? j->a.ttl_s : 14400) * 1000));
	else if (j->deed)
		buf_fmt(&b, " --undo %s", j->deed->id);
	else
		buf_fmt(&b, " --unblock %s", net);
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
	return j->a.what == DO_BLOCK_IP &&
	       (j->status == JOB_PLANNED || j->status == JOB_APPLIED ||
		   j->status == JOB_UNDONE || (j->status == JOB_ALREADY && j->deed));
}

static int64_t
expires(const struct contain *c, const struct job *j)
{
	if (j->deed)
		return j->deed->until_ns;
	return j->a.ttl_s && j->status == JOB_PLANNED ? c->now + j->a.ttl_s * WHEN_S : 0;
}

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
record(struct contain *c, const struct job *j, struct buf *b)
{
	char at[WHEN_MAX], until[WHEN_MAX];

	when_text(at, c->now);
	buf_fmt(b, "{\"ir.kind\":\"action\",\"@timestamp\":\"%s\"", at);
	if (j->deed)
		text(b, "ir.action.id", str_of(j->deed->id));
	text(b, "ir.action.key", str_of(j->a.key));
	text(b, "ir.action.status", str_of(statuses[j->status]));
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
	text(b, "ir.plan.id", j->plan);
	text(b, "ir.incident.id", j->incident);
	if (j->status == JOB_APPLIED || j->status == JOB_UNDONE)
		buf_fmt(
		    b, ",\"ir.action.ms\":%lld", (long long)(clock_ms() - c->began_ms));
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
people(struct contain *c, const struct job *j, struct buf *b)
{
	char until[WHEN_MAX], span[SPAN_MAX], net[IP_MAX];

	buf_fmt(b, "%-8s %s ", statuses[j->status], verb(j));
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
show_job(struct contain *c, const struct job *j)
{
	struct buf b = buf_make((size_t)4 << 20);

	if (c->set->format && strcmp(c->set->format, "text") == 0)
		people(c, j, &b);
	else
		record(c, j, &b);
	effect_emit(c->run, buf_str(&b));
	buf_free(&b);
}
