#include "escape.h"
#include "test.h"

static bool
gives(void (*escape)(struct buf *, struct str), struct str in, const char *want)
{
	struct buf b = buf_make(4096);
	bool same;

	escape(&b, in);
	same = str_eq(buf_str(&b), str_of(want));
	if (!same)
		fprintf(stderr, "got '" STR_FMT "'\n", STR_ARG(buf_str(&b)));
	buf_free(&b);
	return same;
}

static void
code_in_cell(struct buf *b, struct str s)
{
	escape_md_code(b, s, true);
}

static void
text_is_one_line_without_controls(void)
{
	T(gives(escape_text, STR("plain \xc3\xa9 text"), "plain \xc3\xa9 text"));
	T(gives(escape_text, STR("a\nb\tc\r"), "a\\nb\\tc\\r"));
	T(gives(escape_text, STR("\033]0;owned\a"), "\\x1b]0;owned\\x07"));
	T(gives(escape_text,
	    STR("\xc2\x9b"
		"2J"),
	    "\\u{9b}2J"));
	T(gives(escape_text, STR("\x7f"), "\\x7f"));
	T(gives(escape_text, STR("a\0b"), "a\\x00b"));
}

static void
text_shows_what_turns_it_around(void)
{
	T(gives(escape_text, STR("evil\xe2\x80\xaegnp.exe"), "evil\\u{202e}gnp.exe"));
	T(gives(escape_text, STR("\xe2\x81\xa6x"), "\\u{2066}x"));
	T(gives(escape_text,
	    STR("a\xe2\x80\x8b"
		"b"),
	    "a\\u{200b}b"));
	T(gives(escape_text, STR("\xf3\xa0\x81\x81"), "\\u{e0041}"));
}

static void
bad_utf8_is_spelled_byte_by_byte(void)
{
	T(gives(escape_text, STR("\xff\xc3"), "\\xff\\xc3"));
	T(gives(escape_text, STR("\xed\xa0\x80"), "\\xed\\xa0\\x80"));
	T(escape_width(STR("\xff"
			   "a\xc3\xa9")) == 6);
}

static void
html_has_no_markup(void)
{
	T(gives(escape_html, STR("<b a='1' b=\"2\">&"),
	    "&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;"));
	T(gives(escape_html, STR("\xe2\x80\xae<"), "\\u{202e}&lt;"));
}

static void
markdown_has_no_markup_links_or_mentions(void)
{
	T(gives(escape_md, STR("[a](b) | `c` *d*"), "\\[a\\](b) \\| \\`c\\` \\*d\\*"));
	T(gives(escape_md, STR("@team"), "&#64;&#8203;team"));
	T(gives(escape_md, STR("www.a.b"), "www\\.a.b"));
	T(gives(escape_md, STR("http://x"), "http&#58;//x"));
	T(gives(escape_md, STR("mailto:a"), "mailto&#58;a"));
	T(gives(escape_md, STR("a\n# b"), "a\\\\n\\# b"));
	T(gives(escape_md, STR("<img>&lt;"), "\\<img\\>\\&lt;"));
}

static void
markdown_stays_readable(void)
{
	T(gives(escape_md, STR("2026-11-24 09:19:48 UTC: by 203.0.113.66 (x)"),
	    "2026-11-24 09:19:48 UTC: by 203.0.113.66 (x)"));
	T(gives(escape_md, STR("1. x"), "1\\. x"));
	T(gives(escape_md, STR("1) x"), "1\\) x"));
	T(gives(escape_md, STR("- x"), "\\- x"));
	T(gives(escape_md, STR("=="), "\\=="));
}

static void
code_spans_cannot_be_left(void)
{
	T(gives(code_in_cell, STR("a|b"), "`a\\|b`"));
	T(gives(code_in_cell, STR("a`b``c"), "```a`b``c```"));
	T(gives(code_in_cell, STR("`x"), "`` `x ``"));
	T(gives(code_in_cell, STR(""), ""));
	T(gives(code_in_cell, STR("a\nb"), "`a\\nb`"));
}

int
main(void)
{
	FACT(text_is_one_line_without_controls);
	FACT(text_shows_what_turns_it_around);
	FACT(bad_utf8_is_spelled_byte_by_byte);
	FACT(html_has_no_markup);
	FACT(markdown_has_no_markup_links_or_mentions);
	FACT(markdown_stays_readable);
	FACT(code_spans_cannot_be_left);
	return TEST_END;
}
