/*
 * Of a sequence any part that must be there will do, the one whose shortest text is
 * longest; of alternatives one text each is needed.
 */
#include "hint.h"

#define SHORTEST  3
#define LONGEST   64
#define DEPTH_MAX 16

/* Texts of which one must be there; none: nothing is known. */
struct set {
	struct str v[HINTS_MAX];
	size_t n;
};

struct reader {
	struct arena *a;
	struct str in;
	size_t at;
	bool lost; /* something was met that is not understood */
};

static char
peek(const struct reader *r)
{
	return r->at < r->in.n ? r->in.p[r->at] : '\0';
}

static bool
take(struct reader *r, char c)
{
	if (r->at >= r->in.n || r->in.p[r->at] != c)
		return false;
	r->at++;
	return true;
}

static size_t
shortest(const struct set *s)
{
	size_t n = s->n ? s->v[0].n : 0;

	for (size_t i = 1; i < s->n; i++)
		n = s->v[i].n < n ? s->v[i].n : n;
	return n;
}

static void
better(struct set *best, const struct set *s)
{
	if (shortest(s) > shortest(best))
		*best = *s;
}

/* A run of literal bytes ends. */
static void
end_run(struct reader *r, char *run, size_t *n, struct set *best)
{
	struct set s = {.n = 1};

	s.v[0] = (struct str){run, *n};
	if (*n >= SHORTEST && *n > shortest(best)) {
		s.v[0] = arena_copy(r->a, s.v[0]);
		*best = s;
	}
	*n = 0;
}

/* Behind the "]" of a class whose "[" has been read. */
static void
skip_class(struct reader *r)
{
	take(r, '^');
	take(r, ']');
	while (r->at < r->in.n) {
		char c = r->in.p[r->at++];

		if (c == ']')
			return;
		if (c == '\\' && r->at < r->in.n) {
			c = r->in.p[r->at++];
			r->lost |= c == 'Q' || c == 'E' || c == 'c';
		} else if (c == '[' &&
			   (peek(r) == ':' || peek(r) == '.' || peek(r) == '=')) {
			r->lost = true;
		}
	}
	r->lost = true;
}

/* Behind the "}" of "{2,5}", whose "{" is the next byte; 0: it is not one of those. */
static size_t
braces(const struct reader *r)
{
	size_t at = r->at + 1;
	unsigned commas = 0;

	while (at < r->in.n && r->in.p[at] != '}') {
		char c = r->in.p[at++];

		commas += c == ',';
		if ((c < '0' || c > '9') && (c != ',' || commas > 1))
			return 0;
	}
	return at < r->in.n && at > r->at + 1 ? at + 1 : 0;
}

/* What stands behind an item: may it be absent, does it repeat? */
static void
quantifier(struct reader *r, bool *optional, bool *repeats)
{
	char c = peek(r);
	size_t end;

	*optional = c == '*' || c == '?';
	*repeats = *optional || c == '+';
	if (c == '{' && r->at + 1 < r->in.n &&
	    strchr("0123456789, ", r->in.p[r->at + 1])) {
		end = braces(r);
		r->lost |= !end;
		*repeats = true;
		*optional = strchr("0,", r->in.p[r->at + 1]) != NULL;
		r->at = end ? end - 1 : r->at;
	}
	if (!*repeats)
		return;
	r->at++;
	if (peek(r) == '?' || peek(r) == '+')
		r->at++;
}

static void alternatives(struct reader *r, struct set *out, unsigned depth);

/* Options and look-arounds; false: the group says nothing of what must be there. */
static bool
group_start(struct reader *r)
{
	if (take(r, '*')) {
		r->lost = true;
		return false;
	}
	if (!take(r, '?'))
		return true;
	if (take(r, ':') || take(r, '>'))
		return true;
	if (take(r, '='))
		return true;
	if (take(r, '!'))
		return false;
	if (take(r, 'P') || peek(r) == '<') {
		if (!take(r, '<') || peek(r) == '=') {
			r->lost = true;
			return false;
		}
		if (take(r, '!'))
			return false;
		while (r->at < r->in.n && r->in.p[r->at++] != '>')
			continue;
		return true;
	}
	while (peek(r) == 'i' || peek(r) == 's' || peek(r) == 'm' || peek(r) == '-')
		r->at++;
	if (peek(r) != ')' && !take(r, ':'))
		r->lost = true;
	return true;
}

/* A group whose "(" has been read. */
static void
group(struct reader *r, struct set *out, unsigned depth)
{
	bool counts = group_start(r), optional, repeats;

	out->n = 0;
	if (r->lost)
		return;
	alternatives(r, out, depth + 1);
	if (!take(r, ')'))
		r->lost = true;
	quantifier(r, &optional, &repeats);
	if (!counts || optional)
		out->n = 0;
}

/*
 * The next item: its byte if it is a literal one, 0 if it is something else of one
 * character, behind which a quantifier may stand.
 */
static char
item(struct reader *r)
{
	char c = r->in.p[r->at++];

	switch (c) {
	case '[':
		skip_class(r);
		return 0;
	case '.':
	case '^':
	case '$':
		return 0;
	case '\\':
		if (r->at >= r->in.n) {
			r->lost = true;
			return 0;
		}
		c = r->in.p[r->at++];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9')) {
			r->lost |= !strchr("dDwWsSbBAzZhHvVRXntrfae", c);
			return 0;
		}
		break;
	case '*':
	case '+':
	case '?':
		r->lost = true;
		return 0;
	default:
		break;
	}
	if ((unsigned char)c < ' ' || (unsigned char)c >= 0x7F)
		return 0;
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static void
sequence(struct reader *r, struct set *best, unsigned depth)
{
	char run[LONGEST];
	size_t n = 0;
	bool optional, repeats;

	best->n = 0;
	while (r->at < r->in.n && peek(r) != '|' && peek(r) != ')' && !r->lost) {
		char c;

		if (take(r, '(')) {
			struct set inner;

			end_run(r, run, &n, best);
			group(r, &inner, depth);
			better(best, &inner);
			continue;
		}
		c = item(r);
		quantifier(r, &optional, &repeats);
		if (c && !optional && n < LONGEST)
			run[n++] = c;
		if (!c || repeats || n == LONGEST)
			end_run(r, run, &n, best);
	}
	end_run(r, run, &n, best);
}

static void
alternatives(struct reader *r, struct set *out, unsigned depth)
{
	bool all = true;

	out->n = 0;
	if (depth > DEPTH_MAX)
		r->lost = true;
	do {
		struct set one;

		if (r->lost)
			return;
		sequence(r, &one, depth);
		all = all && one.n && out->n + one.n <= HINTS_MAX;
		for (size_t i = 0; all && i < one.n; i++)
			out->v[out->n++] = one.v[i];
	} while (take(r, '|'));
	if (!all)
		out->n = 0;
}

size_t
hints_read(struct arena *a, struct str regex, struct str hints[HINTS_MAX])
{
	struct reader r = {.a = a, .in = regex};
	struct set all;

	alternatives(&r, &all, 0);
	if (r.lost || r.at < regex.n)
		return 0;
	memcpy(hints, all.v, all.n * sizeof(*hints));
	return all.n;
}
