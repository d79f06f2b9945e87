/* What playbook_check() looks for: see playbook.h. */
#include "action.h"
#include "mem.h"
#include "playlint.h"
#include "stix.h"

struct lint {
	const struct playbook *p;
	struct playbook_ear *ear;
	unsigned char *mark; /* by step: 0 not seen, 1 on the way, 2 done */
};

struct str
playlint_cut(struct str s)
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
			    "step '" STR_FMT "' leads back to '" STR_FMT
			    "' for ever; repeat steps in the body of a while-condition",
			    STR_ARG(playlint_cut(s->id)),
			    STR_ARG(playlint_cut(l->p->step[to].id)));
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
			    "no way leads to step '" STR_FMT
			    "'; name it in a step before it, or leave it out",
			    STR_ARG(playlint_cut(l->p->step[i].id)));
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
			    STR_ARG(playlint_cut(s->id)));
		else if (!plain &&
			 (s->type == PLAYBOOK_ACTION || s->type == PLAYBOOK_CALL))
			plain = s;
	}
	if (plain)
		playbook_say(l->ear, false, "failure-path", plain->node,
		    "nothing says what happens when step '" STR_FMT
		    "' or another one fails (on_failure, workflow_exception)",
		    STR_ARG(playlint_cut(plain->id)));
}

/* --- branches --- */

static void
branch_says(struct lint *l, const struct playbook_step *s, bool error, const char *kind,
    const char *what)
{
	playbook_say(l->ear, error, kind, s->node, "step '" STR_FMT "': %s",
	    STR_ARG(playlint_cut(s->id)), what);
}

/* May what a text asks ever change: has it a variable that is no constant? */
static bool
may_change(const struct lint *l, const struct playbook_step *s, struct str text)
{
	struct str name;
	bool valued, any = false;

	for (size_t at = 0; text.p && playbook_names(text, &at, &name, &valued);) {
		const struct node *v = node_get(
		    node_get(s->node, STR("step_variables")), name);

		v = v ? v
		      : node_get(node_get(l->p->root, STR("playbook_variables")), name);
		any = true;
		if (!node_true(node_get(v, STR("constant"))))
			return true;
	}
	return !any;
}

static void
while_step(struct lint *l, const struct playbook_step *s)
{
	int body = playbook_next(s, WAY_TRUE);

	if (body >= 0 && &l->p->step[body] == s)
		branch_says(l, s, true, "loop",
		    "it is its own body and never ends; 'on_true' names what is done "
		    "again");
	if (playbook_next(s, WAY_COMPLETION) < 0 && playbook_next(s, WAY_SUCCESS) < 0 &&
	    playbook_next(s, WAY_FALSE) < 0)
		branch_says(l, s, true, "loop", "no way leads out; say 'on_completion'");
	if (!may_change(l, s, node_text(node_get(s->node, STR("condition")))))
		branch_says(l, s, true, "loop",
		    "its condition asks constants only and never changes");
}

static void
if_step(struct lint *l, const struct playbook_step *s)
{
	int yes = playbook_next(s, WAY_TRUE), no = playbook_next(s, WAY_FALSE);

	if (yes >= 0 && yes == no)
		branch_says(l, s, false, "condition",
		    "both ways lead to the same step: the condition decides nothing");
	if (no < 0 && playbook_next(s, WAY_COMPLETION) < 0 &&
	    playbook_next(s, WAY_SUCCESS) < 0)
		branch_says(l, s, false, "condition",
		    "nothing says where it goes on when the condition does not hold; "
		    "say 'on_false' or 'on_completion'");
	if (!may_change(l, s, node_text(node_get(s->node, STR("condition")))))
		branch_says(l, s, false, "condition",
		    "its condition asks constants only: one way is never taken");
}

static void
switch_step(struct lint *l, const struct playbook_step *s)
{
	struct str asked = node_text(node_get(s->node, STR("switch"))), name;
	size_t at = 0;
	bool valued, rest = false;

	for (size_t i = 0; i < s->n; i++)
		rest |= s->edge[i].way == WAY_CASE &&
			str_eq(s->edge[i].label, STR("default"));
	if (asked.p && !playbook_names(asked, &at, &name, &valued))
		branch_says(l, s, true, "variable",
		    "'switch' names no variable (__name__:value)");
	if (!rest)
		branch_says(l, s, false, "condition",
		    "no case is for all other values; add 'default'");
}

static void
branches(struct lint *l)
{
	for (size_t i = 0; i < l->p->n; i++) {
		const struct playbook_step *s = &l->p->step[i];
		struct str called = node_text(node_get(s->node, STR("playbook_id")));

		if (s->type == PLAYBOOK_WHILE)
			while_step(l, s);
		else if (s->type == PLAYBOOK_IF)
			if_step(l, s);
		else if (s->type == PLAYBOOK_SWITCH)
			switch_step(l, s);
		else if (s->type == PLAYBOOK_CALL && called.p && str_eq(called, l->p->id))
			branch_says(l, s, true, "loop",
			    "it calls the playbook that it stands in, for ever");
	}
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
			    "step '" STR_FMT "': condition '" STR_FMT
			    "' is prose, no STIX pattern: %s",
			    STR_ARG(playlint_cut(l->p->step[i].id)),
			    STR_ARG(playlint_cut(c->text)), e.msg);
		stix_free(tree);
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
			    STR_ARG(playlint_cut(s->id)), acting[i]);
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
		    STR_ARG(playlint_cut(s->id)), STR_ARG(playlint_cut(verb)));
	if (what == DO_COLLECT_EVIDENCE || what == DO_NOTIFY || what == DO_NONE)
		return;
	if (str_eq(risk, STR("high")) && none)
		playbook_say(l->ear, true, "approval", c,
		    "step '" STR_FMT "' is of high risk and no one approves it",
		    STR_ARG(playlint_cut(s->id)));
	else if (!action_verb(what)->undo && none)
		playbook_say(l->ear, true, "approval", c,
		    "step '" STR_FMT "': '%s' cannot be undone and no one approves it",
		    STR_ARG(playlint_cut(s->id)), action_verb(what)->name);
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
	playlint_variables(p, ear);
	branches(&l);
	conditions(&l);
	playlint_parts(p, ear);
	playlint_terms(p, ear);
	approvals(&l);
	mem_free(l.mark);
}
