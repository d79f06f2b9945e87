/* Blanks, comments, names, signs and literals. */
#include <stdlib.h>

#include "buf.h"
#include "stixlex.h"
#include "when.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_first(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char
at(const struct stixlex *l, size_t ahead)
{
	return l->at + ahead < l->text.n ? l->text.p[l->at + ahead] : '\0';
}

bool
stixlex_fault(struct stixlex *l, const char *why)
{
	size_t col = 1;

	for (size_t i = 0; i < l->start; i++)
		col += ((unsigned char)l->text.p[i] & 0xC0) != 0x80;
	if (l->token != STIX_BAD)
		err_set(l->e, ERR_DATA, "column %zu: %s", col, why);
	l->token = STIX_BAD;
	return false;
}

bool
stixlex_is(const struct stixlex *l, const char *word)
{
	return (l->token == STIX_SIGN || l->token == STIX_NAME) &&
	       str_ieq(l->word, str_of(word));
}

/* Blanks of Unicode outside ASCII: their length, or 0. */
static size_t
wide_blank(struct str s)
{
	static const char *const blanks[] = {"\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80",
	    "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
	    "\xE3\x80\x80", NULL};

	for (const char *const *b = blanks; *b; b++)
		if (str_starts(s, str_of(*b)))
			return strlen(*b);
	if (s.n >= 3 && memcmp(s.p, "\xE2\x80", 2) == 0 &&
	    (unsigned char)s.p[2] >= 0x80 && (unsigned char)s.p[2] <= 0x8A)
		return 3;
	return 0;
}

/* False: a comment does not end. */
static bool
skip_blanks(struct stixlex *l)
{
	for (;;) {
		size_t wide = wide_blank(str_from(l->text, l->at)), end;

		l->start = l->at;
		if (l->at < l->text.n && strchr(" \t\r\n\v\f", at(l, 0)) && at(l, 0)) {
			l->at++;
		} else if (wide) {
			l->at += wide;
		} else if (at(l, 0) == '/' && at(l, 1) == '/') {
			end = str_chr(str_from(l->text, l->at), '\n');
			l->at = end == STR_NPOS ? l->text.n : l->at + end;
		} else if (at(l, 0) == '/' && at(l, 1) == '*') {
			end = str_find(str_from(l->text, l->at + 2), STR("*/"));
			if (end == STR_NPOS)
				return false;
			l->at += end + 4;
		} else {
			return true;
		}
	}
}

/* The text between quotes, without its escapes; absent: not ended, or a wrong escape. */
static struct str
quoted(struct stixlex *l)
{
	struct str rest = str_from(l->text, l->at + 1);
	char *out = arena_alloc(l->a, rest.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] == '\'') {
			l->at += i + 2;
			out[n] = '\0';
			return (struct str){out, n};
		}
		if (rest.p[i] == '\\' &&
		    (++i == rest.n || (rest.p[i] != '\'' && rest.p[i] != '\\')))
			return STR_NONE;
		out[n++] = rest.p[i];
	}
	return STR_NONE;
}

static int
sextet(char c)
{
	static const char all[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(all, c) : NULL;

	return p ? (int)(p - all) : -1;
}

struct str
stixlex_base64(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0, pad = 0;
	unsigned bits = 0;

	if (s.n % 4)
		return STR_NONE;
	while (pad < 2 && s.n && s.p[s.n - 1] == '=') {
		s.n--;
		pad++;
	}
	if (pad && s.n == 0)
		return STR_NONE;
	for (size_t i = 0; i < s.n; i++) {
		int v = sextet(s.p[i]);

		if (v < 0)
			return STR_NONE;
		bits = (bits << 6 | (unsigned)v) & 0xFFFFFF;
		if (i % 4)
			out[n++] = (char)(bits >> (6 - 2 * (i % 4)));
	}
	return (struct str){out, n};
}

struct str
stixlex_hex(struct arena *a, struct str s)
{
	unsigned char *out = arena_alloc(a, s.n / 2 + 1);

	if (s.n % 2)
		return STR_NONE;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		int v = is_digit(c)            ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;

		if (v < 0)
			return STR_NONE;
		out[i / 2] = (unsigned char)((i % 2 ? out[i / 2] << 4 : 0) | v);
	}
	return (struct str){(const char *)out, s.n / 2};
}

