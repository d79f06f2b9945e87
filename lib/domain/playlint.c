/* What playbook_check() looks for: see playbook.h. */
#include "action.h"
#include "mem.h"
#include "playbook.h"
#include "stix.h"

struct lint {
	const struct playbook *p;
	struct playbook_ear *ear;
	unsigned char *mark; /* by step: 0 not seen, 1 on the way, 2 done */
};

static struct str
cut(struct str s)
{
	return str_sub(s, 0, 90);
}

/* --- reach and loops --- */

struct turn {
	int step;
	size_t edge;
};

/* Is this the way into a while's body, from which coming back is no loop? */
static bool
is_body(const struct playbook_step *s, size_t edge)
{
	return s->type == PLAYBOOK_WHILE && s->edge[edge].way == WAY_TRUE;
}

/* Is every way from `from` back to `to` through the body of a while? */
static bool
back_to_while(const struct playbook *p, const struct turn *stack, size_t n, int to)
{
	for (size_t i = n; i-- > 0;) {
		const struct playbook_step *s = &p->step[stack[i].step];

		if (is_body(s, stack[i].edge - 1))
			return true;
		if (stack[i].step == to)
			return false;
	}
	return false;
}

static void
walk(struct lint *l, int from, bool loops)
{
	struct turn *stack;
	size_t n = 0;

	if (from < 0 || l->mark[from])
		return;
	stack = mem_new(l->p->n + 1, sizeof(*stack));
	stack[n++] = (struct turn){from, 0};
	l->mark[from] = 1;
	while (n > 0) {
		struct turn *t = &stack[n - 1];
		const struct playbook_step *s = &l->p->step[t->step];
		int to;

		if (t->edge == s->n) {
			l->mark[t->step] = 2;
			n--;
			continue;
		}
		to = s->edge[t->edge++].step;
		if (to < 0)
			continue;
		if (l->mark[to] == 0) {
			l->mark[to] = 1;
			stack[n++] = (struct turn){to, 0};
		} else if (l->mark[to] == 1 && loops &&
			   !back_to_while(l->p, stack, n, to)) {
			playbook_say(l->ear, true, "loop", s->node,
			    "step '" STR_FMT "' leads back to '" STR_FMT "' for ever",
			    STR_ARG(cut(s->id)), STR_ARG(cut(l->p->step[to].id)));
		}
	}
	mem_free(stack);
}

static void
reach(struct lint *l)
{
	bool end = false;

	walk(l, l->p->start, true);
	for (size_t i = 0; i < l->p->n; i++)
		end |= l->mark[i] && l->p->step[i].type == PLAYBOOK_END;
	if (l->p->start >= 0 && !end)
		playbook_say(l->ear, true, "loop", l->p->step[l->p->start].node,
		    "no end step can be reached");
	walk(l, l->p->exception, true);
	for (size_t i = 0; i < l->p->n; i++)
		if (!l->mark[i])
			playbook_say(l->ear, true, "unreachable", l->p->step[i].node,
			    "no way leads to step '" STR_FMT "'",
			    STR_ARG(cut(l->p->step[i].id)));
}

/* --- failure --- */

static void
failure(struct lint *l)
{
	const struct playbook_step *plain = NULL;

	for (size_t i = 0; i < l->p->n; i++) {
		const struct playbook_step *s = &l->p->step[i];
		bool some = false, fails = false;

		for (size_t k = 0; k < s->n; k++) {
			some |= s->edge[k].way == WAY_SUCCESS;
			fails |= s->edge[k].way == WAY_FAILURE;
		}
		if (l->p->exception >= 0 || fails)
			continue;
		if (some)
			playbook_say(l->ear, true, "failure-path", s->node,
			    "step '" STR_FMT "' has 'on_success', but nothing says what "
			    "happens when it fails",
			    STR_ARG(cut(s->id)));
		else if (!plain &&
			 (s->type == PLAYBOOK_ACTION || s->type == PLAYBOOK_CALL))
			plain = s;
	}
	if (plain)
		playbook_say(l->ear, false, "failure-path", plain->node,
		    "nothing says what happens when step '" STR_FMT
		    "' or another one fails (on_failure, workflow_exception)",
		    STR_ARG(cut(plain->id)));
}

/* --- variables --- */

static bool
in_list(const struct node *list, struct str name)
{
	for (size_t i = 0; i < node_count(list); i++)
		if (str_eq(node_text(node_at(list, i)), name))
			return true;
	return false;
}

static bool
defined(const struct lint *l, const struct playbook_step *s, struct str name)
{
	if (node_get(node_get(l->p->root, STR("playbook_variables")), name))
		return true;
	if (s && node_get(node_get(s->node, STR("step_variables")), name))
		return true;
	for (size_t i = 0; i < l->p->n; i++)
		if (in_list(node_get(l->p->step[i].node, STR("out_args")), name))
			return true;
	return false;
}

