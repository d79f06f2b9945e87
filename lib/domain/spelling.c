#include "ip.h"
#include "spelling.h"

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

size_t
spelling_time(struct str s)
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

bool
spelling_size_unit(struct str s)
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

enum lexeme_kind
spelling_kind(struct str s)
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

bool
spelling_inner(char c)
{
	return is_inner(c);
}

bool
spelling_begins(struct str s)
{
	return is_path(s) || is_number(s);
}
