/*
 * Graphs for Graphviz.
 */
#include "draw.h"

/* Within a quoted string: backslashes would be escapes, ampersands entities. */
static void
quoted(struct buf *b, struct str s)
{
	struct buf shown = buf_make(16 * 1024);

	draw_shown(&shown, s);
	for (size_t i = 0; i < shown.n; i++)
		switch (shown.p[i]) {
		case '"':
			buf_add(b, STR("\\\""));
			break;
		case '\\':
			buf_add(b, STR("\\\\"));
			break;
		case '&':
			buf_add(b, STR("&amp;"));
			break;
		default:
			buf_ch(b, shown.p[i]);
		}
	buf_free(&shown);
}

void
dot_begin(struct buf *b)
{
	buf_add(b, STR("digraph incidents {\n"
		       "\tgraph [rankdir=TB, fontname=\"sans-serif\"];\n"
		       "\tnode [fontname=\"sans-serif\", fontsize=10];\n"
		       "\tedge [fontname=\"sans-serif\", fontsize=9];\n"));
}

void
dot_end(struct buf *b)
{
	buf_add(b, STR("}\n"));
}

static struct str
look(const struct flow_node *v)
{
	if (v->kind == FLOW_CAUSE)
		return STR("shape=note, style=filled, fillcolor=\"#ffe08a\"");
	if (v->kind == FLOW_STEP)
		return v->root ? STR("shape=box, style=\"filled,rounded\", penwidth=3, "
				     "color=\"#b00020\", fillcolor=\"#ffffff\"")
			       : STR("shape=box, style=\"filled,rounded\", "
				     "fillcolor=\"#ffffff\"");
	if (str_eq(v->role, STR("attacker")))
		return STR("shape=octagon, style=filled, fillcolor=\"#f4a3a3\"");
	if (v->held || str_eq(v->role, STR("victim")))
		return v->held
			   ? STR("shape=ellipse, style=filled, penwidth=2, "
				 "fillcolor=\"#ffc9a0\"")
			   : STR("shape=ellipse, style=filled, fillcolor=\"#fff0d0\"");
	if (str_eq(v->role, STR("pivot")))
		return STR("shape=hexagon, style=filled, fillcolor=\"#f4c7f0\"");
	return STR("shape=ellipse, style=filled, fillcolor=\"#e6eef6\"");
}

static struct str
line(enum flow_why why)
{
	switch (why) {
	case WHY_THEN:
		return STR("style=dashed, color=\"#888888\", weight=4");
	case WHY_PROCESS:
	case WHY_SESSION:
	case WHY_FILE:
	case WHY_LOGON:
	case WHY_CAUSE:
		return STR("penwidth=2, color=\"#b00020\"");
	case WHY_BY:
	case WHY_ON:
	case WHY_AS:
	case WHY_TO:
	case WHY_WITH:
		break;
	}
	return STR("color=\"#556677\"");
}

static void
node(struct buf *b, const struct flow_node *v, size_t no, size_t i)
{
	bool any = false;

	buf_fmt(b, "\t\tn%zu_%zu [label=\"", no, i);
	for (int k = 0; k < FLOW_LINES; k++) {
		if (!v->lines[k].n)
			continue;
		if (any)
			buf_add(b, STR("\\n"));
		any = true;
		quoted(b, v->lines[k]);
	}
	buf_add(b, STR("\", "));
	buf_add(b, look(v));
	buf_add(b, STR("];\n"));
}

void
dot_incident(struct buf *b, const struct flow *f, size_t no)
{
	buf_fmt(b, "\tsubgraph cluster_%zu {\n\t\tlabel=\"", no);
	quoted(b, flow_text(f, "ir.incident.title"));
	buf_add(b, STR("\\n"));
	quoted(b, f->in->id);
	buf_add(b, STR("\";\n"));
	for (size_t i = 0; i < f->n; i++)
		node(b, &f->v[i], no, i);
	if (f->things_left || f->steps_left || f->edges_left) {
		buf_fmt(b, "\t\tn%zu_more [shape=plaintext, label=\"", no);
		draw_left_out(b, f);
		buf_add(b, STR("\"];\n"));
	}
	for (size_t i = 0; i < f->edges; i++) {
		if (!draw_news(f, &f->e[i]))
			continue;
		buf_fmt(b, "\t\tn%zu_%u -> n%zu_%u [label=\"%s\", ", no, f->e[i].from, no,
		    f->e[i].to, flow_why_name(f->e[i].why));
		buf_add(b, line(f->e[i].why));
		buf_add(b, STR("];\n"));
	}
	buf_add(b, STR("\t}\n"));
}
