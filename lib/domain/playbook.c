#include <stdarg.h>
#include <stdio.h>

#include "playbook.h"
#include "when.h"

static const char *const types[] = {"start", "end", "action", "playbook-action",
    "parallel", "if-condition", "while-condition", "switch-condition", "unknown"};
static const char *const ways[] = {"on_completion", "on_success", "on_failure", "on_true",
    "on_false", "case", "next_steps"};

const char *
playbook_type_name(enum playbook_type t)
{
	return types[t];
}

const char *
playbook_way_name(enum playbook_way w)
{
	return ways[w];
}

void
playbook_say(struct playbook_ear *ear, bool error, const char *kind,
    const struct node *where, const char *fmt, ...)
{
	struct playbook_fault f = {error, kind, where ? where->line : 0, STR_NONE};
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	f.text = str_of(text);
	ear->errors += error;
	ear->say(ear->ctx, &f);
}

static struct str
cut(struct str s)
{
	return str_sub(s, 0, 90);
}

static bool
hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool
playbook_id(struct str s)
{
	size_t at = str_find(s, STR("--"));
	struct str type = str_sub(s, 0, at == STR_NPOS ? 0 : at), id;

	if (type.n < 3 || at == STR_NPOS || type.p[0] < 'a' || type.p[0] > 'z')
		return false;
	for (size_t i = 0; i < type.n; i++)
		if (!(type.p[i] >= 'a' && type.p[i] <= 'z') &&
		    !(type.p[i] >= '0' && type.p[i] <= '9') && type.p[i] != '-')
			return false;
	id = str_from(s, at + 2);
	if (id.n != 36)
		return false;
	for (size_t i = 0; i < 36; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? id.p[i] != '-'
							    : !hex(id.p[i]))
			return false;
	return id.p[14] >= '1' && id.p[14] <= '5' && strchr("89abAB", id.p[19]);
}

bool
playbook_names(struct str text, size_t *at, struct str *name, bool *valued)
{
	while (*at + 5 <= text.n) {
		size_t from = *at, to;
		char c;

		if (text.p[from] != '_' || text.p[from + 1] != '_') {
			++*at;
			continue;
		}
		c = text.p[from + 2];
		for (to = from + 3; to + 1 < text.n && to - from < 210; to++) {
			char d = text.p[to];

			if (d == '_' && text.p[to + 1] == '_' &&
			    (to + 2 == text.n || text.p[to + 2] != '_'))
				break;
			if (!(d >= 'a' && d <= 'z') && !(d >= 'A' && d <= 'Z') &&
			    !(d >= '0' && d <= '9') && d != '_' && d != '-')
				to = text.n;
		}
		if (to + 1 >= text.n || to - from >= 210 ||
		    !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
			++*at;
			continue;
		}
		*name = str_sub(text, from, to + 2 - from);
		*valued = str_starts(str_from(text, to + 2), STR(":value"));
		*at = to + 2;
		return true;
	}
	return false;
}

const struct node *
playbook_term(const struct playbook_step *s, struct str name)
{
	return node_get(
	    node_get(node_get(s->node, STR("step_extensions")), STR(PLAYBOOK_EXTENSION)),
	    name);
}

int
playbook_next(const struct playbook_step *s, enum playbook_way way)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->edge[i].way == way)
			return s->edge[i].step;
	return -1;
}

/* --- the head --- */

