#include "ip.h"
#include "lexeme.h"

/* --- characters --- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
is_inner(char c) /* of a word */
{
	return is_digit(c) || is_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

static bool
is_mark(char c) /* always a lexeme of its own */
{
	return c && memchr("=,;()[]{}<>\"'|`", c, 15);
}

static size_t
count(struct str s, bool (*is)(char))
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += is(s.p[i]);
	return n;
}

static bool
all(struct str s, bool (*is)(char))
{
	return s.n && count(s, is) == s.n;
}

/* --- times --- */

/* Length of the text that is spelled like `form`, where 0 is a digit, A a letter. */
static size_t
spelled(struct str s, const char *form)
{
	size_t i = 0;

	for (; form[i]; i++)
		if (i >= s.n || (form[i] == '0'      ? !is_digit(s.p[i])
				    : form[i] == 'A' ? !is_letter(s.p[i])
						     : s.p[i] != form[i]))
			return 0;
	return i;
}

/* Fractions and a zone behind a clock. */
static size_t
clock_tail(struct str s, size_t i)
{
	size_t n;

	if (i + 1 < s.n && (s.p[i] == '.' || s.p[i] == ',') && is_digit(s.p[i + 1]))
		for (i++; i < s.n && is_digit(s.p[i]);)
			i++;
	if (i < s.n && s.p[i] == 'Z')
		return i + 1;
	n = spelled(str_from(s, i), "+00:00");
	n = n ? n : spelled(str_from(s, i), "-00:00");
	n = n ? n : spelled(str_from(s, i), "+0000");
	n = n ? n : spelled(str_from(s, i), "-0000");
	n = n ? n : spelled(str_from(s, i), " +0000");
	n = n ? n : spelled(str_from(s, i), " -0000");
	return i + n;
}

static bool
ends_word(struct str s, size_t i)
{
	return i >= s.n || !(is_inner(s.p[i]) ||
			       (s.p[i] == ':' && i + 1 < s.n && is_inner(s.p[i + 1])));
}

static const char *const digit_times[] = {"0000-00-00T00:00:00", "0000-00-00 00:00:00",
    "0000/00/00 00:00:00", "0000/00/00-00:00:00", "0000-00-00-00.00.00",
    "0000.00.00 00:00:00", "00/AAA/0000:00:00:00", "00/AAA/0000 00:00:00",
    "00-AAA-0000 00:00:00", "00/00/0000 00:00:00", "00.00.0000 00:00:00",
    "00/00/00 00:00:00", "00-00-00 00:00:00", "0000-00-00", "0000/00/00", "00/00/0000",
    "00:00:00", "0:00:00", "00:00", NULL};

static const char *const word_times[] = {"AAA AAA 00 00:00:00 AAA 0000",
    "AAA AAA 00 00:00:00 0000", "AAA AAA  0 00:00:00 0000", "AAA AAA 00 00:00:00",
    "AAA AAA  0 00:00:00", "AAA, 00 AAA 0000 00:00:00", "AAA, 0 AAA 0000 00:00:00",
    "AAA 00 00:00:00", "AAA  0 00:00:00", NULL};

static size_t
time_at(struct str s)
{
	const char *const *form = is_digit(s.p[0]) ? digit_times : word_times;
	size_t n;

	if (!is_digit(s.p[0]) && spelled(s, "AAA ") == 0 && spelled(s, "AAA,") == 0)
		return 0;
	for (; *form; form++)
		if ((n = spelled(s, *form))) {
			n = clock_tail(s, n);
			if (ends_word(s, n))
				return n;
		}
	return 0;
}

/* --- numbers --- */

static const char *const units[] = {"%", "ms", "us", "ns", "s", "m", "h", "d", "B", "KB",
    "MB", "GB", "TB", "KiB", "MiB", "GiB", "kB", "K", "M", "G", "k", "b", "kb", "mb", "x",
    "sec", "secs", "min", "Hz", "MHz", "GHz", "C", "V", "W", NULL};

