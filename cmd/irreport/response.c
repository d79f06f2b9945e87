/*
 * What is to be done about an incident, and what became of it.
 */
#include "report.h"
#include "span.h"

#define FORM(r) (r)->page.form
#define PAGE(r) &(r)->page

/* The last action record of a step. */
static const struct node *
action_of(const struct incident *in, struct str key)
{
	const struct node *last = NULL;

	for (size_t i = 0; i < in->nactions; i++)
		if (key.n && str_eq(report_get(in->actions[i], "ir.action.key"), key))
			last = in->actions[i];
	return last;
}

static void
cell_target(struct report *r, const struct node *target)
{
	FORM(r)->cell(PAGE(r), true);
	for (size_t i = 0; target && target->type == NODE_MAP && i < target->n; i++) {
		if (i)
			report_text(r, ", ");
		FORM(r)->code(PAGE(r), node_text(&target->kids[i]));
	}
	FORM(r)->cell(PAGE(r), false);
}

static struct str
for_how_long(struct report *r, const struct node *step)
{
	char text[SPAN_MAX];
	int64_t s;

	if (!node_i64(node_get(step, STR("ttl")), &s) || s <= 0 || s > 1000000000)
		return STR("");
	return arena_copy(r->page.a, str_of(span_text(text, s * 1000)));
}

static void
cell_status(struct report *r, const struct node *action)
{
	struct str status = report_get(action, "ir.action.status");
	struct str why = report_get(action, "ir.action.reason.text");

	FORM(r)->cell(PAGE(r), true);
	report_say(r, status.n ? status : STR("planned"));
	if (why.n) {
		report_text(r, ": ");
		report_say(r, why);
	}
	FORM(r)->cell(PAGE(r), false);
}

static void
step(struct report *r, const struct incident *in, const struct node *s)
{
	struct str on = report_get(s, "on"), undo = report_get(s, "undo");

	FORM(r)->row(PAGE(r), true);
	report_cell(r, report_get(s, "do"));
	cell_target(r, node_get(s, STR("target")));
	report_cell(r, on.n ? on : STR("here"));
	report_cell(r, for_how_long(r, s));
	report_cell(r, report_get(s, "risk"));
	report_cell(r, report_get(s, "approval"));
	FORM(r)->cell(PAGE(r), true);
	report_say(r, report_get(s, "why"));
	report_cite(r, node_get(s, STR("events")), 3);
	FORM(r)->cell(PAGE(r), false);
	report_cell(r, undo.n ? undo : STR("none"));
	cell_status(r, action_of(in, report_get(s, "key")));
	FORM(r)->row(PAGE(r), false);
}

static void
about(struct report *r, const struct node *plan)
{
	struct str expires = report_get(plan, "ir.plan.expires");

	FORM(r)->para(PAGE(r), true);
	report_text(r, "Plan ");
	FORM(r)->code(PAGE(r), report_get(plan, "ir.plan.id"));
	if (expires.n) {
		report_text(r, ", to be started before ");
		report_say(r, report_time(r, expires));
	}
	report_text(r, ".");
	FORM(r)->para(PAGE(r), false);
}

/* What the steps change, as the program that acts showed it. */
static void
diffs(struct report *r, const struct incident *in)
{
	for (size_t i = 0; i < in->nactions; i++) {
		struct str diff = report_get(in->actions[i], "ir.action.diff");
		struct str undo = report_get(in->actions[i], "ir.action.undo");

		if (diff.n)
			FORM(r)->block(PAGE(r), diff);
		if (!undo.n)
			continue;
		FORM(r)->para(PAGE(r), true);
		report_text(r, "Undo: ");
		FORM(r)->code(PAGE(r), undo);
		FORM(r)->para(PAGE(r), false);
	}
}

void
report_plans(struct report *r, const struct incident *in)
{
	static const char *const heads[] = {"Step", "Target", "On", "For", "Risk",
	    "Approval", "Why", "Undo", "Status", NULL};

	if (!in->nplans)
		return;
	report_part(r, "What to do");
	FORM(r)->table(PAGE(r), heads);
	for (size_t k = 0; k < in->nplans; k++) {
		const struct node *steps = node_path(in->plans[k], STR("ir.plan.steps"));

		for (size_t i = 0; i < node_count(steps); i++)
			step(r, in, node_at(steps, i));
	}
	FORM(r)->table(PAGE(r), NULL);
	for (size_t k = 0; k < in->nplans; k++)
		about(r, in->plans[k]);
	diffs(r, in);
}