static void
head(const struct node *root, struct playbook *p, struct playbook_ear *ear)
{
	int64_t made, changed, from, until;

	playbook_want_id(ear, STR_NONE, root, "id", "playbook", true);
	playbook_want_id(ear, STR_NONE, root, "created_by", "identity", true);
	playbook_want_text(ear, STR_NONE, root, "name", true);
	playbook_want_time(ear, STR_NONE, root, "created", true);
	playbook_want_time(ear, STR_NONE, root, "modified", true);
	playbook_want_time(ear, STR_NONE, root, "valid_from", false);
	playbook_want_time(ear, STR_NONE, root, "valid_until", false);
	playbook_want_id(ear, STR_NONE, root, "workflow_start", NULL, true);
	playbook_want_id(ear, STR_NONE, root, "workflow_exception", NULL, false);
	playbook_want_number(ear, STR_NONE, root, "priority", 100);
	playbook_want_number(ear, STR_NONE, root, "severity", 100);
	playbook_want_number(ear, STR_NONE, root, "impact", 100);
	p->id = node_text(node_get(root, STR("id")));
	p->name = node_text(node_get(root, STR("name")));
	p->modified = node_text(node_get(root, STR("modified")));
	if (when_parse(node_text(node_get(root, STR("created"))), &made) &&
	    when_parse(p->modified, &changed) && changed < made)
		playbook_say(ear, true, "schema", root, "'modified' is before 'created'");
	if (when_parse(node_text(node_get(root, STR("valid_from"))), &from) &&
	    when_parse(node_text(node_get(root, STR("valid_until"))), &until) &&
	    until <= from)
		playbook_say(
		    ear, true, "schema", root, "'valid_until' is not after 'valid_from'");
	if (node_true(node_get(root, STR("revoked"))))
		playbook_say(ear, false, "schema", root, "the playbook is revoked");
}

/* --- steps --- */

static enum playbook_type
type_of(struct str word)
{
	for (int i = 0; i < PLAYBOOK_UNKNOWN; i++)
		if (str_eq(word, str_of(types[i])))
			return (enum playbook_type)i;
	return PLAYBOOK_UNKNOWN;
}

static void
edge(struct playbook_step *s, enum playbook_way way, struct str label,
    const struct node *to, struct playbook_ear *ear)
{
	struct str id = node_text(to);

	if (!id.p) {
		playbook_say(ear, true, "schema", to ? to : s->node,
		    "step '" STR_FMT "': '%s' is not the id of a step",
		    STR_ARG(cut(s->id)), ways[way]);
		return;
	}
	if (s->n < PLAYBOOK_EDGES)
		s->edge[s->n++] = (struct playbook_edge){way, label, id, -1};
	else if (s->n == PLAYBOOK_EDGES)
		playbook_say(ear, true, "schema", to,
		    "step '" STR_FMT "' leads to more than %zu others",
		    STR_ARG(cut(s->id)), PLAYBOOK_EDGES);
}

static void
edges(struct playbook_step *s, struct playbook_ear *ear)
{
	const struct node *cases = node_get(s->node, STR("cases"));
	const struct node *next = node_get(s->node, STR("next_steps"));
	size_t room = 5 + (cases ? cases->n : 0) + node_count(next);

	room = room < PLAYBOOK_EDGES ? room : PLAYBOOK_EDGES;
	s->edge = arena_alloc(ear->arena, room * sizeof(*s->edge));
	for (int w = WAY_COMPLETION; w <= WAY_FALSE; w++) {
		const struct node *to = node_get(s->node, str_of(ways[w]));

		if (to)
			edge(s, (enum playbook_way)w, STR_NONE, to, ear);
	}
	for (size_t i = 0; cases && cases->type == NODE_MAP && i < cases->n; i++)
		edge(s, WAY_CASE, cases->keys[i].text, &cases->kids[i], ear);
	for (size_t i = 0; i < node_count(next); i++)
		edge(s, WAY_NEXT, STR_NONE, node_at(next, i), ear);
}

static bool
has(const struct playbook_step *s, const char *key)
{
	return node_get(s->node, str_of(key)) != NULL;
}

static void
lacks(struct playbook_ear *ear, const struct playbook_step *s, const char *what)
{
	playbook_say(ear, true, "schema", s->node, "step '" STR_FMT "' has no %s",
	    STR_ARG(cut(s->id)), what);
}

static void
commands(const struct playbook_step *s, struct playbook_ear *ear)
{
	const struct node *list = node_get(s->node, STR("commands"));

	if (!list || list->type != NODE_LIST || list->n == 0) {
		lacks(ear, s, "list of commands");
		return;
	}
	for (size_t i = 0; i < list->n; i++) {
		const struct node *c = &list->kids[i];

		playbook_want_text(ear, s->id, c, "type", true);
		if (c->type != NODE_MAP ||
		    (!node_get(c, STR("command")) && !node_get(c, STR("command_b64")) &&
			!node_get(c, STR("content")) && !node_get(c, STR("content_b64"))))
			playbook_say(ear, true, "schema", c,
			    "step '" STR_FMT "': command %zu says nothing",
			    STR_ARG(cut(s->id)), i + 1);
	}
}

