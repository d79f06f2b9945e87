/* One line: its header, the formats that may know it, what is left. */
#include <stdarg.h>
#include <stdio.h>

#include "carrier.h"
#include "guess.h"
#include "history.h"
#include "ids.h"
#include "login.h"
#include "norm.h"

#define BUDGET 20000 /* places tried for one line, over all patterns */

/* --- matching --- */

void
norm_trace(struct norm *n, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (!n->trace)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_add(n->trace, str_of(text));
}

static bool
needed(const struct format *f, struct str text)
{
	for (size_t i = 0; i < f->n_needs; i++)
		if (str_find(text, f->needs[i]) != STR_NPOS)
			return true;
	return f->n_needs == 0;
}

static bool
match_regex(struct norm *n, const struct rule *r, struct str text, struct hit *found)
{
	struct str group[REGEX_GROUPS];
	size_t groups = regex_groups(r->regex);

	if (str_find(text, r->need) == STR_NPOS)
		return false;
	switch (regex_find_in(r->regex, n->room, text, group, groups)) {
	case REGEX_NO:
		return false;
	case REGEX_LIMIT:
		n->ev.tags |= TAG_LIMIT;
		return false;
	case REGEX_YES:
		break;
	}
	found->n = 0;
	for (size_t g = 0; g < groups && found->n < MOTIF_CAPTURES; g++)
		if (r->regex_field[g] >= 0 && group[g].p)
			found->caps[found->n++] = (struct capture){r->regex_field[g],
			    r->regex_convert[g], MOTIF_VALUE, 0, group[g]};
	return true;
}

/* So many patterns are no longer simply tried: the literals of the text are asked first. */
#define TRIES_FEW 4

/* A text, and what was found out about it while a format is asked. */
struct asked {
	struct str text;
	uint64_t head;  /* its first bytes */
	int rare;       /* the byte that was looked for last, */
	bool has_rare;  /* and whether it is there */
	bool clean;     /* it holds no quotes */
	bool has_needs; /* one of the format's needs is there */
	unsigned tries;
};

/* What a glance tells; most patterns end here. */
static inline bool
may_fit(struct asked *q, const struct choice *c)
{
	if ((q->head & c->mask) != c->bytes)
		return false;
	if (c->rare < 0)
		return true;
	if (c->rare == '"' && q->clean)
		return false;
	if (c->rare != q->rare) {
		q->rare = c->rare;
		q->has_rare = memchr(q->text.p, c->rare, q->text.n) != NULL;
	}
	return q->has_rare;
}

static bool
try_choice(struct norm *n, struct asked *q, const struct choice *c, struct hit *found)
{
	if (!c->motif)
		return match_regex(n, c->rule, q->text, found);
	if (++q->tries > TRIES_FEW) {
		pick_text(&n->marks, q->text);
		if (!pick_seen(&n->marks, *c->literal))
			return false;
	}
	return motif_match(c->motif, q->text, found->caps, &found->n, &n->budget);
}

static void
trace_rule(struct norm *n, const struct rule *r, bool yes)
{
	norm_trace(n, "rule\t" STR_FMT "/" STR_FMT "\t%s\n", STR_ARG(r->format->name),
	    STR_ARG(r->id), yes ? "matches" : "no");
}

bool
norm_match(struct norm *n, const struct format *f, struct str text, struct hit *found)
{
	struct asked q = {.text = text, .rare = -1, .clean = event_clean(&n->ev, text)};

	if (text.n == 0 || !norm_allows(n, f) || (n->trace && !needed(f, text)))
		return false;
	memcpy(&q.head, text.p, text.n < 8 ? text.n : 8);
	for (const struct choice *c = f->choices[(unsigned char)text.p[0]]; c->rule;
	     c++) {
		if (may_fit(&q, c)) {
			if (!q.has_needs && !(q.has_needs = needed(f, text)))
				return false;
			if (try_choice(n, &q, c, found)) {
				if (n->trace)
					trace_rule(n, c->rule, true);
				found->rule = c->rule;
				found->text = text;
				return true;
			}
		}
		if (n->trace && c[1].rule != c->rule)
			trace_rule(n, c->rule, false);
	}
	if (n->budget == 0)
		n->ev.tags |= TAG_LIMIT;
	return false;
}

/* Those of a list before `end`. */
static bool
match_some(struct norm *n, const struct format *const *list,
    const struct format *const *end, struct str text, struct hit *found)
{
	for (; list != end; list++)
		if (norm_match(n, *list, text, found))
			return true;
	return false;
}

static bool
match_list(
    struct norm *n, const struct format *const *list, struct str text, struct hit *found)
{
	for (; list && *list; list++)
		if (norm_match(n, *list, text, found))
			return true;
	return false;
}

