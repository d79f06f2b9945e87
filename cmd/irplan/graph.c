#include "escape.h"
#include "playbook.h"
#include "tool.h"

/* A label: one line, nothing in it that the language of the picture knows. */
static void
label(struct buf *b, struct str s, bool mermaid)
{
	struct buf t = buf_make(4096);

	escape_text(&t, str_sub(s, 0, 120));
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];

		if (mermaid && strchr("\"#;<>&[](){}|`\\", c))
			buf_fmt(b, "#%u;", (unsigned char)c);
		else if (!mermaid && (c == '"' || c == '\\'))
			buf_fmt(b, "\\%c", c);
		else
			buf_ch(b, c);
	}
	buf_free(&t);
}

static struct str
title(const struct playbook_step *s)
{
	struct str c = node_text(node_get(s->node, STR("condition")));

	if (!c.p)
		c = node_text(node_get(s->node, STR("switch")));
	return c.p ? c : s->name.p ? s->name : str_of(playbook_type_name(s->type));
}

static void
dot_node(const struct playbook *p, size_t i, struct buf *b)
{
	static const char *const shape[] = {"circle", "doublecircle", "box", "component",
	    "parallelogram", "diamond", "diamond", "diamond", "octagon"};
	const struct playbook_step *s = &p->step[i];

	buf_fmt(b, "\ts%zu [shape=%s, label=\"", i, shape[s->type]);
	label(b, title(s), false);
	buf_add(b, STR("\"];\n"));
}

static void
mermaid_node(const struct playbook *p, size_t i, struct buf *b)
{
	static const char *const left[] = {
	    "((\"", "(((\"", "[\"", "[[\"", "[/\"", "{\"", "{\"", "{\"", "[\""};
	static const char *const right[] = {
	    "\"))", "\")))", "\"]", "\"]]", "\"/]", "\"}", "\"}", "\"}", "\"]"};
	const struct playbook_step *s = &p->step[i];

	buf_fmt(b, "\ts%zu%s", i, left[s->type]);
	label(b, title(s), true);
	buf_fmt(b, "%s\n", right[s->type]);
}

static void
edge(const struct playbook_edge *e, size_t from, bool mermaid, struct buf *b)
{
	bool plain = e->way == WAY_COMPLETION || e->way == WAY_NEXT;

	if (e->step < 0)
		return;
	buf_fmt(b, mermaid ? "\ts%zu -->" : "\ts%zu -> ", from);
	if (mermaid && !plain) {
		buf_add(b, STR("|\""));
		label(b, e->label.p ? e->label : str_of(playbook_way_name(e->way)), true);
		buf_add(b, STR("\"|"));
	}
	buf_fmt(b, "s%d", e->step);
	if (!mermaid && !plain) {
		buf_add(b, STR(" [label=\""));
		label(
		    b, e->label.p ? e->label : str_of(playbook_way_name(e->way)), false);
		buf_add(b, STR("\"]"));
	}
	buf_add(b, mermaid ? STR("\n") : STR(";\n"));
}

void
graph_write(const struct playbook *p, bool mermaid, struct buf *b)
{
	buf_add(b, mermaid ? STR("flowchart TD\n") : STR("digraph playbook {\n"));
	for (size_t i = 0; i < p->n; i++)
		mermaid ? mermaid_node(p, i, b) : dot_node(p, i, b);
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->step[i].n; k++)
			edge(&p->step[i].edge[k], i, mermaid, b);
	if (!mermaid)
		buf_add(b, STR("}\n"));
}
