/* Wildcard patterns: reading them and matching them, in linear space. */
#include "pattern.h"
#include "base64.h"

static bool
is_mark(char c)
{
	return c == PAT_MANY || c == PAT_ONE || c == PAT_DASH;
}

struct str
pattern_read(struct arena *a, struct str v)
{
	char *out = arena_alloc(a, v.n + 1), *o = out;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (c == '\\' && i + 1 < v.n &&
		    (v.p[i + 1] == '*' || v.p[i + 1] == '?' || v.p[i + 1] == '\\'))
			*o++ = v.p[++i];
		else if (c == '*' && (o == out || o[-1] != PAT_MANY))
			*o++ = PAT_MANY;
		else if (c == '?')
			*o++ = PAT_ONE;
		else if (c != '*')
			*o++ = c;
	}
	return (struct str){out, (size_t)(o - out)};
}

bool
pattern_wild(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_mark(s.p[i]))
			return true;
	return false;
}

struct str
pattern_open(struct arena *a, struct str s, bool front, bool back)
{
	struct str many = STR("\xFF"), none = STR("");

	front = front && !(s.n && s.p[0] == PAT_MANY);
	back = back && !(s.n && s.p[s.n - 1] == PAT_MANY);
	return CAT(a, front ? many : none, s, back ? many : none);
}

static bool
is_word(char c)
{
	unsigned char u = (unsigned char)c;

	return (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') ||
	       (u >= 'A' && u <= 'Z') || u == '_' || (u >= 0x80 && !is_mark(c));
}

struct str
pattern_windash(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++) {
		bool flag = (s.p[i] == '-' || s.p[i] == '/') &&
			    (i == 0 || !is_word(s.p[i - 1])) && i + 1 < s.n &&
			    is_word(s.p[i + 1]);

		out[i] = flag ? PAT_DASH : s.p[i];
	}
	return (struct str){out, s.n};
}

struct str
pattern_base64_at(struct arena *a, struct str s, unsigned shift)
{
	static const unsigned char front[] = {0, 2, 3}, back[] = {0, 3, 2};
	struct str pad = {"  ", shift};
	struct str all = base64(a, CAT(a, pad, s));
	size_t cut = back[(s.n + shift) % 3];

	if (all.n < front[shift] + cut)
		return STR("");
	return str_sub(all, front[shift], all.n - front[shift] - cut);
}

struct str
pattern_utf16(struct arena *a, struct str s, bool big, bool mark)
{
	char *out = arena_alloc(a, s.n * 2 + 4), *o = out;
	uint32_t unit[2];

	if (mark) {
		*o++ = big ? '\xFE' : '\xFF';
		*o++ = big ? '\xFF' : '\xFE';
	}
	for (size_t i = 0; i < s.n;) {
		const unsigned char *p = (const unsigned char *)s.p + i;
		size_t left = s.n - i, units = 1;

		if (p[0] < 0x80 || left < 2) {
			unit[0] = p[0];
			i++;
		} else if (p[0] < 0xE0 || left < 3) {
			unit[0] = (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
			i += 2;
		} else if (p[0] < 0xF0 || left < 4) {
			unit[0] = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 |
				  (p[2] & 0x3Fu);
			i += 3;
		} else {
			uint32_t c = ((p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 |
					 (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu)) -
				     0x10000;

			unit[0] = 0xD800 | (c >> 10 & 0x3FF);
			unit[1] = 0xDC00 | (c & 0x3FF);
			units = 2;
			i += 4;
		}
		for (size_t k = 0; k < units; k++) {
			*o++ = (char)(big ? unit[k] >> 8 : unit[k]);
			*o++ = (char)(big ? unit[k] : unit[k] >> 8);
		}
	}
	return (struct str){out, (size_t)(o - out)};
}

struct pattern
pattern_make(struct arena *a, struct str s)
{
	bool front = s.n && s.p[0] == PAT_MANY;
	bool back = s.n && s.p[s.n - 1] == PAT_MANY;
	struct str inner = s;

	if (s.n == 1 && front)
		return (struct pattern){PATTERN_ANY, STR("")};
	inner = str_sub(s, front, s.n - front - back);
	if (pattern_wild(inner))
		return (struct pattern){PATTERN_GLOB, arena_copy(a, s)};
	return (struct pattern){front ? (back ? PATTERN_CONTAINS : PATTERN_ENDS)
				      : (back ? PATTERN_STARTS : PATTERN_EXACT),
	    inner.n ? arena_copy(a, inner) : STR("")};
}

struct str
pattern_literal(const struct pattern *p)
{
	struct str best = STR("");

	if (p->kind != PATTERN_GLOB)
		return p->text;
	for (size_t i = 0, from = 0; i <= p->text.n; i++)
		if (i == p->text.n || is_mark(p->text.p[i])) {
			if (i - from > best.n)
				best = str_sub(p->text, from, i - from);
			from = i + 1;
		}
	return best;
}

/* Length of the character at the start of `s`; a byte that is none counts as one. */
static size_t
char_len(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

	return n < s.n ? n : s.n;
}

static size_t
dash_len(struct str s)
{
	static const struct str dashes[] = {{"-", 1}, {"/", 1}, {"\xE2\x80\x93", 3},
	    {"\xE2\x80\x94", 3}, {"\xE2\x80\x95", 3}};

	for (size_t i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++)
		if (str_starts(s, dashes[i]))
			return dashes[i].n;
	return 0;
}

/* Where a stretch without "*" that starts at `at` ends in `s`, or STR_NPOS. */
static size_t
stretch_at(struct str stretch, struct str s, size_t at)
{
	for (size_t i = 0; i < stretch.n; i++) {
		size_t n = 1;

		if (at >= s.n)
			return STR_NPOS;
		if (stretch.p[i] == PAT_ONE)
			n = char_len(str_from(s, at));
		else if (stretch.p[i] == PAT_DASH)
			n = dash_len(str_from(s, at));
		else if (stretch.p[i] != s.p[at])
			return STR_NPOS;
		if (n == 0)
			return STR_NPOS;
		at += n;
	}
	return at;
}

/*
 * Stretches between "*" are found one after the other, leftmost first; only the
 * last must end where the text ends.
 */
static bool
glob(struct str pat, struct str s)
{
	size_t at = 0;
	bool anchored = true;

	for (struct str rest = pat; rest.p;) {
		struct str stretch = str_cut(&rest, PAT_MANY);
		size_t end = STR_NPOS;

		for (size_t from = at; from <= s.n; from++) {
			end = stretch_at(stretch, s, from);
			if (end != STR_NPOS && (rest.p || end == s.n || stretch.n == 0))
				break;
			end = STR_NPOS;
			if (anchored)
				break;
		}
		if (end == STR_NPOS)
			return false;
		at = rest.p || stretch.n || anchored ? end : s.n;
		anchored = false;
	}
	return at == s.n;
}

bool
pattern_match(const struct pattern *p, struct str s)
{
	switch (p->kind) {
	case PATTERN_ANY:
		return true;
	case PATTERN_EXACT:
		return s.n == p->text.n && memcmp(s.p, p->text.p, s.n) == 0;
	case PATTERN_STARTS:
		return str_starts(s, p->text);
	case PATTERN_ENDS:
		return str_ends(s, p->text);
	case PATTERN_CONTAINS:
		return p->text.n == 0 || str_find(s, p->text) != STR_NPOS;
	case PATTERN_GLOB:
		return glob(p->text, s);
	}
	return false;
}
