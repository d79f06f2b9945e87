#include <stdio.h>

#include "convert.h"
#include "ip.h"
#include "json.h"
#include "when.h"

const char *const convert_names[] = {"text", "int", "num", "hex", "bool", "ip", "addr",
    "mac", "mac1", "mac2", "lower", "upper", "time", "list", "raw", "fqdn", "kebab",
    "snake", "unescape", "word-list", "user-part", "domain-part", "ip-list", "host-list",
    "base-name", "dns-labels", "any-int"};
const size_t convert_count = sizeof(convert_names) / sizeof(*convert_names);

bool
convert_find(struct str name, enum convert *c)
{
	for (size_t i = 0; i < convert_count; i++)
		if (str_eq(name, str_of(convert_names[i]))) {
			*c = (enum convert)i;
			return true;
		}
	return false;
}

/* Without leading zeros: JSON has none. */
static bool
to_int(struct str s, struct str *out)
{
	size_t i = 0;

	if (s.n == 0 || s.n > 18)
		return false;
	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (i < s.n)
		return false;
	for (i = 0; i + 1 < s.n && s.p[i] == '0';)
		i++;
	*out = str_from(s, i);
	return true;
}

static bool
to_num(struct arena *a, struct str s, struct str *out)
{
	double d;
	struct str copy;

	if (to_int(s, out))
		return true;
	copy = CAT(a, s,
	    (struct str){"                                "
			 "                                ",
		JSON_PAD});
	*out = str_sub(copy, 0, s.n);
	return json_valid(*out, NULL) && json_type(*out) == JSON_NUM &&
	       json_num(*out, &d);
}

static int
digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

static bool
to_hex(struct arena *a, struct str s, struct str *out)
{
	uint64_t v = 0;

	if (str_starts(s, STR("0x")) || str_starts(s, STR("0X")))
		s = str_from(s, 2);
	if (s.n == 0 || s.n > 13)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		int d = digit(c);

		if (d < 0)
			return false;
		v = v << 4 | (unsigned)d;
	}
	*out = arena_fmt(a, "%llu", (unsigned long long)v);
	return true;
}

static bool
to_ip(struct arena *a, struct str s, struct str *out)
{
	char text[IP_MAX];
	size_t interface;
	struct ip ip;

	if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']') {
		s = str_sub(s, 1, s.n - 2);
		if (!ip_parse(s, &ip))
			return false;
	} else if (!ip_parse(s, &ip)) {
		interface = str_chr(s, '%');
		if (interface == STR_NPOS || !ip_parse(str_sub(s, 0, interface), &ip))
			return false;
		s.n = interface;
	}
	if (ip.v == 4) {
		*out = s;
		return true;
	}
	if (memcmp(ip.b, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0) {
		/* an IPv4 peer of a socket that speaks both */
		ip.v = 4;
		memmove(ip.b, ip.b + 12, 4);
	}
	*out = arena_copy(a, (struct str){text, ip_text(text, &ip)});
	return true;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool
to_mac(struct arena *a, struct str s, struct str *out)
{
	char *p = arena_alloc(a, 18);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (is_hex(s.p[i]) && n < 17) {
			p[n++] = upper(s.p[i]);
			if (n % 3 == 2 && n < 17)
				p[n++] = '-';
		} else if (s.p[i] != ':' && s.p[i] != '-' && s.p[i] != '.') {
			return false;
		}
	}
	*out = (struct str){p, n};
	return n == 17;
}

/* Words of a name that are told by capitals, apart and in lower case. */
static struct str
to_snake(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, 2 * s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool up = s.p[i] >= 'A' && s.p[i] <= 'Z';

		if (up && i > 0 && s.p[i - 1] != '_' &&
		    (s.p[i - 1] < 'A' || s.p[i - 1] > 'Z'))
			p[n++] = '_';
		p[n++] = up ? (char)(s.p[i] + 32) : s.p[i];
	}
	return (struct str){p, n};
}