static bool
is_unit(struct str s)
{
	for (const char *const *u = units; *u; u++)
		if (str_eq(s, str_of(*u)))
			return true;
	return s.n == 0;
}

/* 12, -1, 3.5, 1,234 is three, 1.2e-5, 53.3KB, 7% */
static bool
is_number(struct str s)
{
	size_t i = 0;

	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		i++;
	if (i >= s.n || !is_digit(s.p[i]))
		return false;
	while (i < s.n && is_digit(s.p[i]))
		i++;
	if (i + 1 < s.n && s.p[i] == '.' && is_digit(s.p[i + 1]))
		for (i++; i < s.n && is_digit(s.p[i]);)
			i++;
	if (i + 1 < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		size_t k = i + 1;

		k += s.p[k] == '-' || s.p[k] == '+';
		if (all(str_from(s, k), is_digit))
			return true;
	}
	return is_unit(str_from(s, i));
}

/* B, KB: what may be another one in the next line. */
static bool
is_size_unit(struct str s)
{
	static const char *const sizes[] = {
	    "B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "kB", NULL};

	for (const char *const *u = sizes; *u; u++)
		if (str_eq(s, str_of(*u)))
			return true;
	return false;
}

/* --- kinds of words --- */

static bool
is_ip(struct str s)
{
	struct ip ip;
	struct net net;

	return ip_parse(s, &ip) || (str_chr(s, '/') != STR_NPOS && net_parse(s, &net));
}

/* An address, perhaps with a port, a name before it, or a zone. */
static bool
has_ip(struct str s)
{
	size_t colon = str_rchr(s, ':'), slash = str_rchr(s, '/');

	if (count(s, is_digit) < 1 || s.n < 3)
		return false;
	if (is_ip(s))
		return true;
	if (colon != STR_NPOS && all(str_from(s, colon + 1), is_digit) &&
	    has_ip(str_sub(s, 0, colon)))
		return true;
	return slash != STR_NPOS && has_ip(str_from(s, slash + 1));
}

/* 00:11:22:33:44:55, and longer ones */
static bool
is_mac(struct str s)
{
	char joint = s.n > 2 ? s.p[2] : 0;

	if (s.n < 17 || s.n % 3 != 2 || (joint != ':' && joint != '-'))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (i % 3 == 2 ? s.p[i] != joint : !is_hex(s.p[i]))
			return false;
	return true;
}

static bool
is_uuid(struct str s)
{
	return s.n == 36 && count(s, is_hex) == 32 && s.p[8] == '-' && s.p[13] == '-' &&
	       s.p[18] == '-' && s.p[23] == '-';
}

static bool
is_hex_number(struct str s)
{
	if (s.n > 2 && s.p[0] == '0' && (s.p[1] == 'x' || s.p[1] == 'X'))
		return all(str_from(s, 2), is_hex);
	return s.n >= 6 && all(s, is_hex) && count(s, is_digit) >= 1;
}

static bool
is_path(struct str s)
{
	static const struct str starts[] = {
	    {"/", 1}, {"/.", 2}, {"~/", 2}, {"./", 2}, {"../", 3}, {"\\\\", 2}};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (s.n > starts[i].n && str_starts(s, starts[i]) &&
		    is_inner(s.p[starts[i].n]))
			return true;
	return s.n > 3 && is_letter(s.p[0]) && s.p[1] == ':' && s.p[2] == '\\';
}

/* user@host, name:80, a.b.c:80 */
static bool
is_host(struct str s)
{
	size_t colon = str_rchr(s, ':'), at = str_chr(s, '@');

	if (at != STR_NPOS && at > 0 && at + 1 < s.n)
		return str_chr(str_from(s, at), '.') != STR_NPOS ||
		       count(str_from(s, at), is_digit) > 0;
	return colon != STR_NPOS && colon > 0 && all(str_from(s, colon + 1), is_digit) &&
	       s.n - colon <= 6 && count(str_sub(s, 0, colon), is_capital) == 0 &&
	       (str_chr(str_sub(s, 0, colon), '.') != STR_NPOS ||
		   count(str_sub(s, 0, colon), is_digit) > 0);
}

/* com.example.app.Main: names of classes, hosts, packages */
static bool
is_dotted(struct str s)
{
	size_t dots = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.') {
			if (i == 0 || i + 1 == s.n || !is_inner(s.p[i + 1]))
				return false;
			dots++;
		} else if (!is_inner(s.p[i]) && s.p[i] != '-' && s.p[i] != '$' &&
			   s.p[i] != '/') {
			return false;
		}
	}
	return dots >= 2;
}

