#include "escape.h"
#include "page.h"

#define ADD(p, lit) buf_add(&(p)->b, STR(lit))

bool
page_anchor(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char low = (char)(s.p[i] | 0x20);

		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(low >= 'a' && low <= 'z') &&
		    s.p[i] != '-' && s.p[i] != '_')
			return false;
	}
	return s.n > 0 && s.n <= 64;
}

static void
begin(struct page *p, struct str title, struct str made)
{
	ADD(p,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	escape_html(&p->b, title);
	ADD(p, "</title>\n<style>\n");
	buf_add(&p->b, str_of(page_style));
	ADD(p, "</style>\n</head>\n<body>\n<header><h1>");
	escape_html(&p->b, title);
	ADD(p, "</h1>\n<p class=\"made\">Made at ");
	escape_html(&p->b, made);
	ADD(p, " by irreport</p></header>\n<main>\n");
}

static void
end(struct page *p)
{
	ADD(p, "</main>\n</body>\n</html>\n");
}

static void
badge(struct page *p, struct str severity)
{
	ADD(p, "<span class=\"badge ");
	buf_add(&p->b, page_anchor(severity) ? severity : STR("none"));
	ADD(p, "\">");
	escape_html(&p->b, severity);
	ADD(p, "</span>");
}

static void
heading(
    struct page *p, int level, struct str text, struct str severity, struct str anchor)
{
	buf_fmt(&p->b, "<h%d", level);
	if (page_anchor(anchor)) {
		ADD(p, " id=\"");
		buf_add(&p->b, anchor);
		ADD(p, "\"");
	}
	ADD(p, ">");
	if (severity.n) {
		badge(p, severity);
		ADD(p, " ");
	}
	escape_html(&p->b, text);
	buf_fmt(&p->b, "</h%d>\n", level);
}

static void
para(struct page *p, bool open)
{
	buf_add(&p->b, open ? STR("<p>") : STR("</p>\n"));
}

static void
list(struct page *p, bool open)
{
	buf_add(&p->b, open ? STR("<ol>\n") : STR("</ol>\n"));
}

static void
item(struct page *p, bool open)
{
	buf_add(&p->b, open ? STR("<li>") : STR("</li>\n"));
}

static void
text(struct page *p, struct str s)
{
	escape_html(&p->b, s);
}

static void
code(struct page *p, struct str s)
{
	if (!s.n)
		return;
	ADD(p, "<code>");
	escape_html(&p->b, s);
	ADD(p, "</code>");
}

static void
link(struct page *p, struct str anchor, struct str s)
{
	if (!page_anchor(anchor)) {
		code(p, s);
		return;
	}
	ADD(p, "<a href=\"#");
	buf_add(&p->b, anchor);
	ADD(p, "\">");
	escape_html(&p->b, s);
	ADD(p, "</a>");
}

static void
target(struct page *p, struct str anchor, struct str s)
{
	if (!page_anchor(anchor)) {
		code(p, s);
		return;
	}
	ADD(p, "<code id=\"");
	buf_add(&p->b, anchor);
	ADD(p, "\">");
	escape_html(&p->b, s);
	ADD(p, "</code>");
}

/* A table whose first head is empty is one of names and values. */
static void
table(struct page *p, const char *const *heads)
{
	if (!heads) {
		ADD(p, "</tbody></table></div>\n");
		return;
	}
	if (heads[0][0] == '\0') {
		ADD(p, "<div class=\"wide\"><table class=\"facts\"><tbody>\n");
		return;
	}
	ADD(p, "<div class=\"wide\"><table><thead><tr>");
	for (size_t i = 0; heads[i]; i++) {
		ADD(p, "<th>");
		escape_html(&p->b, str_of(heads[i]));
		ADD(p, "</th>");
	}
	ADD(p, "</tr></thead><tbody>\n");
}

static void
row(struct page *p, bool open)
{
	buf_add(&p->b, open ? STR("<tr>") : STR("</tr>\n"));
}

static void
cell(struct page *p, bool open)
{
	buf_add(&p->b, open ? STR("<td>") : STR("</td>"));
}

static void
block(struct page *p, struct str lines)
{
	ADD(p, "<pre>");
	while (lines.p) {
		struct str line = str_cut(&lines, '\n');

		if (!line.n && !lines.p)
			break;
		if (line.n && line.p[0] == '+')
			ADD(p, "<span class=\"plus\">");
		else if (line.n && line.p[0] == '-')
			ADD(p, "<span class=\"minus\">");
		else
			ADD(p, "<span>");
		escape_html(&p->b, line);
		ADD(p, "</span>\n");
	}
	ADD(p, "</pre>\n");
}

const struct page_form page_html = {
    .begin = begin,
    .end = end,
    .heading = heading,
    .para = para,
    .list = list,
    .item = item,
    .text = text,
    .code = code,
    .link = link,
    .target = target,
    .badge = badge,
    .table = table,
    .row = row,
    .cell = cell,
    .block = block,
    .picture = page_picture,
};
