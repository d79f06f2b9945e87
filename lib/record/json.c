#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "json.h"
#include "leap.h"

#define NUMBER_MAX 1024 /* longer spellings of numbers do not "fit" */

bool
json_valid(struct str text, struct json_fault *fault)
{
	struct walk w = {.text = text};
	bool ok = leap(&w);

	if (fault)
		*fault = w.fault;
	return ok;
}

enum json_type
json_type(struct str raw)
{
	if (raw.n == 0)
		return JSON_NONE;
	switch (raw.p[0]) {
	case '{':
		return JSON_MAP;
	case '[':
		return JSON_LIST;
	case '"':
		return JSON_TEXT;
	case 't':
	case 'f':
		return JSON_BOOL;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUM;
	}
}

/* The characters between quotes. */
static struct str
decode(struct arena *a, struct str in)
{
	const char *p = in.p, *end = in.p + in.n, *slash = memchr(p, '\\', in.n);
	char *out, *to;

	if (!slash)
		return in;
	/* An escape is never shorter than what it stands for. */
	out = to = arena_alloc(a, in.n);
	while (slash) {
		char c[4];
		size_t n;

		memcpy(to, p, (size_t)(slash - p));
		to += slash - p;
		p = slash;
		n = grammar_char(&p, end, c);
		memcpy(to, c, n);
		to += n;
		slash = memchr(p, '\\', (size_t)(end - p));
	}
	memcpy(to, p, (size_t)(end - p));
	to += end - p;
	return (struct str){out, (size_t)(to - out)};
}

struct str
json_text(struct arena *a, struct str raw)
{
	switch (json_type(raw)) {
	case JSON_TEXT:
		return decode(a, str_sub(raw, 1, raw.n - 2));
	case JSON_NUM:
	case JSON_BOOL:
		return raw;
	case JSON_NONE:
	case JSON_NULL:
	case JSON_LIST:
	case JSON_MAP:
		break;
	}
	return STR_NONE;
}

/* The spelling of the number in a value, absent if it holds none. */
static struct str
number(struct str raw)
{
	const char *p;

	if (json_type(raw) == JSON_TEXT)
		raw = str_sub(raw, 1, raw.n - 2);
	else if (json_type(raw) != JSON_NUM)
		return STR_NONE;
	p = raw.p;
	if (raw.n == 0 || grammar_number(&p, raw.p + raw.n) != JSON_OK ||
	    p != raw.p + raw.n)
		return STR_NONE;
	return raw;
}

bool
json_i64(struct str raw, int64_t *v)
{
	struct str s = number(raw);
	double d;

	if (!s.p)
		return false;
	if (str_i64(s, v))
		return true;
	if (str_chr(s, '.') == STR_NPOS && str_chr(s, 'e') == STR_NPOS &&
	    str_chr(s, 'E') == STR_NPOS)
		return false;
	if (!json_num(raw, &d) || d != floor(d) || fabs(d) > 9007199254740992.0)
		return false;
	*v = (int64_t)d;
	return true;
}

bool
json_num(struct str raw, double *v)
{
	struct str s = number(raw);
	char text[NUMBER_MAX];

	if (!s.p || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*v = strtod(text, NULL);
	return isfinite(*v);
}

struct str
json_quote(struct arena *a, struct str text)
{
	bool clean = buf_json_clean(text);
	char *out = arena_alloc(a, 2 + (clean ? text.n : BUF_JSON_ROOM(text.n)));
	size_t n = text.n;

	out[0] = '"';
	if (clean)
		buf_copy(out + 1, text.p, n);
	else
		n = buf_json_write(out + 1, text);
	out[1 + n] = '"';
	return (struct str){out, n + 2};
}

/* --- walking checked text --- */

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

/* Behind the string whose opening quote is at `p`. */
/* Is one of eight bytes a quote or a backslash?  (Or, at times, one behind such a one.) */
static bool
json_special(const char *p)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t w, q, b;

	memcpy(&w, p, sizeof(w));
	q = w ^ each * '"';
	b = w ^ each * '\\';
	return (((q - each) & ~q) | ((b - each) & ~b)) & each * 0x80;
}

static const char *
skip_string(const char *p, const char *end)
{
	p++;
	for (;;) {
		while (end - p >= 8 && !json_special(p))
			p += 8;
		while (p < end && *p != '"' && *p != '\\')
			p++;
		if (p >= end)
			return end;
		if (*p == '"')
			return p + 1;
		p += 2;
	}
}

static const char *
skip_value(const char *p, const char *end)
{
	size_t depth = 0;

	while (p < end) {
		switch (*p) {
		case '"':
			p = skip_string(p, end);
			if (depth == 0)
				return p;
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (depth == 0)
				return p;
			if (--depth == 0)
				return p + 1;
			break;
		case ',':
		case ' ':
		case '\t':
		case '\r':
		case '\n':
			if (depth == 0)
				return p;
			break;
		default:
			break;
		}
		p++;
	}
	return p;
}

bool
json_next(struct str raw, size_t *at, struct str *key, struct str *value)
{
	const char *end = raw.p + raw.n, *p = raw.p + *at, *from;

	if (raw.n == 0 || (raw.p[0] != '{' && raw.p[0] != '['))
		return false;
	p = skip_blanks(p + (*at == 0), end);
	if (p < end && *p == ',')
		p = skip_blanks(p + 1, end);
	if (p == end || *p == '}' || *p == ']')
		return false;
	if (key)
		*key = STR_NONE;
	if (raw.p[0] == '{') {
		from = p;
		p = skip_string(p, end);
		if (key)
			*key = (struct str){from, (size_t)(p - from)};
		p = skip_blanks(p, end);
		p = skip_blanks(p < end ? p + 1 : p, end);
	}
	from = p;
	p = skip_value(p, end);
	*value = (struct str){from, (size_t)(p - from)};
	*at = (size_t)(p - raw.p);
	return true;
}

struct str
json_get(struct arena *a, struct str raw, struct str name)
{
	struct str got = STR_NONE, key, value;
	size_t at = 0;

	if (json_type(raw) != JSON_MAP)
		return got;
	while (json_next(raw, &at, &key, &value))
		if (str_eq(json_text(a, key), name))
			got = value;
	return got;
}
