#include "escape.h"
#include "page.h"

#define ADD(p, lit) buf_add(&(p)->b, STR(lit))

static void
begin(struct page *p, struct str title, struct str made)
{
	ADD(p, "# ");
	escape_md(&p->b, title);
	ADD(p, "\n\nMade at ");
	escape_md(&p->b, made);
	ADD(p, " by irreport.\n\n");
}

static void
end(struct page *p)
{
	(void)p;
}

static void
heading(
    struct page *p, int level, struct str text, struct str severity, struct str anchor)
{
	(void)anchor;
	ADD(p, "\n");
	for (int i = 0; i < level; i++)
		ADD(p, "#");
	ADD(p, " ");
	escape_md(&p->b, text);
	if (severity.n) {
		ADD(p, " \\(");
		escape_md(&p->b, severity);
		ADD(p, "\\)");
	}
	ADD(p, "\n\n");
}

static void
para(struct page *p, bool open)
{
	if (!open)
		ADD(p, "\n\n");
}

static void
list(struct page *p, bool open)
{
	if (!open)
		ADD(p, "\n");
}

static void
item(struct page *p, bool open)
{
	if (open)
		ADD(p, "- ");
	else
		ADD(p, "\n");
}

static void
text(struct page *p, struct str s)
{
	escape_md(&p->b, s);
}

static void
code(struct page *p, struct str s)
{
	escape_md_code(&p->b, s, p->in_cell);
}

/* Renderers rename anchors: the id itself is what to look for. */
static void
link(struct page *p, struct str anchor, struct str s)
{
	(void)anchor;
	code(p, s);
}

static void
badge(struct page *p, struct str severity)
{
	escape_md(&p->b, severity);
}

static void
table(struct page *p, const char *const *heads)
{
	if (!heads) {
		ADD(p, "\n");
		return;
	}
	for (size_t i = 0; heads[i]; i++) {
		ADD(p, "| ");
		escape_md(&p->b, str_of(heads[i]));
		ADD(p, " ");
	}
	ADD(p, "|\n");
	for (size_t i = 0; heads[i]; i++)
		ADD(p, "| --- ");
	ADD(p, "|\n");
}

static void
row(struct page *p, bool open)
{
	if (!open)
		ADD(p, "|\n");
}

static void
cell(struct page *p, bool open)
{
	if (open)
		ADD(p, "| ");
	else
		ADD(p, " ");
	p->in_cell = open;
}

/* Indented by four, no line can end the block. */
static void
block(struct page *p, struct str lines)
{
	while (lines.p) {
		struct str line = str_cut(&lines, '\n');

		if (!line.n && !lines.p)
			break;
		ADD(p, "    ");
		escape_text(&p->b, line);
		ADD(p, "\n");
	}
	ADD(p, "\n");
}

const struct page_form page_md = {
    .begin = begin,
    .end = end,
    .heading = heading,
    .para = para,
    .list = list,
    .item = item,
    .text = text,
    .code = code,
    .link = link,
    .target = link,
    .badge = badge,
    .table = table,
    .row = row,
    .cell = cell,
    .block = block,
};