static struct str
to_case(struct arena *a, struct str s, bool up)
{
	char *p = arena_alloc(a, s.n);

	for (size_t i = 0; i < s.n; i++)
		p[i] = up                               ? upper(s.p[i])
		       : s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32)
							: s.p[i];
	return (struct str){p, s.n};
}

/* Words of a sentence, in lower case with dashes between. */
static struct str
to_kebab(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	s = to_case(a, s, false);
	for (size_t i = 0; i < s.n; i++) {
		bool word = (s.p[i] >= 'a' && s.p[i] <= 'z') ||
			    (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] & 0x80);

		if (word)
			p[n++] = s.p[i];
		else if (n > 0 && p[n - 1] != '-')
			p[n++] = '-';
	}
	return (struct str){p, n > 0 && p[n - 1] == '-' ? n - 1 : n};
}

/* "%2520" is "%20": what an attacker wrote twice is undone once. */
static struct str
to_plain(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool two = s.p[i] == '%' && i + 2 < s.n && digit(s.p[i + 1]) >= 0 &&
			   digit(s.p[i + 2]) >= 0;

		p[n++] = two ? (char)(digit(s.p[i + 1]) * 16 + digit(s.p[i + 2]))
			     : s.p[i];
		i += two ? 2 : 0;
	}
	return (struct str){p, n};
}

static bool
to_bool(struct str s, struct str *out)
{
	static const char *const yes[] = {"true", "yes", "on", "1"};
	static const char *const no[] = {"false", "no", "off", "0"};

	for (size_t i = 0; i < 4; i++) {
		if (str_ieq(s, str_of(yes[i])))
			return *out = STR("true"), true;
		if (str_ieq(s, str_of(no[i])))
			return *out = STR("false"), true;
	}
	return false;
}

static bool
to_time(struct arena *a, struct str s, struct str *out)
{
	char text[WHEN_MAX];
	int64_t ns;
	size_t n;

	if (!when_respell(s, text, &n)) {
		if (!when_epoch(s, &ns))
			return false;
		n = when_text(text, ns);
	}
	*out = arena_copy(a, (struct str){text, n});
	return true;
}

static bool
account(struct str s, struct str *out)
{
	size_t back = str_chr(s, '\\'), at = str_rchr(s, '@');

	*out = back != STR_NPOS           ? str_from(s, back + 1)
	       : at != STR_NPOS && at > 0 ? str_sub(s, 0, at)
					  : s;
	return out->n > 0;
}

static bool
realm(struct str s, struct str *out)
{
	size_t back = str_chr(s, '\\'), at = str_rchr(s, '@');

	*out = back != STR_NPOS ? str_sub(s, 0, back)
	       : at != STR_NPOS ? str_from(s, at + 1)
				: STR("");
	return out->n > 0;
}

/* A count in parentheses stands before each label. */
static bool
labels(struct arena *a, struct str s, struct str *out)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	while (s.n) {
		size_t close = str_chr(s, ')');

		if (s.p[0] == '(' && close != STR_NPOS) {
			s = str_from(s, close + 1);
			if (n && s.n)
				p[n++] = '.';
		} else {
			p[n++] = s.p[0];
			s = str_from(s, 1);
		}
	}
	*out = (struct str){p, n};
	return n > 0;
}

#define WORDS      256 /* of one text */
#define WORDS_FROM 16384

/* Words as a list: blanks inside of double quotes are no ends, and the quotes stay. */
static struct str
words(struct arena *a, struct str s)
{
	struct str all = STR("[");

	s = str_trim(s);
	for (size_t n = 0; s.n && s.n <= WORDS_FROM && n < WORDS; n++) {
		bool quoted = false;
		size_t i = 0;

		while (i < s.n && (quoted || (s.p[i] != ' ' && s.p[i] != '\t')))
			quoted ^= s.p[i++] == '"';
		all = CAT(
		    a, all, n ? STR(",") : STR(""), json_quote(a, str_sub(s, 0, i)));
		s = str_trim(str_from(s, i));
	}
	return s.n ? STR("") : CAT(a, all, STR("]"));
}

