#include <stdlib.h>

#include "flow.h"
#include "when.h"

#define NONE ((size_t)-1)

const char *
flow_why_name(enum flow_why why)
{
	static const char *const names[] = {"then", "from", "on", "account", "to", "with",
	    "process", "same logon session", "its file", "logged on from", "root cause"};

	return names[why];
}

struct str
flow_text(const struct flow *f, const char *path)
{
	return node_text(node_path(f->in->rec, str_of(path)));
}

bool
flow_holds(const struct node *list, struct str text)
{
	for (size_t i = 0; text.n && i < node_count(list); i++)
		if (str_eq(node_text(node_at(list, i)), text))
			return true;
	return false;
}

static int64_t
time_of(const struct node *n, const char *key)
{
	struct str s = node_text(node_get(n, str_of(key)));
	int64_t ns;

	return s.n && when_parse(s, &ns) ? ns : 0;
}

static struct str
text_of(const struct node *n, const char *key)
{
	return node_text(node_get(n, str_of(key)));
}

/* --- edges --- */

static void
edge(struct flow *f, size_t from, size_t to, enum flow_why why)
{
	if (from == to || from == NONE || to == NONE)
		return;
	for (size_t i = 0; i < f->edges; i++)
		if (f->e[i].from == from && f->e[i].to == to && f->e[i].why == why)
			return;
	if (f->edges == FLOW_EDGES) {
		f->edges_left++;
		return;
	}
	f->e[f->edges++] = (struct flow_edge){(uint8_t)from, (uint8_t)to, why};
}

static size_t
thing(const struct flow *f, const char *type, struct str value)
{
	for (size_t i = 0; value.n && i < f->n; i++)
		if (f->v[i].kind == FLOW_THING && str_eq(f->v[i].type, str_of(type)) &&
		    str_ieq(f->v[i].value, value))
			return i;
	return NONE;
}

static size_t
step_of_rule(const struct flow *f, struct str rule)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].kind == FLOW_STEP && str_eq(f->v[i].rule, rule))
			return i;
	return NONE;
}

static size_t
step_of_event(const struct flow *f, struct str event)
{
	const struct node *alerts = node_path(f->in->rec, STR("ir.alerts"));

	for (size_t i = 0; event.n && i < node_count(alerts); i++) {
		const struct node *m = node_at(alerts, i);

		if (flow_holds(node_get(m, STR("events")), event))
			return step_of_rule(f, text_of(m, "rule"));
	}
	return NONE;
}

/* --- things --- */

static int
rank(const struct node *e)
{
	static const char *const roles[] = {
	    "attacker", "pivot", "victim", "tool", "unknown", "witness"};
	int n = sizeof(roles) / sizeof(*roles), i = 0;

	while (i < n && !str_eq(text_of(e, "role"), str_of(roles[i])))
		i++;
	return node_true(node_get(e, STR("held"))) ? 0 : i + 1;
}

static void
add_thing(struct flow *f, const struct node *e)
{
	struct flow_node *v = &f->v[f->n++];
	struct str host = text_of(e, "host"), prov = text_of(e, "prov");

	*v = (struct flow_node){.kind = FLOW_THING,
	    .type = text_of(e, "type"),
	    .value = text_of(e, "value"),
	    .role = text_of(e, "role"),
	    .held = node_true(node_get(e, STR("held"))),
	    .first = time_of(e, "first"),
	    .last = time_of(e, "last")};
	v->lines[0] = host.n ? CAT(f->a, v->value, STR(" on "), host) : v->value;
	v->lines[1] = CAT(f->a, v->type, STR(", "), v->role,
	    v->held ? STR(", held by the attacker") : STR(""),
	    str_eq(prov, STR("claimed")) ? STR(" (claimed)") : STR(""));
}

/* Those that matter most first, at most as many as there is room for. */
static void
things(struct flow *f)
{
	const struct node *list = node_path(f->in->rec, STR("ir.entities"));
	size_t taken = 0;

	for (int r = 0; r <= 8; r++)
		for (size_t i = 0; i < node_count(list); i++) {
			const struct node *e = node_at(list, i);

			if (rank(e) != r || !text_of(e, "value").n)
				continue;
			if (taken++ < FLOW_THINGS)
				add_thing(f, e);
			else
				f->things_left++;
		}
}