/* Those that run at once: a list of different ones. */
static void
branches(const struct playbook_step *s, struct playbook_ear *ear)
{
	const struct node *next = node_get(s->node, STR("next_steps"));

	if (!next || next->type != NODE_LIST || next->n == 0) {
		lacks(ear, s, "list of 'next_steps'");
		return;
	}
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < i; k++)
			if (s->edge[i].way == WAY_NEXT && s->edge[k].way == WAY_NEXT &&
			    str_eq(s->edge[i].to, s->edge[k].to))
				playbook_say(ear, true, "schema", next,
				    "step '" STR_FMT "' runs '" STR_FMT
				    "' twice at once; name it once",
				    STR_ARG(cut(s->id)), STR_ARG(cut(s->edge[i].to)));
	if (next->n == 1)
		playbook_say(ear, false, "schema", next,
		    "step '" STR_FMT "' has one branch only: nothing is parallel",
		    STR_ARG(cut(s->id)));
}

/* What a step of its type must have. */
static void
shape(const struct playbook_step *s, struct playbook_ear *ear)
{
	bool on = has(s, "on_completion"), ok = has(s, "on_success");
	const struct node *cases = node_get(s->node, STR("cases"));

	switch (s->type) {
	case PLAYBOOK_START:
		if (!on && !ok)
			lacks(ear, s, "'on_completion'");
		break;
	case PLAYBOOK_END:
		if (s->n)
			playbook_say(ear, true, "schema", s->node,
			    "end step '" STR_FMT "' leads on", STR_ARG(cut(s->id)));
		break;
	case PLAYBOOK_ACTION:
		commands(s, ear);
		break;
	case PLAYBOOK_CALL:
		playbook_want_id(ear, s->id, s->node, "playbook_id", "playbook", true);
		break;
	case PLAYBOOK_PARALLEL:
		branches(s, ear);
		break;
	case PLAYBOOK_IF:
	case PLAYBOOK_WHILE:
		playbook_want_text(ear, s->id, s->node, "condition", true);
		if (!has(s, "on_true"))
			lacks(ear, s, "'on_true'");
		break;
	case PLAYBOOK_SWITCH:
		playbook_want_text(ear, s->id, s->node, "switch", true);
		if (!cases || cases->type != NODE_MAP || cases->n == 0)
			lacks(ear, s, "object of 'cases'");
		break;
	case PLAYBOOK_UNKNOWN:
		break;
	}
	if (on && (ok || has(s, "on_failure")))
		playbook_say(ear, true, "schema", s->node,
		    "step '" STR_FMT
		    "' has 'on_completion' and one of success and failure",
		    STR_ARG(cut(s->id)));
	if (!on && !ok && (s->type == PLAYBOOK_ACTION || s->type == PLAYBOOK_CALL))
		lacks(ear, s, "next step");
}

static void
one_step(struct playbook *p, const struct node *id, const struct node *v,
    struct playbook_ear *ear)
{
	struct playbook_step *s = &p->step[p->n++];
	struct str word = node_text(node_get(v, STR("type")));

	*s = (struct playbook_step){.type = type_of(word),
	    .id = id->text,
	    .name = node_text(node_get(v, STR("name"))),
	    .node = v};
	for (size_t i = 0; i + 1 < p->n; i++)
		if (str_eq(p->step[i].id, s->id))
			playbook_say(ear, true, "schema", v,
			    "two steps have the id '" STR_FMT "'", STR_ARG(cut(s->id)));
	if (v->type != NODE_MAP) {
		playbook_say(ear, true, "schema", v,
		    "step '" STR_FMT "' is not an object", STR_ARG(cut(s->id)));
		return;
	}
	if (s->type == PLAYBOOK_UNKNOWN)
		playbook_say(ear, true, "schema", v,
		    "step '" STR_FMT "' is of unknown type '" STR_FMT "'%s",
		    STR_ARG(cut(s->id)), STR_ARG(cut(word)),
		    str_eq(word, STR("single")) || str_eq(word, STR("playbook"))
			? ", which is of version 1: see 'action', 'playbook-action'"
			: "");
	if (!playbook_id(s->id))
		playbook_say(ear, true, "schema", v,
		    "'" STR_FMT "' is not the id of a step (TYPE--UUID)",
		    STR_ARG(cut(s->id)));
	else if (s->type != PLAYBOOK_UNKNOWN &&
		 !str_eq(str_sub(s->id, 0, s->id.n - 38), word))
		playbook_say(ear, true, "schema", v,
		    "the id '" STR_FMT "' is not one of a step of type '" STR_FMT "'",
		    STR_ARG(cut(s->id)), STR_ARG(word));
	playbook_want_id(ear, s->id, v, "owner", NULL, false);
	playbook_want_number(ear, s->id, v, "delay", INT64_C(31536000000));
	playbook_want_number(ear, s->id, v, "timeout", INT64_C(31536000000));
	edges(s, ear);
	shape(s, ear);
}

