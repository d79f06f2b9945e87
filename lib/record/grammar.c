#include "buf.h"
#include "grammar.h"

struct why {
	const char *code, *text;
};

static const struct why whys[] = {
    [JSON_OK] = {"ok", "no fault"},
    [JSON_EMPTY] = {"empty", "empty line"},
    [JSON_SYNTAX] = {"syntax", "not JSON"},
    [JSON_STRING] = {"string", "control byte in a string, or a string that does not end"},
    [JSON_ESCAPE] = {"escape", "bad escape in a string"},
    [JSON_UTF8] = {"utf8", "not UTF-8"},
    [JSON_NUMBER] = {"number", "not a JSON number"},
    [JSON_TRAILING] = {"trailing", "text behind the record"},
    [JSON_TOO_DEEP] = {"depth", "nested too deep"},
    [JSON_TOO_MANY] = {"members", "too many members"},
    [JSON_NOT_OBJECT] = {"not_object", "not a JSON object"},
};

const char *
json_why_text(enum json_why why)
{
	return whys[why].text;
}

const char *
json_why_code(enum json_why why)
{
	return whys[why].code;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Four hex digits, or -1. */
static int
hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int d = hex(p[i]);

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/* Bytes of the escape at `p`, 0 if it is none. */
static size_t
escape(const char *p, const char *end)
{
	if (end - p < 2)
		return 0;
	switch (p[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return 2;
	case 'u':
		return hex4(p + 2, end) < 0 ? 0 : 6;
	default:
		return 0;
	}
}

enum json_why
grammar_string(const char **at, const char *end)
{
	const char *p = *at;
	enum json_why why = JSON_STRING;

	while (p < end && *p != '"' && (unsigned char)*p >= 0x20) {
		size_t n = 1;

		if (*p == '\\') {
			n = escape(p, end);
			why = JSON_ESCAPE;
		} else if ((unsigned char)*p >= 0x80) {
			n = buf_utf8((struct str){p, (size_t)(end - p)});
			why = JSON_UTF8;
		}
		if (n == 0) {
			*at = p;
			return why;
		}
		p += n;
		why = JSON_STRING;
	}
	if (p == end || *p != '"') {
		*at = p;
		return why;
	}
	*at = p + 1;
	return JSON_OK;
}

/* Digits from `p` on; NULL and `*at` at the wrong byte if there is none. */
static const char *
digits(const char *p, const char *end, const char **at)
{
	const char *from = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	*at = p;
	return p == from ? NULL : p;
}

enum json_why
grammar_number(const char **at, const char *end)
{
	const char *p = *at;

	if (p < end && *p == '-')
		p++;
	if (p < end && *p == '0')
		p++;
	else if (!(p = digits(p, end, at)))
		return JSON_NUMBER;
	if (p < end && *p == '.' && !(p = digits(p + 1, end, at)))
		return JSON_NUMBER;
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		if (!(p = digits(p, end, at)))
			return JSON_NUMBER;
	}
	*at = p;
	if (p < end && ((*p >= '0' && *p <= '9') || (*p && strchr("+-.eE", *p))))
		return JSON_NUMBER;
	return JSON_OK;
}

enum json_why
grammar_word(const char **at, const char *end)
{
	const char *p = *at;
	const char *word = *p == 't' ? "true" : *p == 'f' ? "false" : "null";

	for (; *word; word++, p++)
		if (p == end || *p != *word) {
			*at = p;
			return JSON_SYNTAX;
		}
	*at = p;
	return JSON_OK;
}

static size_t
utf8(char out[4], int c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* The character of a \u escape whose digits start at `*at`, perhaps a pair. */
static int
unicode(const char **at, const char *end)
{
	const char *p = *at;
	int c = hex4(p, end), low;

	*at = p + 4;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c > 0xdbff || end - p < 10 || p[4] != '\\' || p[5] != 'u')
		return 0xfffd;
	low = hex4(p + 6, end);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*at = p + 10;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

size_t
grammar_char(const char **at, const char *end, char out[4])
{
	static const char letters[] = "bfnrt", codes[] = "\b\f\n\r\t";
	const char *p = *at, *letter;

	if (*p != '\\') {
		size_t n = buf_utf8((struct str){p, (size_t)(end - p)});

		n = n ? n : 1;
		memcpy(out, p, n);
		*at = p + n;
		return n;
	}
	*at = p + 2;
	if (p[1] == 'u')
		return utf8(out, unicode(at, end));
	letter = strchr(letters, p[1]);
	out[0] = letter ? codes[letter - letters] : p[1];
	return 1;
}

size_t
grammar_dots(struct str raw)
{
	const char *p = raw.p, *end = raw.p + raw.n;
	size_t dots = 0;
	char c[4];

	while (p < end)
		dots += grammar_char(&p, end, c) == 1 && c[0] == '.';
	return dots;
}