/* --- steps --- */

static struct str
span_of_time(struct arena *a, int64_t from, int64_t to)
{
	char x[WHEN_MAX], y[WHEN_MAX];
	struct str first = {x, when_text(x, from)}, last = {y, when_text(y, to)};

	first = str_sub(first, 0, 19);
	last = str_sub(last, str_eq(str_sub(first, 0, 10), str_sub(last, 0, 10)) ? 11 : 0,
	    8 + (str_eq(str_sub(first, 0, 10), str_sub(last, 0, 10)) ? 0 : 11));
	return from / WHEN_S == to / WHEN_S ? arena_copy(a, first)
					    : CAT(a, first, STR(" to "), last);
}

/* "T1110.001 Password Guessing": the techniques whose events are the step's, too. */
static struct str
techniques(struct flow *f, const struct node *events, const struct attack *t)
{
	const struct node *list = node_path(f->in->rec, STR("ir.attack"));
	struct str all = STR("");
	size_t told = 0;

	for (size_t i = 0; i < node_count(list) && told < FLOW_TELLS; i++) {
		const struct node *k = node_at(list, i),
				  *own = node_get(k, STR("events"));
		struct str id = text_of(k, "technique");
		const struct technique *known = attack_find(t, id);
		bool meets = false;

		for (size_t n = 0; n < node_count(own) && !meets; n++)
			meets = flow_holds(events, node_text(node_at(own, n)));
		if (!meets || !id.n)
			continue;
		all = CAT(f->a, all, told++ ? STR(", ") : STR(""), id, STR(" "),
		    known ? known->name : STR(""));
	}
	return all;
}

static void
join_step(struct flow_node *v, const struct node *m, int64_t *n)
{
	int64_t more;

	if (node_i64(node_get(m, STR("n")), &more))
		*n += more;
	if (time_of(m, "first") < v->first)
		v->first = time_of(m, "first");
	if (time_of(m, "last") > v->last)
		v->last = time_of(m, "last");
}

static void
label_step(struct flow *f, struct flow_node *v, const struct attack *t, int64_t n)
{
	v->lines[1] = techniques(f, v->events, t);
	v->lines[2] = span_of_time(f->a, v->first, v->last);
	if (n > 1)
		v->lines[3] = arena_fmt(f->a, "%lld alerts", (long long)n);
}

/* One step for each rule, in order of time. */
static int
earlier(const void *x, const void *y)
{
	const struct flow_node *a = x, *b = y;

	return a->first < b->first ? -1 : a->first > b->first;
}

static void
steps(struct flow *f, const struct attack *t)
{
	const struct node *list = node_path(f->in->rec, STR("ir.alerts"));
	size_t base = f->n;
	int64_t count[FLOW_STEPS] = {0};

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *m = node_at(list, i);
		struct str rule = text_of(m, "rule"), name = text_of(m, "name");
		size_t at = step_of_rule(f, rule);

		if (at == NONE && f->n - base == FLOW_STEPS) {
			f->steps_left++;
			continue;
		}
		if (at == NONE) {
			at = f->n++;
			f->v[at] = (struct flow_node){.kind = FLOW_STEP,
			    .rule = rule,
			    .first = INT64_MAX,
			    .last = INT64_MIN,
			    .events = node_get(m, STR("events"))};
			f->v[at].lines[0] = name.n ? name : rule;
		}
		join_step(&f->v[at], m, &count[at - base]);
	}
	for (size_t i = base; i < f->n; i++)
		label_step(f, &f->v[i], t, count[i - base]);
	qsort(&f->v[base], f->n - base, sizeof(*f->v), earlier);
	for (size_t i = base; i + 1 < f->n; i++)
		edge(f, i, i + 1, WHY_THEN);
}

/* --- what the alerts say --- */