static int
find(const struct playbook *p, struct str id)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->step[i].id, id))
			return (int)i;
	return -1;
}

static void
link_steps(struct playbook *p, struct playbook_ear *ear)
{
	struct str start = node_text(node_get(p->root, STR("workflow_start")));
	struct str exc = node_text(node_get(p->root, STR("workflow_exception")));

	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->step[i].n; k++) {
			struct playbook_edge *e = &p->step[i].edge[k];

			e->step = find(p, e->to);
			if (e->step < 0)
				playbook_say(ear, true, "reference", p->step[i].node,
				    "step '" STR_FMT "': %s leads to '" STR_FMT
				    "', which is not there",
				    STR_ARG(cut(p->step[i].id)), ways[e->way],
				    STR_ARG(cut(e->to)));
		}
	p->start = start.p ? find(p, start) : -1;
	p->exception = exc.p ? find(p, exc) : -1;
	if (start.p && p->start < 0)
		playbook_say(ear, true, "reference", p->root,
		    "'workflow_start' names '" STR_FMT "', which is not there",
		    STR_ARG(cut(start)));
	else if (p->start >= 0 && p->step[p->start].type != PLAYBOOK_START)
		playbook_say(ear, true, "schema", p->step[p->start].node,
		    "'workflow_start' names a step of type '%s', not 'start'",
		    types[p->step[p->start].type]);
	if (exc.p && p->exception < 0)
		playbook_say(ear, true, "reference", p->root,
		    "'workflow_exception' names '" STR_FMT "', which is not there",
		    STR_ARG(cut(exc)));
}

bool
playbook_read(const struct node *root, struct playbook *p, struct playbook_ear *ear)
{
	struct str type = node_text(node_get(root, STR("type")));
	struct str version = node_text(node_get(root, STR("spec_version")));
	const struct node *flow = node_get(root, STR("workflow"));

	*p = (struct playbook){.root = root, .start = -1, .exception = -1};
	if (!str_eq(type, STR("playbook"))) {
		playbook_say(ear, true, "schema", root,
		    "not a playbook: its type is '" STR_FMT "'", STR_ARG(cut(type)));
		return false;
	}
	if (!str_eq(version, STR("cacao-2.0"))) {
		playbook_say(ear, true, "schema", root,
		    "'spec_version' is '" STR_FMT "', not 'cacao-2.0'%s",
		    STR_ARG(cut(version)),
		    str_eq(version, STR("1.0")) || str_eq(version, STR("1.1")) ||
			    str_starts(version, STR("cacao-1"))
			? "; version 1 is not read: its steps have other types and "
			  "members"
			: "");
		return false;
	}
	head(root, p, ear);
	p->terms = node_get(
	    node_get(root, STR("playbook_extensions")), STR(PLAYBOOK_EXTENSION));
	if (!flow || flow->type != NODE_MAP || flow->n == 0 || flow->n > PLAYBOOK_STEPS) {
		playbook_say(ear, true, "schema", flow ? flow : root,
		    "'workflow' is not an object of 1 to %zu steps", PLAYBOOK_STEPS);
		return false;
	}
	p->step = arena_alloc(ear->arena, flow->n * sizeof(*p->step));
	for (size_t i = 0; i < flow->n; i++)
		one_step(p, &flow->keys[i], &flow->kids[i], ear);
	link_steps(p, ear);
	return true;
}
