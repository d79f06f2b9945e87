#include "split.h"

static bool
at_sep(const struct split *sp, struct str s)
{
	return s.n == 0 || str_starts(s, sp->sep);
}

/* How long the quoted text at the start of `s` is, with its quotes; 0: it is none. */
static size_t
quoted(const struct split *sp, struct str s)
{
	if (!sp->quote || s.n < 2 || s.p[0] != sp->quote)
		return 0;
	for (size_t i = 1; i < s.n; i++) {
		if (sp->escape && s.p[i] == sp->escape && s.p[i] != sp->quote) {
			i++;
		} else if (s.p[i] == sp->quote) {
			if (at_sep(sp, str_from(s, i + 1)))
				return i + 1;
			/* doubled: the quote itself */
			i += i + 1 < s.n && s.p[i + 1] == sp->quote;
		}
	}
	return 0;
}

/* What an escape in front of `c` makes of it; 0: nothing, both stay. */
static char
escaped(const struct split *sp, char c)
{
	if (sp->spaced && (c == 'n' || c == 'r'))
		return c == 'n' ? '\n' : '\r';
	if (c == sp->quote || c == sp->escape || (sp->eq.n && c == sp->eq.p[0]) ||
	    c == sp->sep.p[0] || c == '|')
		return c;
	return 0;
}

static struct str
plain(const struct split *sp, struct arena *a, struct str s, bool in_quotes)
{
	char *p, c;
	size_t n = 0;

	if (!(sp->escape && str_chr(s, sp->escape) != STR_NPOS) &&
	    !(in_quotes && str_chr(s, sp->quote) != STR_NPOS))
		return s;
	p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		bool more = i + 1 < s.n;

		if (more && sp->escape && s.p[i] == sp->escape &&
		    (c = escaped(sp, s.p[i + 1])) != 0) {
			p[n++] = c;
			i++;
		} else {
			p[n++] = s.p[i];
			i += more && in_quotes && s.p[i] == sp->quote &&
			     s.p[i + 1] == sp->quote;
		}
	}
	return (struct str){p, n};
}

/* A value that ends at the next separator. */
static size_t
until_sep(const struct split *sp, struct str s)
{
	size_t i = 0;

	while (i < s.n && !str_starts(str_from(s, i), sp->sep))
		i += 1 + (sp->escape && s.p[i] == sp->escape);
	return i < s.n ? i : s.n;
}

struct str
split_column(const struct split *sp, struct arena *a, struct str *rest)
{
	struct str s = *rest, value;
	size_t n = quoted(sp, s);
	bool in_quotes = n > 0;

	if (in_quotes) {
		value = str_sub(s, 1, n - 2);
	} else {
		n = until_sep(sp, s);
		value = str_sub(s, 0, n);
	}
	*rest = n < s.n ? str_from(s, n + sp->sep.n) : STR_NONE;
	return plain(sp, a, value, in_quotes);
}

/* --- pairs --- */

static bool
is_key_char(const struct split *sp, char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	/* keys of several words, where blanks do not separate pairs */
	if (c == ' ')
		return sp->sep.p[0] != ' ';
	return c && strchr("_-.[]/", c) != NULL;
}

/* Where the key that ends at `end` begins, if a separator stands in front; else NPOS. */
static size_t
key_start(const struct split *sp, struct str s, size_t end)
{
	size_t i = end, least = end > SPLIT_KEY ? end - SPLIT_KEY : 0;

	while (i > least && is_key_char(sp, s.p[i - 1]) &&
	       !(i >= sp->sep.n && str_starts(str_from(s, i - sp->sep.n), sp->sep)))
		i--;
	if (i == end || i < sp->sep.n || !str_starts(str_from(s, i - sp->sep.n), sp->sep))
		return STR_NPOS;
	/* an escaped separator is text */
	if (sp->escape && i > sp->sep.n && s.p[i - sp->sep.n - 1] == sp->escape)
		return STR_NPOS;
	return i;
}

/* A value that runs until the separator in front of the next key. */
static size_t
until_key(const struct split *sp, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t key;

		if (sp->escape && s.p[i] == sp->escape) {
			i++;
			continue;
		}
		if (s.p[i] != sp->eq.p[0] || !str_starts(str_from(s, i), sp->eq))
			continue;
		key = key_start(sp, s, i);
		if (key != STR_NPOS)
			return key - sp->sep.n;
	}
	return s.n;
}

static struct str
skip_seps(const struct split *sp, struct str s)
{
	for (;;) {
		if (s.n && str_starts(s, sp->sep))
			s = str_from(s, sp->sep.n);
		else if (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
			s = str_from(s, 1);
		else
			return s;
	}
}

static struct str
take_value(const struct split *sp, struct arena *a, struct str *rest)
{
	struct str s = *rest, value;
	size_t n = quoted(sp, s);
	bool in_quotes = n > 0;

	if (in_quotes) {
		value = str_sub(s, 1, n - 2);
	} else {
		n = sp->spaced ? until_key(sp, s) : until_sep(sp, s);
		value = str_trim(str_sub(s, 0, n));
	}
	*rest = str_from(s, n);
	return plain(sp, a, value, in_quotes);
}

bool
split_pair(const struct split *sp, struct arena *a, struct str *rest, struct str *key,
    struct str *value)
{
	struct str s = skip_seps(sp, *rest);

	while (s.n) {
		size_t i = 0;

		while (i < s.n && i <= SPLIT_KEY && is_key_char(sp, s.p[i]) &&
		       !str_starts(str_from(s, i), sp->sep))
			i++;
		*key = str_trim(str_sub(s, 0, i));
		s = str_from(s, i);
		if (i > 0 && str_starts(s, sp->eq)) {
			*rest = str_from(s, sp->eq.n);
			*value = take_value(sp, a, rest);
			return true;
		}
		/* a word, not a pair */
		s = skip_seps(sp, str_from(s, until_sep(sp, s)));
	}
	*rest = s;
	return false;
}