static bool
is_bool(struct str s)
{
	return str_ieq(s, STR("true")) || str_ieq(s, STR("false")) ||
	       str_ieq(s, STR("null"));
}

/* Digits in several places, or many: nobody spells a word so. */
static bool
is_id(struct str s)
{
	size_t digits = count(s, is_digit), runs = 0;

	for (size_t i = 0; i < s.n; i++)
		runs += is_digit(s.p[i]) && (i == 0 || !is_digit(s.p[i - 1]));
	return digits >= 4 || runs >= 2 || (digits && is_digit(s.p[0]));
}

static enum lexeme_kind
kind_of(struct str s)
{
	size_t digits = count(s, is_digit);

	if (str_find(s, STR("://")) != STR_NPOS)
		return LEX_URL;
	if (is_path(s))
		return LEX_PATH;
	if (is_number(s))
		return LEX_NUMBER;
	if (is_mac(s))
		return LEX_MAC;
	if (is_uuid(s))
		return LEX_UUID;
	if (has_ip(s) || (str_chr(s, ':') != STR_NPOS && is_ip(s)))
		return LEX_IP;
	if (is_hex_number(s))
		return LEX_HEX;
	if (is_host(s) || is_dotted(s))
		return LEX_HOST;
	if (is_bool(s))
		return LEX_BOOL;
	if (digits && is_id(s))
		return LEX_ID;
	return digits ? LEX_VALUE : LEX_WORD;
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
	while (end > i + 1 && !is_inner(s.p[end - 1]) && s.p[end - 1] != '%' &&
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
	return count(str_sub(atom, 0, colon), is_digit) == 0 ? colon : 0;
}

/* "core" of "core.2275", "CPU" of "CPU#1". */
static size_t
name_before(struct str atom, enum lexeme_kind k)
{
	size_t dot = str_rchr(atom, '.');

	if (dot == STR_NPOS)
		dot = str_rchr(atom, '#');
	if ((k != LEX_ID && k != LEX_VALUE) || dot == STR_NPOS || dot == 0 ||
	    !all(str_from(atom, dot + 1), is_digit) ||
	    count(str_sub(atom, 0, dot), is_digit))
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
	for (cut = 0; cut < atom.n && !is_inner(atom.p[cut]); cut++)
		if (is_path(str_from(atom, cut)) || is_number(str_from(atom, cut)))
			break;
	if (cut) {
		put(r, cut, LEX_MARK);
		return;
	}
	k = kind_of(atom);
	cut = key_before(atom, k);
	cut = cut ? cut : name_before(atom, k);
	if (cut) {
		put(r, cut, LEX_WORD);
		return;
	}
	if (k == LEX_URL)
		atom.n += url_tail(str_from(r->s, r->i + atom.n));
	if (r->n && r->v[r->n - 1].kind == LEX_NUMBER && is_size_unit(atom))
		k = LEX_UNIT;
	put(r, atom.n, k);
}

/* GET /x HTTP/1.1 */
static bool
is_request(struct str s)
{
	size_t blank = str_chr(s, ' ');

	return blank != STR_NPOS && blank >= 3 && all(str_sub(s, 0, blank), is_capital);
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
	put(r, in.n, count(in, is_digit) ? LEX_ID : LEX_VALUE);
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
		else if ((n = time_at(str_from(line, r.i))))
			put(&r, n, LEX_TIME);
		else
			read_atom(&r);
	}
	return r.n;
}