static void
names_in(struct lint *l, const struct playbook_step *s, const struct node *v, int depth)
{
	struct str name;
	bool valued;

	if (!v || depth > 16)
		return;
	for (size_t i = 0; (v->type == NODE_LIST || v->type == NODE_MAP) && i < v->n; i++)
		if (v->type == NODE_LIST || !str_ends(v->keys[i].text, STR("_variables")))
			names_in(l, s, &v->kids[i], depth + 1);
	if (v->type != NODE_TEXT)
		return;
	for (size_t at = 0; playbook_names(v->text, &at, &name, &valued);)
		if (!defined(l, s, name))
			playbook_say(l->ear, true, "variable", v,
			    "variable '" STR_FMT "' is not defined", STR_ARG(cut(name)));
		else if (!valued && s && v->text.n > name.n)
			playbook_say(l->ear, false, "variable", v,
			    "'" STR_FMT "' stands without ':value' and stays as it is",
			    STR_ARG(cut(name)));
}

static void
declared(struct lint *l, const struct node *vars)
{
	for (size_t i = 0; vars && vars->type == NODE_MAP && i < vars->n; i++) {
		struct str k = vars->keys[i].text, name;
		const struct node *v = &vars->kids[i];
		size_t at = 0;
		bool valued;

		if (!playbook_names(k, &at, &name, &valued) || name.n != k.n)
			playbook_say(l->ear, true, "variable", v,
			    "'" STR_FMT "' is no name of a variable (__name__)",
			    STR_ARG(cut(k)));
		if (!node_text(node_get(v, STR("type"))).p)
			playbook_say(l->ear, true, "variable", v,
			    "variable '" STR_FMT "' has no type", STR_ARG(cut(k)));
		if (node_true(node_get(v, STR("constant"))) && !node_get(v, STR("value")))
			playbook_say(l->ear, true, "variable", v,
			    "constant '" STR_FMT "' has no value", STR_ARG(cut(k)));
	}
}

static void
variables(struct lint *l)
{
	declared(l, node_get(l->p->root, STR("playbook_variables")));
	for (size_t i = 0; i < l->p->n; i++) {
		declared(l, node_get(l->p->step[i].node, STR("step_variables")));
		names_in(l, &l->p->step[i], l->p->step[i].node, 0);
	}
	names_in(l, NULL, node_get(l->p->root, STR("agent_definitions")), 0);
	names_in(l, NULL, node_get(l->p->root, STR("target_definitions")), 0);
}

/* --- conditions --- */

static void
conditions(struct lint *l)
{
	for (size_t i = 0; i < l->p->n; i++) {
		const struct node *c = node_get(l->p->step[i].node, STR("condition"));
		struct stix *tree;
		struct err e = {0};

		if (!node_text(c).p || (l->p->step[i].type != PLAYBOOK_IF &&
					   l->p->step[i].type != PLAYBOOK_WHILE))
			continue;
		tree = stix_parse(c->text, true, &e);
		if (!tree)
			playbook_say(l->ear, true, "condition", c,
			    "condition '" STR_FMT "' is prose, no STIX pattern: %s",
			    STR_ARG(cut(c->text)), e.msg);
		stix_free(tree);
	}
}

/* --- agents and targets --- */

static void
definition(struct lint *l, const struct node *def, struct str id)
{
	static const char *const known[] = {"group", "individual", "location",
	    "organization", "sector", "http-api", "linux", "net-address",
	    "security-category", "ssh"};
	struct str type = node_text(node_get(def, STR("type")));
	const struct node *mails = node_path(def, STR("contact.email"));
	bool ok = false, named = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		ok |= str_eq(type, str_of(known[i]));
		named |= str_starts(id, CAT(l->ear->arena, str_of(known[i]), STR("--")));
	}
	if (!node_text(node_get(def, STR("name"))).p)
		playbook_say(l->ear, false, "schema", def, "'" STR_FMT "' has no name",
		    STR_ARG(cut(id)));
	if (!ok && (named || !type.p))
		playbook_say(l->ear, true, "schema", def,
		    "'" STR_FMT "' is of type '" STR_FMT "'", STR_ARG(cut(id)),
		    STR_ARG(cut(type)));
	for (size_t i = 0; mails && mails->type == NODE_MAP && i < mails->n; i++) {
		struct str m = node_text(&mails->kids[i]);
		size_t at = str_rchr(m, '@');

		ok = at != STR_NPOS && at > 0 && at + 1 < m.n && m.n < 255;
		for (size_t k = 0; k < m.n; k++)
			ok &= (unsigned char)m.p[k] > ' ' &&
			      !strchr("`;,<>()[]\\\"", m.p[k]);
		if (!ok)
			playbook_say(l->ear, true, "schema", &mails->kids[i],
			    "'" STR_FMT "' is no mail address", STR_ARG(cut(m)));
	}
}

