#include "tame.h"
#include "when.h"

#define LONGEST 256

const char *const tame_names[] = {
    "text", "lower", "path", "name", "domain", "hour", "week"};
const size_t tame_count = sizeof(tame_names) / sizeof(*tame_names);

bool
tame_find(struct str name, enum tame *t)
{
	for (size_t i = 0; i < tame_count; i++)
		if (str_eq(name, str_of(tame_names[i]))) {
			*t = (enum tame)i;
			return true;
		}
	return false;
}

static char
low(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool
is_slash(char c)
{
	return c == '\\' || c == '/';
}

static struct str
lowered(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = low(s.p[i]);
	return (struct str){p, s.n};
}

/* How long the id, SID or number is that starts here; 0: none does. */
static size_t
changing(struct str s, size_t i)
{
	size_t n = 0, hex = 0, dashes = 0;

	if (str_starts(str_from(s, i), STR("s-1-5-21-"))) {
		for (n = 9; i + n < s.n && (is_digit(s.p[i + n]) || s.p[i + n] == '-');
		     n++)
			;
		return n;
	}
	for (; i + n < s.n && (is_hex(s.p[i + n]) || s.p[i + n] == '-'); n++) {
		hex += s.p[i + n] != '-';
		dashes += s.p[i + n] == '-';
	}
	/* a GUID, or a hash */
	if ((hex == 32 && (dashes == 4 || dashes == 0)) || (dashes == 0 && hex >= 40))
		return n;
	for (n = 0; i + n < s.n && is_digit(s.p[i + n]); n++)
		;
	return n;
}

/* Where the name of a user's own folder starts, if one is just behind `i`. */
static bool
at_home(struct str s, size_t i)
{
	struct str head = str_sub(s, 0, i);

	return str_ends(head, STR("\\users\\")) || str_eq(head, STR("/home/"));
}

static struct str
path(struct arena *a, struct str s)
{
	struct str l = lowered(a, s);
	char *p = arena_alloc(a, l.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < l.n;) {
		size_t gone = 0;

		if (i > 0 && is_slash(l.p[i - 1]) && at_home(l, i))
			while (i + gone < l.n && !is_slash(l.p[i + gone]))
				gone++;
		else
			gone = changing(l, i);
		if (gone) {
			if (n == 0 || p[n - 1] != '*')
				p[n++] = '*';
			i += gone;
		} else {
			p[n++] = l.p[i++];
		}
	}
	return (struct str){p, n};
}

static struct str
last_part(struct str s)
{
	size_t i = s.n;

	while (i > 0 && !is_slash(s.p[i - 1]))
		i--;
	return str_from(s, i);
}

static struct str
domain(struct str s)
{
	size_t i = s.n, dots = 0;

	while (i > 0 && (s.p[i - 1] != '.' || ++dots < 2))
		i--;
	return str_from(s, i);
}

static struct str
hour(struct arena *a, struct str s, bool of_week)
{
	int64_t ns, hours;

	if (!when_parse(s, &ns) || ns < 0)
		return STR("");
	/* 1970 began on a Thursday */
	hours = ns / (3600 * WHEN_S) + (of_week ? 3 * 24 : 0);
	return arena_fmt(a, "%d", (int)(hours % (of_week ? 168 : 24)));
}

/* No character is cut in two: what is written must be read as the same. */
static struct str
shortened(struct str s)
{
	if (s.n <= LONGEST)
		return s;
	s.n = LONGEST;
	while (s.n > 0 && (s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	return s;
}

struct str
tame(struct arena *a, enum tame t, struct str s)
{
	s = shortened(s);
	switch (t) {
	case TAME_TEXT:
		return s;
	case TAME_LOWER:
		return lowered(a, s);
	case TAME_PATH:
		return path(a, s);
	case TAME_NAME:
		return lowered(a, last_part(s));
	case TAME_DOMAIN:
		return lowered(a, domain(s));
	case TAME_HOUR:
		return hour(a, s, false);
	case TAME_WEEK:
		return hour(a, s, true);
	}
	return STR("");
}
