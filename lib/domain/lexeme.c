#include "lexeme.h"

#define WORD_MAX 128 /* bytes of a word that is worth keeping */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

static bool
is_mark(char c) /* always a lexeme of its own */
{
	switch (c) {
	case '=':
	case ',':
	case ';':
	case '(':
	case ')':
	case '[':
	case ']':
	case '{':
	case '}':
	case '<':
	case '>':
	case '"':
	case '\'':
	case '|':
	case '`':
		return true;
	default:
		return false;
	}
}

static size_t
count_digits(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] >= '0' && s.p[i] <= '9';
	return n;
}

/* --- the line --- */

struct reader {
	struct str s;
	size_t i;
	struct lexeme *v;
	size_t n, max;
	bool blank, value; /* behind "=": what comes is a value */
};

/* What stands behind such a word is a name. */
static bool
is_named(const struct reader *r)
{
	static const char *const words[] = {"user", "username", "account", "host",
	    "hostname", "node", "interface", "device", "service", "daemon", NULL};

	if (r->n == 0 || !r->blank || r->v[r->n - 1].kind != LEX_WORD)
		return false;
	for (const char *const *w = words; *w; w++)
		if (str_ieq(r->v[r->n - 1].text, str_of(*w)))
			return true;
	return false;
}

static void
put(struct reader *r, size_t n, enum lexeme_kind k)
{
	if (k == LEX_WORD && (r->value || is_named(r)))
		k = LEX_VALUE;
	if (n > WORD_MAX && !lexeme_is_variable(k))
		k = LEX_ID;
	r->v[r->n++] = (struct lexeme){str_sub(r->s, r->i, n), k, r->blank};
	r->i += n;
	r->blank = r->value = false;
}

/* An atom: words and what joins them.  Marks at its ends are not part of it. */
static size_t
atom_end(struct str s, size_t i)
{
	size_t end = i;

	while (end < s.n && !is_blank(s.p[end]) && !is_mark(s.p[end]))
		end++;
	while (end > i + 1 && !spelling_inner(s.p[end - 1]) && s.p[end - 1] != '%' &&
	       s.p[end - 1] != '/' && s.p[end - 1] != '*')
		end--;
	return end;
}

/* The marks of a query are part of an address. */
static size_t
url_tail(struct str s)
{
	size_t n = 0;

	while (n < s.n && !is_blank(s.p[n]) && !memchr("\"'<>()[]{}", s.p[n], 10))
		n++;
	while (n && (s.p[n - 1] == ',' || s.p[n - 1] == '.' || s.p[n - 1] == ';'))
		n--;
	return n;
}

/* "key:" of "key:value", where that is no name with a port. */
static size_t
key_before(struct str atom, enum lexeme_kind k)
{
	size_t colon = str_chr(atom, ':');

	if (k == LEX_URL || k == LEX_MAC || k == LEX_IP || k == LEX_HOST ||
	    k == LEX_PATH || colon == STR_NPOS || colon == 0 || colon + 1 >= atom.n ||
	    atom.p[colon + 1] == ':')
		return 0;
	return count_digits(str_sub(atom, 0, colon)) == 0 ? colon : 0;
}

/* "core" of "core.2275", "CPU" of "CPU#1". */
static size_t
name_before(struct str atom, enum lexeme_kind k)
{
	size_t dot = str_rchr(atom, '.');

	if (dot == STR_NPOS)
		dot = str_rchr(atom, '#');
	if ((k != LEX_ID && k != LEX_VALUE) || dot == STR_NPOS || dot == 0 ||
	    count_digits(str_from(atom, dot + 1)) != atom.n - dot - 1 ||
	    count_digits(str_sub(atom, 0, dot)))
		return 0;
	return dot;
}

static void
read_atom(struct reader *r)
{
	size_t end = atom_end(r->s, r->i), cut;
	struct str atom = str_sub(r->s, r->i, end - r->i);
	enum lexeme_kind k;

	/* joints that stand before a word are marks, but signs and paths are not */
	for (cut = 0; cut < atom.n && !spelling_inner(atom.p[cut]); cut++)
		if (spelling_begins(str_from(atom, cut)))
			break;
	if (cut) {
		put(r, cut, LEX_MARK);
		return;
	}
	k = spelling_kind(atom);
	cut = key_before(atom, k);
	cut = cut ? cut : name_before(atom, k);
	if (cut) {
		put(r, cut, LEX_WORD);
		return;
	}
	if (k == LEX_URL)
		atom.n += url_tail(str_from(r->s, r->i + atom.n));
	if (r->n && r->v[r->n - 1].kind == LEX_NUMBER && spelling_size_unit(atom))
		k = LEX_UNIT;
	put(r, atom.n, k);
}

/* GET /x HTTP/1.1 */
static bool
is_request(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 'A' && s.p[n] <= 'Z')
		n++;
	return n >= 3 && n < s.n && s.p[n] == ' ';
}

/* What quotes hold is one value, but for a request; the reader is behind the opening one. */
static void
read_quoted(struct reader *r, char quote)
{
	size_t end = r->i;
	struct str in;

	while (end < r->s.n && r->s.p[end] != quote && end - r->i < 256)
		end += r->s.p[end] == '\\' && end + 1 < r->s.n ? 2 : 1;
	if (end >= r->s.n || r->s.p[end] != quote || end == r->i || r->n + 3 > r->max)
		return;
	in = str_sub(r->s, r->i, end - r->i);
	if (is_request(in))
		return;
	put(r, in.n, count_digits(in) ? LEX_ID : LEX_VALUE);
	put(r, 1, LEX_MARK);
}

static void
read_mark(struct reader *r)
{
	char c = r->s.p[r->i], next = r->i + 1 < r->s.n ? r->s.p[r->i + 1] : ' ';
	bool blank = r->blank,
	     opens = r->n == 0 || blank || r->v[r->n - 1].kind == LEX_MARK;

	put(r, 1, LEX_MARK);
	if (c == '=')
		r->value = next != '=';
	/* a key without a value, an empty pair of brackets: a value that is not there */
	if (r->n + 1 < r->max && ((c == '=' && (is_blank(next) || next == ',')) ||
				     (c == '(' && next == ')' && blank))) {
		put(r, 0, LEX_VALUE);
	} else if ((c == '"' || (c == '\'' && opens))) {
		read_quoted(r, c);
	}
}

static bool
is_arrow(struct str s)
{
	return str_starts(s, STR("->")) || str_starts(s, STR("=>"));
}

size_t
lexeme_read(struct str line, struct lexeme *v, size_t max)
{
	struct reader r = {.s = line, .v = v, .max = max};
	size_t n;

	while (r.i < line.n) {
		if (is_blank(line.p[r.i])) {
			r.blank = true;
			r.i++;
			continue;
		}
		if (r.n + 1 >= max)
			put(&r, line.n - r.i, LEX_REST);
		else if (is_arrow(str_from(line, r.i)))
			put(&r, 2, LEX_MARK);
		else if (is_mark(line.p[r.i]))
			read_mark(&r);
		else if ((n = spelling_time(str_from(line, r.i))))
			put(&r, n, LEX_TIME);
		else
			read_atom(&r);
	}
	return r.n;
}
