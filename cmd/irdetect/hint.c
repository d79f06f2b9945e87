/*
 * Of a sequence any part that must be there will do, the one whose shortest text is
 * longest; of alternatives one text each is needed.
 */
#include "hint.h"

#define SHORTEST  3
#define LONGEST   64
#define DEPTH_MAX 16

/* Texts of which one must be there; none: nothing is known.  And how often which byte. */
struct set {
	struct str v[HINTS_MAX];
	size_t n;
	uint8_t times[128];
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

/* One more part of a sequence. */
static void
add_part(struct set *all, const struct set *part)
{
	if (shortest(part) > shortest(all)) {
		memcpy(all->v, part->v, sizeof(all->v));
		all->n = part->n;
	}
	for (size_t c = 0; c < sizeof(all->times); c++)
		all->times[c] = (uint8_t)(all->times[c] + part->times[c] < UINT8_MAX
					      ? all->times[c] + part->times[c]
					      : UINT8_MAX);
}

/* One more alternative. */
static void
add_other(struct set *all, const struct set *other)
{
	for (size_t c = 0; c < sizeof(all->times); c++)
		if (other->times[c] < all->times[c])
			all->times[c] = other->times[c];
}

/* A run of literal bytes ends. */
static void
end_run(struct reader *r, char *run, size_t *n, struct set *best)
{
	if (*n >= SHORTEST && *n > shortest(best)) {
		best->v[0] = arena_copy(r->a, (struct str){run, *n});
		best->n = 1;
	}
	*n = 0;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
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

/* Options and look-arounds; false: the group says nothing of what must be there.  What
 * looks ahead sees bytes that others see as well. */
static bool
group_start(struct reader *r, bool *ahead)
{
	*ahead = false;
	if (take(r, '*')) {
		r->lost = true;
		return false;
	}
	if (!take(r, '?'))
		return true;
	if (take(r, ':') || take(r, '>'))
		return true;
	if (take(r, '='))
		return *ahead = true;
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
	bool ahead, counts = group_start(r, &ahead), optional, repeats;

	memset(out, 0, sizeof(*out));
	if (r->lost)
		return;
	alternatives(r, out, depth + 1);
	if (!take(r, ')'))
		r->lost = true;
	quantifier(r, &optional, &repeats);
	if (!counts || optional)
		out->n = 0;
	if (!counts || optional || ahead)
		memset(out->times, 0, sizeof(out->times));
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

	memset(best, 0, sizeof(*best));
	while (r->at < r->in.n && peek(r) != '|' && peek(r) != ')' && !r->lost) {
		char c;

		if (take(r, '(')) {
			struct set inner;

			end_run(r, run, &n, best);
			group(r, &inner, depth);
			add_part(best, &inner);
			continue;
		}
		c = item(r);
		quantifier(r, &optional, &repeats);
		if (c && !optional && n < LONGEST)
			run[n++] = c;
		if (c && !optional && !is_letter(c))
			best->times[(unsigned char)c] += best->times[(unsigned char)c] <
							 UINT8_MAX;
		if (!c || repeats || n == LONGEST)
			end_run(r, run, &n, best);
	}
	end_run(r, run, &n, best);
}

static void
alternatives(struct reader *r, struct set *out, unsigned depth)
{
	bool all = true;

	memset(out, 0, sizeof(*out));
	memset(out->times, UINT8_MAX, sizeof(out->times));
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
		add_other(out, &one);
	} while (take(r, '|'));
	if (!all)
		out->n = 0;
}

/* Bytes that are in most lines are worth less. */
static void
choose_byte(struct hints *h, const uint8_t times[128])
{
	unsigned most = 0;

	for (size_t c = ' '; c < 128; c++) {
		bool usual = strchr(" .-_/\\:;=,0123456789", (int)c) != NULL;
		unsigned worth = times[c] * (usual ? 1u : 8u);

		if (worth <= most)
			continue;
		most = worth;
		h->byte = (char)c;
		h->times = times[c];
	}
}

struct hints
hints_read(struct arena *a, struct str regex)
{
	struct reader r = {.a = a, .in = regex};
	struct hints h = {.n = 0};
	struct set all;

	alternatives(&r, &all, 0);
	if (r.lost || r.at < regex.n)
		return h;
	h.n = all.n;
	memcpy(h.v, all.v, all.n * sizeof(*h.v));
	choose_byte(&h, all.times);
	return h;
}

bool
hints_byte(struct str s, char byte, unsigned times)
{
	for (; times; times--) {
		size_t at = str_chr(s, byte);

		if (at == STR_NPOS)
			return false;
		s = str_from(s, at + 1);
	}
	return true;
}