static void
refers(struct lint *l, const struct playbook_step *s, const struct node *id)
{
	struct str name = node_text(id);

	if (id && !node_get(node_get(l->p->root, STR("agent_definitions")), name) &&
	    !node_get(node_get(l->p->root, STR("target_definitions")), name))
		playbook_say(l->ear, true, "reference", id,
		    "step '" STR_FMT "' names '" STR_FMT "', which is not defined",
		    STR_ARG(cut(s->id)), STR_ARG(cut(name)));
}

static void
definitions(struct lint *l)
{
	static const char *const lists[] = {"agent_definitions", "target_definitions"};

	for (int k = 0; k < 2; k++) {
		const struct node *defs = node_get(l->p->root, str_of(lists[k]));

		for (size_t i = 0; defs && defs->type == NODE_MAP && i < defs->n; i++)
			definition(l, &defs->kids[i], defs->keys[i].text);
	}
	for (size_t i = 0; i < l->p->n; i++) {
		const struct playbook_step *s = &l->p->step[i];
		const struct node *targets = node_get(s->node, STR("targets"));

		refers(l, s, node_get(s->node, STR("agent")));
		for (size_t k = 0; k < node_count(targets); k++)
			refers(l, s, node_at(targets, k));
	}
}

/* --- risk --- */

static bool
reads_only(struct str command)
{
	return str_starts(command, STR("GET ")) || str_starts(command, STR("HEAD "));
}

static void
foreign(struct lint *l, const struct playbook_step *s, const struct node *c)
{
	static const char *const acting[] = {"bash", "powershell", "ssh", "http-api",
	    "openc2-http", "openc2", "caldera-cmd", "jupyter"};
	struct str type = node_text(node_get(c, STR("type")));
	struct str text = node_text(node_get(c, STR("command")));

	for (size_t i = 0; i < sizeof(acting) / sizeof(*acting); i++)
		if (str_eq(type, str_of(acting[i])) &&
		    !(i == 3 && (reads_only(text) || !text.p)))
			playbook_say(l->ear, false, "approval", c,
			    "step '" STR_FMT
			    "' runs a %s command that no one approves; it "
			    "becomes a step for a person",
			    STR_ARG(cut(s->id)), acting[i]);
}

/* A step of ours: "VERB argument", with terms. */
static void
ours(struct lint *l, const struct playbook_step *s, const struct node *c)
{
	struct str text = node_text(node_get(c, STR("command")));
	struct str verb = str_cut(&text, ' ');
	enum action_do what = verb.p ? action_find(verb) : DO_NONE;
	struct str risk = node_text(playbook_term(s, STR("risk")));
	struct str approval = node_text(playbook_term(s, STR("approval")));
	bool none = !approval.p || str_eq(approval, STR("none"));

	if (what == DO_NONE)
		playbook_say(l->ear, true, "schema", c,
		    "step '" STR_FMT "': there is no action '" STR_FMT "'",
		    STR_ARG(cut(s->id)), STR_ARG(cut(verb)));
	if (what == DO_COLLECT_EVIDENCE || what == DO_NOTIFY || what == DO_NONE)
		return;
	if (str_eq(risk, STR("high")) && none)
		playbook_say(l->ear, true, "approval", c,
		    "step '" STR_FMT "' is of high risk and no one approves it",
		    STR_ARG(cut(s->id)));
	else if (!action_verb(what)->undo && none)
		playbook_say(l->ear, true, "approval", c,
		    "step '" STR_FMT "': '%s' cannot be undone and no one approves it",
		    STR_ARG(cut(s->id)), action_verb(what)->name);
}

static void
approvals(struct lint *l)
{
	for (size_t i = 0; i < l->p->n; i++) {
		const struct playbook_step *s = &l->p->step[i];
		const struct node *list = node_get(s->node, STR("commands"));

		for (size_t k = 0; s->type == PLAYBOOK_ACTION && k < node_count(list);
		     k++) {
			const struct node *c = node_at(list, k);

			if (str_eq(node_text(node_get(c, STR("type"))), STR("ir-action")))
				ours(l, s, c);
			else
				foreign(l, s, c);
		}
	}
}

void
playbook_check(const struct playbook *p, struct playbook_ear *ear)
{
	struct lint l = {p, ear, mem_new(p->n + 1, 1)};

	reach(&l);
	failure(&l);
	variables(&l);
	conditions(&l);
	definitions(&l);
	approvals(&l);
	mem_free(l.mark);
}