static void
meet(struct flow *f, const struct touch *t, const struct site *site)
{
	size_t step = step_of_rule(f, t->rule), src = thing(f, "ip", t->src);
	struct str from = STR_NONE;
	struct ip ip;

	edge(f, src, step, WHY_BY);
	edge(f, step, thing(f, "host", t->host), WHY_ON);
	edge(f, step, thing(f, "user", t->user), WHY_AS);
	edge(f, step, thing(f, "ip", t->dst), WHY_TO);
	edge(f, step, thing(f, "file", t->file), WHY_WITH);
	edge(f, step, thing(f, "url", t->url), WHY_WITH);
	if (t->src.n && ip_parse(t->src, &ip))
		from = site_host_of(site, &ip);
	if (from.n && !str_ieq(from, t->host))
		edge(f, thing(f, "host", from), thing(f, "host", t->host), WHY_LOGON);
}

/* Why one alert led to a later one. */
static void
lead(struct flow *f, const struct touch *a, const struct touch *b)
{
	size_t from = step_of_rule(f, a->rule), to = step_of_rule(f, b->rule);

	if (a->process.n &&
	    (str_eq(a->process, b->parent) || str_eq(a->process, b->process)))
		edge(f, from, to, WHY_PROCESS);
	else if (a->session.n && str_eq(a->session, b->session) &&
		 str_ieq(a->host, b->host))
		edge(f, from, to, WHY_SESSION);
	if (a->file.n && str_ieq(a->file, b->exe))
		edge(f, from, to, WHY_FILE);
}

/* Without the alerts, only times tell: what came with which step. */
static void
guess(struct flow *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct flow_node *v = &f->v[i];
		size_t step = NONE;

		if (v->kind != FLOW_THING || str_eq(v->role, STR("witness")))
			continue;
		for (size_t k = 0; k < f->n && step == NONE; k++)
			if (f->v[k].kind == FLOW_STEP && f->v[k].last >= v->first)
				step = k;
		if (str_eq(v->role, STR("attacker")) || str_eq(v->role, STR("pivot")))
			edge(f, i, step, WHY_BY);
		else
			edge(f, step, i, str_eq(v->type, STR("user")) ? WHY_AS : WHY_ON);
	}
}

/* --- the root cause --- */

static struct str
confidence(struct flow *f, const struct node *cause)
{
	struct str conf = text_of(cause, "conf"), process;

	process = text_of(node_get(cause, STR("process")), "executable");
	return CAT(f->a, process.n ? CAT(f->a, process, STR(", ")) : STR(""),
	    STR("confidence "), conf);
}

static void
root(struct flow *f)
{
	const struct node *cause = node_path(f->in->rec, STR("ir.cause")), *path;
	struct str weakness = text_of(cause, "weakness"), file;
	size_t at = step_of_event(f, text_of(cause, "event")), before = NONE, here;

	path = node_get(cause, STR("path"));
	for (size_t i = 0; i < node_count(path); i++) {
		here = step_of_event(f, node_text(node_at(path, i)));
		if (node_get(cause, STR("process")) && before != NONE)
			edge(f, before, here, WHY_PROCESS);
		before = here != NONE ? here : before;
		at = at == NONE ? here : at;
	}
	for (size_t i = 0; i < f->n && at == NONE; i++)
		at = f->v[i].kind == FLOW_STEP ? i : NONE;
	if (at == NONE)
		return;
	f->v[at].root = true;
	if (!weakness.n || f->n == FLOW_NODES)
		return;
	file = text_of(cause, "file_event");
	f->v[f->n] = (struct flow_node){.kind = FLOW_CAUSE, .root = true};
	f->v[f->n].lines[0] = CAT(f->a, STR("Root cause: "), text_of(cause, "vector"));
	f->v[f->n].lines[1] = weakness;
	f->v[f->n].lines[2] = confidence(f, cause);
	if (file.n)
		f->v[f->n].lines[3] = CAT(
		    f->a, STR("its file was written by event "), file);
	edge(f, f->n++, at, WHY_CAUSE);
}

struct flow *
flow_of(struct arena *a, const struct incident *in, const struct touches *touches,
    const struct attack *t, const struct site *site)
{
	struct flow *f = arena_zero(a, sizeof(*f));
	const struct touch *first = touches_of(touches, in->id);

	f->a = a;
	f->in = in;
	things(f);
	steps(f, t);
	root(f);
	for (const struct touch *x = first; x; x = x->next) {
		meet(f, x, site);
		for (const struct touch *y = first; y != x; y = y->next)
			lead(f, y, x);
	}
	if (!first)
		guess(f);
	return f;
}
