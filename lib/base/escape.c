#include <stdio.h>

#include "escape.h"

/* Written for what follows a character: nothing foreign is longer than this. */
#define SPELLED 16

static uint32_t
code_point(struct str s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s.p;

	switch (n) {
	case 2:
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	case 3:
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	case 4:
		return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 |
		       (p[3] & 0x3fu);
	}
	return p[0];
}

static bool
is_unseen(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} unseen[] = {
	    {0x00, 0x1f},
	    {0x7f, 0x9f},
	    {0xad, 0xad},
	    {0x34f, 0x34f},
	    {0x61c, 0x61c},
	    {0x115f, 0x1160},
	    {0x17b4, 0x17b5},
	    {0x180b, 0x180f},
	    {0x200b, 0x200f},
	    {0x2028, 0x202e},
	    {0x2060, 0x206f},
	    {0x3164, 0x3164},
	    {0xfe00, 0xfe0f},
	    {0xfeff, 0xfeff},
	    {0xffa0, 0xffa0},
	    {0xfff0, 0xfffb},
	    {0x1bca0, 0x1bca3},
	    {0x1d173, 0x1d17a},
	    {0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
		if (c <= unseen[i].to)
			return c >= unseen[i].from;
	return false;
}

/*
 * Take the first character off `*s`.  What must not be shown comes back spelled
 * out in `out`, all else as it is.
 */
static struct str
next(struct str *s, char out[SPELLED])
{
	size_t n = buf_utf8(*s);
	struct str c = str_sub(*s, 0, n ? n : 1);
	uint32_t point = code_point(c, n);
	int len = 0;

	*s = str_from(*s, c.n);
	if (n == 0)
		len = snprintf(out, SPELLED, "\\x%02x", (unsigned)(unsigned char)c.p[0]);
	else if (point == '\n' || point == '\t' || point == '\r')
		len = snprintf(out, SPELLED, "\\%c",
		    point == '\n'   ? 'n'
		    : point == '\t' ? 't'
				    : 'r');
	else if (is_unseen(point))
		len = snprintf(
		    out, SPELLED, point < 0x80 ? "\\x%02x" : "\\u{%x}", (unsigned)point);
	else
		return c;
	return (struct str){out, (size_t)len};
}

void
escape_text(struct buf *b, struct str s)
{
	char spelled[SPELLED];

	while (s.n)
		buf_add(b, next(&s, spelled));
}

size_t
escape_width(struct str s)
{
	char spelled[SPELLED];
	size_t width = 0;

	while (s.n) {
		struct str c = next(&s, spelled);

		width += c.p == spelled ? c.n : 1;
	}
	return width;
}

void
escape_html(struct buf *b, struct str s)
{
	char spelled[SPELLED];

	while (s.n) {
		struct str c = next(&s, spelled);

		switch (c.p[0]) {
		case '&':
			buf_add(b, STR("&amp;"));
			break;
		case '<':
			buf_add(b, STR("&lt;"));
			break;
		case '>':
			buf_add(b, STR("&gt;"));
			break;
		case '"':
			buf_add(b, STR("&quot;"));
			break;
		case '\'':
			buf_add(b, STR("&#39;"));
			break;
		default:
			buf_add(b, c);
		}
	}
}

static char
at(struct str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Would the dot at `i` make a list of "1. x", or a link of "www.x"? */
static bool
is_dot_markup(struct str s, size_t i)
{
	size_t digits = 0;

	while (is_digit(at(s, digits)))
		digits++;
	if (digits > 0 && digits == i && (at(s, i + 1) == ' ' || i + 1 == s.n))
		return true;
	return i >= 3 && str_ieq(str_sub(s, i - 3, 3), STR("www"));
}

/* Does the byte at `i`, unescaped, mean something to Markdown there? */
static bool
is_markup(struct str s, size_t i)
{
	char c = s.p[i];

	if (strchr("\\`*_[]<>#|~&$", c))
		return true;
	if (i == 0 && strchr("-+=", c))
		return true;
	return (c == '.' || c == ')') && is_dot_markup(s, i);
}

/* Is the colon at `i` one of "10:30" or of "name: value", and not of "http://"? */
static bool
is_plain_colon(struct str s, size_t i)
{
	if (i > 0 && is_digit(s.p[i - 1]) && is_digit(at(s, i + 1)))
		return true;
	return at(s, i + 1) == ' ' || i + 1 == s.n;
}

/* What is neither seen nor ASCII is spelled out, so `s` may be looked at bytewise. */
void
escape_md(struct buf *b, struct str s)
{
	struct str whole = s;
	char spelled[SPELLED];

	while (s.n) {
		size_t i = (size_t)(s.p - whole.p);
		struct str c = next(&s, spelled);

		if (c.p == spelled && c.p[0] == '\\') {
			buf_ch(b, '\\');
			buf_add(b, c);
		} else if (c.p[0] == '@')
			buf_add(b, STR("&#64;&#8203;"));
		else if (c.p[0] == ':' && !is_plain_colon(whole, i))
			buf_add(b, STR("&#58;"));
		else {
			if (is_markup(whole, i))
				buf_ch(b, '\\');
			buf_add(b, c);
		}
	}
}

/* The longest run of backticks: the fence is one longer. */
static size_t
longest_run(struct str s)
{
	size_t run = 0, most = 0;

	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

void
escape_md_code(struct buf *b, struct str s, bool cell)
{
	size_t fence = longest_run(s) + 1;
	char spelled[SPELLED];
	bool pad = s.n && (s.p[0] == '`' || s.p[s.n - 1] == '`' || s.p[0] == ' ');

	if (s.n == 0)
		return;
	for (size_t i = 0; i < fence; i++)
		buf_ch(b, '`');
	if (pad)
		buf_ch(b, ' ');
	while (s.n) {
		struct str c = next(&s, spelled);

		if (cell && c.n == 1 && c.p[0] == '|')
			buf_ch(b, '\\');
		buf_add(b, c);
	}
	if (pad)
		buf_ch(b, ' ');
	for (size_t i = 0; i < fence; i++)
		buf_ch(b, '`');
}