static bool
match_picked(struct norm *n, enum pick_list list, struct str text, struct hit *found)
{
	const struct format *f;
	size_t at = 0;

	pick_text(&n->marks, text);
	while ((f = pick_next(&n->marks, list, &at)))
		if (norm_match(n, f, text, found))
			return true;
	return false;
}

static bool
match_bare(struct norm *n, const struct origin *o, struct str text, struct hit *found)
{
	return match_list(n, o->order, text, found) ||
	       match_picked(n, PICK_BARE, text, found);
}

/* --- syslog --- */

static void
set_envelope(struct norm *n, const struct envelope *env)
{
	struct event *ev = &n->ev;
	uint64_t pri;

	n->sent = *env;
	n->when = env->when;
	n->has_when = env->has_when;
	n->stamp = env->stamp;
	event_text(ev, F_HOST_HOSTNAME, env->host, FROM_ENVELOPE);
	event_text(ev, F_HOST_NAME, env->host, FROM_ENVELOPE);
	event_text(ev, F_PROCESS_NAME, env->program, FROM_ENVELOPE);
	if (env->pid.n && str_u64(env->pid, &pri) && env->pid.n < 16 &&
	    env->pid.p[0] != '0')
		event_raw(ev, F_PROCESS_PID, env->pid, FROM_ENVELOPE);
	if (env->priority.p && str_u64(env->priority, &pri)) {
		event_raw(ev, F_PRIORITY, arena_u64(ev->a, pri), FROM_ENVELOPE);
		event_raw(ev, F_FACILITY, arena_u64(ev->a, pri / 8), FROM_ENVELOPE);
		event_raw(ev, F_SEVERITY, arena_u64(ev->a, pri % 8), FROM_ENVELOPE);
	}
	event_text(ev, F_MSGID, env->msgid, FROM_ENVELOPE);
	event_text(ev, F_STRUCTURED, env->structured, FROM_ENVELOPE);
	event_text(ev, F_MESSAGE, env->body, FROM_ENVELOPE);
}

/* "message repeated 3 times: [ text]": the text, and how often it stands for. */
static struct str
unfold(struct norm *n, struct str body)
{
	struct str rest = body, count;
	uint64_t times;

	if (!str_starts(rest, STR("message repeated ")))
		return body;
	rest = str_from(rest, 17);
	count = str_cut(&rest, ' ');
	if (!str_u64(count, &times) || times == 0 || count.n > 9 || count.p[0] == '0' ||
	    !str_starts(rest, STR("times: [")) || !str_ends(rest, STR("]")))
		return body;
	event_raw(&n->ev, F_REPEAT, count, FROM_ENVELOPE);
	return str_trim(str_sub(rest, 8, rest.n - 9));
}

static const struct format *
first_allowed(const struct norm *n, const struct format *const *list, struct str text)
{
	for (; list && *list; list++)
		if (norm_allows(n, *list) && needed(*list, text))
			return *list;
	return NULL;
}

/* The body of a program that has a format, but no rule for this text. */
static void
partial(struct norm *n, const struct format *const *list, struct str body)
{
	const struct format *f = first_allowed(n, list, body);

	n->ev.tags |= TAG_PARTIAL;
	if (f)
		norm_constants(n, &f->whole);
	n->unknown = body;
	norm_generic(n, body, !f);
}

static bool
is_glob(const struct format *f, struct str program)
{
	for (size_t i = 0; i < f->n_programs; i++)
		if (str_glob(f->programs[i], program))
			return true;
	return false;
}

/* The formats of a program, or the first that a glob names. */
static const struct format *const *
formats_of(struct norm *n, struct str program)
{
	struct norm_program *last = &n->program;
	const struct norm_list *own;

	if (!program.p)
		return NULL;
	if (program.n && program.n == last->n && str_same(program.p, last->name, last->n))
		return last->list;
	own = map_get(n->programs, program);
	last->list = own ? own->v : NULL;
	for (const struct format **g = n->globs; !own && g && *g; g++)
		if (is_glob(*g, program)) {
			last->list = (*g)->alone;
			break;
		}
	last->n = program.n <= sizeof(last->name) ? program.n : 0;
	memcpy(last->name, program.p, last->n);
	return last->list;
}

void
norm_syslog(struct norm *n, struct origin *o, const struct envelope *env)
{
	const struct format *const *list = formats_of(n, env->program), *const * last;
	struct str body;
	struct hit found;

	set_envelope(n, env);
	body = unfold(n, env->body);
	for (last = list; last && *last && (*last)->priority >= FORMAT_LAST; last++)
		;
	if (match_some(n, list, last, body, &found) ||
	    match_picked(n, PICK_ANY, body, &found))
		norm_apply(n, &found);
	else if (norm_json(n, body) || norm_xml(n, body))
		return;
	else if (match_bare(n, o, body, &found) || match_list(n, last, body, &found))
		norm_apply(n, &found); /* an application's line, or whatever is left */
	else
		partial(n, list, body);
}