/* A name with a dot in it, as resolvers write them. */
static bool
is_host(struct str s)
{
	size_t i = 0;

	while (i < s.n &&
	       ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		   (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-' || s.p[i] == '_' ||
		   s.p[i] == '.'))
		i++;
	return i == s.n && s.n < 254 && str_chr(s, '.') != STR_NPOS;
}

/* The addresses among the words of a text, or the names. */
static struct str
found(struct arena *a, struct str s, bool addresses)
{
	struct str all = STR("["), ip;

	for (size_t n = 0; s.n && s.n <= WORDS_FROM && n < WORDS; n++) {
		size_t i = 0;
		struct str word;

		while (i < s.n && !strchr(" \t\r\n;,", s.p[i]))
			i++;
		word = str_sub(s, 0, i);
		s = str_from(s, i + 1);
		if (to_ip(a, word, &ip) ? !addresses : addresses || !is_host(word))
			continue;
		all = CAT(a, all, all.n > 1 ? STR(",") : STR(""),
		    json_quote(a, addresses ? ip : word));
	}
	return all.n > 1 ? CAT(a, all, STR("]")) : STR("");
}

bool
convert(struct arena *a, enum convert c, struct str s, struct str *out, bool *raw)
{
	*raw = false;
	*out = s;
	switch (c) {
	case CONVERT_TEXT:
	case CONVERT_ADDR:
		return true;
	case CONVERT_INT:
		*raw = true;
		return to_int(s, out);
	case CONVERT_NUM:
		*raw = true;
		return to_num(a, s, out);
	case CONVERT_HEX:
		*raw = true;
		return to_hex(a, s, out);
	case CONVERT_BOOL:
		*raw = true;
		return to_bool(s, out);
	case CONVERT_IP:
		return to_ip(a, s, out);
	case CONVERT_MAC:
		return to_mac(a, s, out);
	case CONVERT_MAC1:
		return to_mac(a, str_sub(s, 0, 17), out);
	case CONVERT_MAC2:
		return to_mac(a, str_sub(str_from(s, s.n > 18 ? 18 : s.n), 0, 17), out);
	case CONVERT_LOWER:
	case CONVERT_UPPER:
		*out = to_case(a, s, c == CONVERT_UPPER);
		return true;
	case CONVERT_TIME:
		return to_time(a, s, out);
	case CONVERT_LIST:
		*raw = true;
		*out = CAT(a, STR("["), json_quote(a, s), STR("]"));
		return true;
	case CONVERT_WORDS:
		*raw = true;
		*out = words(a, s);
		return out->n > 2;
	case CONVERT_ACCOUNT:
		return account(s, out);
	case CONVERT_REALM:
		return realm(s, out);
	case CONVERT_IPS:
	case CONVERT_HOSTS:
		*raw = true;
		*out = found(a, s, c == CONVERT_IPS);
		return out->n > 2;
	case CONVERT_BASE:
		*out = str_base(s);
		return out->n > 0;
	case CONVERT_LABELS:
		return labels(a, s, out);
	case CONVERT_NUMBER:
		*raw = true;
		return str_starts(s, STR("0x")) ? to_hex(a, s, out) : to_int(s, out);
	case CONVERT_RAW:
		*raw = true;
		return true;
	case CONVERT_KEBAB:
		*out = to_kebab(a, s);
		return true;
	case CONVERT_SNAKE:
		*out = to_snake(a, s);
		return true;
	case CONVERT_PERCENT:
		*out = to_plain(a, s);
		return true;
	case CONVERT_DOMAIN:
		if (s.n > 1 && s.p[s.n - 1] == '.')
			out->n--;
		return true;
	}
	return false;
}
