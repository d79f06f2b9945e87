/*
 * Flowcharts for Mermaid.
 */
#include "draw.h"

/* Whatever could be markup, a directive, a link or an entity becomes its number. */
static void
quoted(struct buf *b, struct str s)
{
	struct buf shown = buf_make(16 * 1024);

	draw_shown(&shown, s);
	for (size_t i = 0; i < shown.n; i++) {
		unsigned char c = (unsigned char)shown.p[i];
		bool plain = c >= 0x80 || (c >= '0' && c <= '9') ||
			     (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			     (c && strchr(" .,:-_/()+?!", c));

		/* of a list's number, as in "1. ", and of a link, the mark is spelled */
		if (c == ':' && i + 1 < shown.n && shown.p[i + 1] == '/')
			plain = false;
		if ((c == '.' || c == ')' || c == '-' || c == '+') && i + 1 < shown.n &&
		    shown.p[i + 1] == ' ' && i < 4)
			plain = false;
		if (plain)
			buf_ch(b, (char)c);
		else
			buf_fmt(b, "#%u;", c);
	}
	buf_free(&shown);
}

void
mermaid_begin(struct buf *b)
{
	buf_add(b,
	    STR("flowchart TB\n"
		"\tclassDef attacker fill:#f4a3a3,stroke:#b00020,color:#000\n"
		"\tclassDef held fill:#ffc9a0,stroke:#333,stroke-width:2px,color:#000\n"
		"\tclassDef victim fill:#fff0d0,stroke:#333,color:#000\n"
		"\tclassDef pivot fill:#f4c7f0,stroke:#333,color:#000\n"
		"\tclassDef other fill:#e6eef6,stroke:#333,color:#000\n"
		"\tclassDef step fill:#fff,stroke:#333,color:#000\n"
		"\tclassDef root fill:#fff,stroke:#b00020,stroke-width:3px,color:#000\n"
		"\tclassDef cause fill:#ffe08a,stroke:#333,color:#000\n"));
}

static const char *
class_of(const struct flow_node *v)
{
	static const char *const roles[] = {"attacker", "victim", "pivot"};

	if (v->kind == FLOW_CAUSE)
		return "cause";
	if (v->kind == FLOW_STEP)
		return v->root ? "root" : "step";
	if (v->held)
		return "held";
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (str_eq(v->role, str_of(roles[i])))
			return roles[i];
	return "other";
}

static void
node(struct buf *b, const struct flow_node *v, size_t no, size_t i)
{
	static const char *const open[] = {"[/", "(", "["};
	static const char *const shut[] = {"/]", ")", "]"};
	bool any = false;

	buf_fmt(b, "\t\tn%zu_%zu%s\"", no, i, open[v->kind]);
	for (int k = 0; k < FLOW_LINES; k++) {
		if (!v->lines[k].n)
			continue;
		if (any)
			buf_add(b, STR("<br>"));
		any = true;
		quoted(b, v->lines[k]);
	}
	buf_fmt(b, "\"%s:::%s\n", shut[v->kind], class_of(v));
}

static const char *
arrow(enum flow_why why)
{
	return why == WHY_THEN ? "-.->" : why >= WHY_PROCESS ? "==>" : "-->";
}

void
mermaid_incident(struct buf *b, const struct flow *f, size_t no)
{
	buf_fmt(b, "\tsubgraph i%zu[\"", no);
	quoted(b, flow_text(f, "ir.incident.title"));
	buf_add(b, STR("<br>"));
	quoted(b, f->in->id);
	buf_add(b, STR("\"]\n"));
	for (size_t i = 0; i < f->n; i++)
		node(b, &f->v[i], no, i);
	if (f->things_left || f->steps_left || f->edges_left) {
		buf_fmt(b, "\t\tn%zu_more[\"", no);
		draw_left_out(b, f);
		buf_add(b, STR("\"]:::other\n"));
	}
	for (size_t i = 0; i < f->edges; i++)
		if (draw_news(f, &f->e[i]))
			buf_fmt(b, "\t\tn%zu_%u %s|\"%s\"| n%zu_%u\n", no, f->e[i].from,
			    arrow(f->e[i].why), flow_why_name(f->e[i].why), no,
			    f->e[i].to);
	buf_add(b, STR("\tend\n"));
}