/* A time stamp and words, no pid: syslog may have written it, or any application. */
static bool
is_loose(struct norm *n, const struct envelope *env)
{
	return !env->priority.p && !env->pid.p && !formats_of(n, env->program);
}

/* --- a line --- */

const struct format *
norm_bare(struct norm *n, const struct origin *o, struct str text)
{
	struct hit found;

	n->budget = BUDGET;
	marks_start(&n->marks);
	if ((o->last && norm_match(n, o->last, text, &found)) ||
	    match_bare(n, o, text, &found))
		return found.rule->format;
	return NULL;
}

static bool
try_bare(struct norm *n, struct origin *o, struct str text)
{
	struct hit found;

	if (!(o->last && (match_list(n, o->last->rivals, text, &found) ||
			     norm_match(n, o->last, text, &found))) &&
	    !match_bare(n, o, text, &found))
		return false;
	o->last = found.rule->format;
	if (!o->first) {
		o->first = o->last;
		o->first_text = text;
	}
	norm_apply(n, &found);
	return true;
}

/* A line without a header: an application's, or what syslog carried with it gone. */
static bool
try_alone(struct norm *n, struct origin *o, struct str text)
{
	struct hit body;

	if (!match_picked(n, PICK_ANY, text, &body))
		return !o->last && try_bare(n, o, text);
	if (body.rule->format->priority <= FORMAT_USUAL && !o->last &&
	    try_bare(n, o, text))
		return true;
	norm_apply(n, &body);
	return true;
}

/* What stands where a header has the host may be a level; the last host was none. */
static bool
is_level(const struct norm *n, struct str host)
{
	if (host.n && host.n == n->host.text_n && str_same(host.p, n->host.text, host.n))
		return n->host.level;
	return guess_is_level(host);
}

bool
norm_text(struct norm *n, struct origin *o, struct str text)
{
	struct envelope env;

	if (norm_carried(n, o, text))
		return true;
	if (str_starts(text, STR(" {")))
		text = str_from(text, 1);
	if (norm_json_read(n, text) &&
	    (norm_carried_object(n, o, text) || norm_json_take(n, text)))
		return true;
	if (text.n && text.p[0] == '<' && norm_xml(n, text))
		return true;
	if (norm_tagged(n, text))
		return true;
	if (header_like(text) ? norm_header(n, o, text) : norm_row(n, o, text))
		return true;
	if (o->last && try_bare(n, o, text))
		return true;
	if (envelope_read(text, &env, &n->header) && !is_level(n, env.host)) {
		if (n->trace)
			norm_trace(n,
			    "envelope\tsyslog\thost " STR_FMT ", program " STR_FMT "\n",
			    STR_ARG(env.host), STR_ARG(env.program));
		if (!is_loose(n, &env) || !try_bare(n, o, text))
			norm_syslog(n, o, &env);
		return true;
	}
	norm_trace(n, "envelope\tnone\n");
	return try_alone(n, o, text);
}

void
norm_event_later(struct norm *n, struct origin *o, const struct norm_line *l,
    struct arena *a, struct buf *out, int64_t *ns)
{
	struct str text = l->text;

	event_start(&n->ev, a, l->text);
	n->has_when = n->has_ns = false;
	n->stamp = STR_NONE;
	n->budget = BUDGET;
	n->origin = o;
	n->sent.body = STR_NONE;
	n->unknown = STR_NONE;
	n->offset = l->offset;
	marks_start(&n->marks);
	leaves_age(&n->leaves);
	while (text.n && (text.p[text.n - 1] == '\r' || text.p[text.n - 1] == '\n' ||
			     text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	n->depth = 0;
	if (!norm_login(n, o, l->text) && !norm_history(n, o, text) &&
	    !norm_text(n, o, text)) {
		/* a blank line is a line, too; there is nothing in it to know */
		if (text.n)
			n->ev.tags |= TAG_ERROR;
		n->unknown = text.n ? text : STR_NONE;
		norm_generic(n, text, true);
	}
	if (o->host.p && !event_cell(&n->ev, F_HOST_NAME))
		event_text(&n->ev, F_HOST_NAME, o->host, FROM_ENGINE);
	norm_finish(n, o, l, out, ns);
}

void
norm_event(struct norm *n, struct origin *o, const struct norm_line *l, struct arena *a,
    struct buf *out, int64_t *ns)
{
	norm_event_later(n, o, l, a, out, ns);
	norm_settle(n, out);
	/* for who asks for the fields */
	if (n->sent_at != STR_NPOS)
		event_raw(&n->ev, F_SOURCE_LINE,
		    str_sub(buf_str(out), n->sent_at - 1, IDS_DIGITS + 2), FROM_ENGINE);
}