/* "2024-01-02T03:04:05.6Z", and nothing looser. */
static bool
read_time(struct str s, int64_t *t)
{
	return s.n >= 20 && s.p[10] == 'T' && s.p[s.n - 1] == 'Z' && when_parse(s, t);
}

static void
read_quoted(struct stixlex *l, enum stix_type type)
{
	struct stix_value *v = &l->value;

	l->at += type != STIX_TEXT;
	v->type = type;
	v->text = quoted(l);
	if (!v->text.p)
		stixlex_fault(l, "a text that does not end, or with a wrong escape");
	else if (type == STIX_TIME && !read_time(v->text, &v->t))
		stixlex_fault(l, "not a time like t'2024-01-02T03:04:05Z'");
	else if (type == STIX_HEX && !(v->text = stixlex_hex(l->a, v->text)).p)
		stixlex_fault(l, "not pairs of hexadecimal digits");
	else if (type == STIX_BINARY && !(v->text = stixlex_base64(l->a, v->text)).p)
		stixlex_fault(l, "not base64");
	else if (type == STIX_TEXT && !net_parse(v->text, &v->net))
		v->net.ip.v = 0;
}

static void
read_number(struct stixlex *l)
{
	struct stix_value *v = &l->value;
	size_t from = l->at, digits = 0;
	char text[64];

	l->at += at(l, 0) == '+' || at(l, 0) == '-';
	for (; is_digit(at(l, 0)); l->at++)
		digits++;
	v->type = STIX_INT;
	if (digits > 1 && l->text.p[l->at - digits] == '0')
		stixlex_fault(l, "a number with a leading zero");
	if (at(l, 0) == '.' && is_digit(at(l, 1))) {
		v->type = STIX_FLOAT;
		for (l->at++; is_digit(at(l, 0)); l->at++)
			digits++;
	}
	v->text = str_sub(l->text, from, l->at - from);
	if (digits == 0 || v->text.n >= sizeof(text)) {
		stixlex_fault(l, "not a number");
		return;
	}
	memcpy(text, v->text.p, v->text.n);
	text[v->text.n] = '\0';
	v->num = strtod(text, NULL);
	if (v->text.p[0] == '+')
		v->text = str_from(v->text, 1);
}

static void
read_name(struct stixlex *l)
{
	while (is_first(at(l, 0)) || is_digit(at(l, 0)) || at(l, 0) == '-')
		l->at++;
	l->token = STIX_NAME;
}

static void
read_sign(struct stixlex *l)
{
	static const char *const signs[] = {"==", "!=", "<>", "<=", ">=", "=", "<", ">",
	    "[", "]", "(", ")", ":", ".", ",", "*", NULL};

	for (const char *const *s = signs; *s; s++)
		if (str_starts(str_from(l->text, l->at), str_of(*s))) {
			l->at += strlen(*s);
			return;
		}
	stixlex_fault(l, "an unexpected character");
}

void
stixlex_next(struct stixlex *l)
{
	char c, next;

	if (l->token == STIX_BAD)
		return;
	if (!skip_blanks(l)) {
		stixlex_fault(l, "a comment that does not end");
		return;
	}
	c = at(l, 0);
	next = at(l, 1);
	l->value = (struct stix_value){.type = STIX_TEXT};
	l->token = STIX_LITERAL;
	if (l->at == l->text.n)
		l->token = STIX_END;
	else if (c == '\'')
		read_quoted(l, STIX_TEXT);
	else if (next == '\'' && strchr("thb", c) && c)
		read_quoted(l, c == 't' ? STIX_TIME : c == 'h' ? STIX_HEX : STIX_BINARY);
	else if (is_first(c))
		read_name(l);
	else if (is_digit(c) || c == '+' || c == '-' || (c == '.' && is_digit(next)))
		read_number(l);
	else {
		l->token = STIX_SIGN;
		read_sign(l);
	}
	l->word = str_sub(l->text, l->start, l->at - l->start);
}
