/*
 * page - a document under construction, whatever it will be read in.
 *
 * The report says what is there; a form (Markdown, HTML) says how it looks.
 * All text given to it is foreign and is escaped for the form, so there is no
 * call that passes markup through.
 */
#ifndef PAGE_H
#define PAGE_H

#include "arena.h"
#include "buf.h"
#include "str.h"

struct page;

/* A bar in a time line: from and to in ns. */
struct page_bar {
	struct str name;
	int64_t from, to, n;
};

struct page_form {
	void (*begin)(struct page *, struct str title, struct str made);
	void (*end)(struct page *);

	/* `severity` is one of the five words or absent; `anchor` a name or absent. */
	void (*heading)(struct page *, int level, struct str text, struct str severity,
	    struct str anchor);

	void (*para)(struct page *, bool open);
	void (*list)(struct page *, bool open);
	void (*item)(struct page *, bool open);

	/* Inside a paragraph, an item or a cell. */
	void (*text)(struct page *, struct str);
	void (*code)(struct page *, struct str);
	void (*link)(struct page *, struct str anchor, struct str text);
	void (*target)(struct page *, struct str anchor, struct str text);
	void (*badge)(struct page *, struct str severity);

	void (*table)(struct page *, const char *const *heads); /* NULL: the end */
	void (*row)(struct page *, bool open);
	void (*cell)(struct page *, bool open);

	void (*block)(struct page *, struct str lines); /* as it is, line by line */

	/* NULL: the form has no pictures. */
	void (*picture)(struct page *, const struct page_bar *, size_t n);
};

struct page {
	const struct page_form *form;
	struct buf b;
	struct arena *a;
	bool in_cell;
	bool filled; /* something stands in the paragraph, item or cell already */
};

extern const struct page_form page_md, page_html;

/* Is the text safe as an anchor: letters, digits, '-' and '_' only, not too long? */
bool page_anchor(struct str);

/* The HTML form's style sheet and time line. */
extern const char page_style[];
void page_picture(struct page *, const struct page_bar *, size_t n);

#endif
