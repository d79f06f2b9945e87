#include "walk.h"

/* An object or a list that is open. */
struct frame {
	const char *from;
	const struct trie *at; /* for its members' names; NULL: nobody asks for one */
	unsigned level;        /* how deep it lies, with the dots that lead to it */
	bool list;
	bool inert; /* in a list: names are opaque */
	bool first; /* nothing was read in it yet */
};

struct state {
	struct walk *w;
	const char *p, *end;
	struct frame stack[JSON_DEPTH];
	size_t depth;
};

static bool
fail(struct state *s, enum json_why why, const char *at)
{
	s->w->fault = (struct json_fault){why, (size_t)(at - s->w->text.p)};
	return false;
}

static void
blanks(struct state *s)
{
	bool lf = !s->w->record;

	while (s->p < s->end &&
	       (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || (lf && *s->p == '\n')))
		s->p++;
}

static bool
token(struct state *s, enum json_why (*read)(const char **, const char *))
{
	enum json_why why = read(&s->p, s->end);

	return why == JSON_OK || fail(s, why, s->p);
}

/* An object or list starts at `p`, in `in` (NULL: it is the outermost). */
static bool
push(struct state *s, const struct frame *in, const struct trie *at, unsigned dots)
{
	unsigned level = (in ? in->level : 0) + dots + 1;
	bool list = *s->p == '[';

	if (level > JSON_DEPTH)
		return fail(s, JSON_TOO_DEEP, s->p);
	s->stack[s->depth++] = (struct frame){.from = s->p++,
	    .at = at,
	    .level = level,
	    .list = list,
	    .inert = list || (in && in->inert),
	    .first = true};
	return true;
}

static bool
value(struct state *s, const struct frame *in, const struct trie *at, unsigned dots)
{
	const char *from = s->p;
	bool ok;

	switch (s->p < s->end ? *s->p : 0) {
	case '{':
	case '[':
		return push(s, in, at, dots);
	case '"':
		s->p++;
		ok = token(s, grammar_string);
		break;
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		ok = token(s, grammar_number);
		break;
	case 't':
	case 'f':
	case 'n':
		ok = token(s, grammar_word);
		break;
	default:
		return fail(s, JSON_SYNTAX, s->p);
	}
	if (ok)
		trie_found(at, s->w->finds, from, s->p);
	return ok;
}

static void
pop(struct state *s)
{
	struct frame *f = &s->stack[--s->depth];

	s->p++;
	if (s->depth == 0)
		s->w->close = (size_t)(s->p - 1 - s->w->text.p);
	trie_found(f->at, s->w->finds, f->from, s->p);
}

static bool
name(struct state *s, struct frame *f, struct str *raw, unsigned *dots)
{
	const char *from = s->p;

	if (s->p == s->end || *s->p != '"')
		return fail(s, JSON_SYNTAX, s->p);
	s->p++;
	if (!token(s, grammar_string))
		return false;
	*raw = (struct str){from + 1, (size_t)(s->p - from) - 2};
	*dots = 0;
	if (!s->w->record)
		return true;
	if (++s->w->members > JSON_KEYS)
		return fail(s, JSON_TOO_MANY, from);
	if (!f->inert) {
		size_t n = grammar_dots(*raw);

		if (f->level + n > JSON_DEPTH)
			return fail(s, JSON_TOO_DEEP, from);
		*dots = (unsigned)n;
	}
	return true;
}

static bool
member(struct state *s, struct frame *f)
{
	const struct trie *at = NULL;
	struct str raw;
	unsigned dots;

	if (!name(s, f, &raw, &dots))
		return false;
	blanks(s);
	if (s->p == s->end || *s->p != ':')
		return fail(s, JSON_SYNTAX, s->p);
	s->p++;
	blanks(s);
	if (!f->inert && f->at)
		at = trie_enter(f->at, raw, s->w->finds);
	return value(s, f, at, dots);
}

/* What comes next in the innermost object or list: its end, or one more value. */
static bool
next(struct state *s)
{
	struct frame *f = &s->stack[s->depth - 1];
	bool first = f->first;
	char c;

	blanks(s);
	c = s->p < s->end ? *s->p : 0;
	if (c == (f->list ? ']' : '}')) {
		if (s->depth == 1)
			s->w->empty = first;
		pop(s);
		return true;
	}
	f->first = false;
	if (!first) {
		if (c != ',')
			return fail(s, JSON_SYNTAX, s->p);
		s->p++;
		blanks(s);
	}
	return f->list ? value(s, f, NULL, 0) : member(s, f);
}

bool
walk_scalar(struct walk *w)
{
	struct state s;

	s.w = w;
	s.p = w->text.p;
	s.end = w->text.p + w->text.n;
	s.depth = 0;
	blanks(&s);
	if (s.p == s.end)
		return fail(&s, JSON_EMPTY, s.p);
	if (w->record && *s.p != '{')
		return fail(&s,
		    *s.p && strchr("[\"-0123456789tfn", *s.p) ? JSON_NOT_OBJECT
							      : JSON_SYNTAX,
		    s.p);
	w->open = (size_t)(s.p - w->text.p);
	if (!value(&s, NULL, w->root, 0))
		return false;
	while (s.depth > 0)
		if (!next(&s))
			return false;
	blanks(&s);
	return s.p == s.end || fail(&s, JSON_TRAILING, s.p);
}
