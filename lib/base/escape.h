/*
 * escape - foreign text made harmless for the place where people will read it.
 *
 * Attackers write what logs hold.  Everywhere, control characters, bad UTF-8
 * and characters that cannot be seen or that turn text around (bidirectional
 * marks, zero-width ones, tags) are spelled out: \n, \x1b, \u{202e}.  What is
 * markup at the place is then escaped as well.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include "buf.h"
#include "str.h"

/* For a terminal or a plain text file; always one line. */
void escape_text(struct buf *, struct str);

/* For HTML, in text and in quoted attribute values. */
void escape_html(struct buf *, struct str);

/*
 * For running Markdown text (CommonMark, GFM): no markup, links, automatic
 * links, @mentions or #references come of it.
 */
void escape_md(struct buf *, struct str);

/* As a Markdown code span; in a table cell (`cell`) pipes are escaped too. */
void escape_md_code(struct buf *, struct str, bool cell);

/* Columns that escape_text() of it takes, taking every character as one wide. */
size_t escape_width(struct str);

#endif
