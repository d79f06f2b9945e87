#include <stdlib.h>

#include "leap.h"
#include "quotes.h"

static const struct quotes_variant *variant;

#if defined(__x86_64__)

#include <emmintrin.h>

#define INLINE static inline __attribute__((always_inline))

/* An object or a list that is open. */
struct frame {
	const char *from;
	const struct trie *at; /* for its members' names; NULL: nobody asks for one */
	unsigned level;        /* how deep it lies, with the dots that lead to it */
	char close;            /* the byte that ends it */
	bool inert;            /* in a list: names are opaque */
};

struct state {
	struct walk *w;
	const uint32_t *next, *last; /* closing quotes not yet used */
	struct frame *top;           /* NULL at the start */
	size_t members;
	bool lf; /* is a blank */
	struct quotes *q;
	struct frame stack[JSON_DEPTH];
};

/* More closing quotes.  False: there are none left. */
static __attribute__((noinline)) bool
more(struct state *s)
{
	do {
		if (s->q->at >= s->q->n)
			return false;
		variant->window(s->q);
	} while (s->q->count == 0);
	s->next = s->q->ends;
	s->last = s->q->ends + s->q->count;
	return true;
}

/* The closing quote of the string that starts here, or NULL. */
INLINE const char *
string_end(struct state *s)
{
	if (__builtin_expect(s->next == s->last, 0) && !more(s))
		return NULL;
	return s->w->text.p + *s->next++;
}

INLINE bool
is_blank(char c, bool lf)
{
	return c == ' ' || c == '\t' || c == '\r' || (lf && c == '\n');
}

INLINE const char *
blanks(const char *p, bool lf)
{
	if (__builtin_expect((unsigned char)*p > ' ', 1))
		return p;
	while (is_blank(*p, lf))
		p++;
	return p;
}

INLINE const char *
digits(const char *p)
{
	while ((unsigned char)(*p - '0') <= 9)
		p++;
	return p;
}

/* Behind the number at `p`, or NULL. */
INLINE const char *
number(const char *p)
{
	const char *from;

	p += *p == '-';
	from = p;
	p = digits(p);
	if (p == from || (*from == '0' && p > from + 1))
		return NULL;
	if (*p == '.') {
		from = ++p;
		p = digits(p);
		if (p == from)
			return NULL;
	}
	if ((*p | 0x20) == 'e') {
		p++;
		p += *p == '+' || *p == '-';
		from = p;
		p = digits(p);
		if (p == from)
			return NULL;
	}
	return p;
}

INLINE const char *
word(const char *p)
{
	if (memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0)
		return p + 4;
	return memcmp(p, "false", 5) == 0 ? p + 5 : NULL;
}

/* Behind the string, number or word at `p`, or NULL. */
INLINE const char *
scalar(struct state *s, const char *p)
{
	const char *end;

	if (*p == '"') {
		end = string_end(s);
		return end ? end + 1 : NULL;
	}
	if (*p == '-' || (unsigned char)(*p - '0') <= 9)
		return number(p);
	return word(p);
}

/* Bit n: byte n of a name of at most 64 bytes is a dot; `*slash` likewise. */
INLINE uint64_t
marks(const char *p, size_t n, uint64_t *slash)
{
	__m128i dot = _mm_set1_epi8('.'), back = _mm_set1_epi8('\\');
	uint64_t all = ~(uint64_t)0 >> (64 - n), dots = 0;
	size_t i = 0;

	*slash = 0;
	do {
		__m128i x = _mm_loadu_si128((const void *)(p + i));
		__m128i d = _mm_cmpeq_epi8(x, dot), b = _mm_cmpeq_epi8(x, back);

		if (__builtin_expect(_mm_movemask_epi8(_mm_or_si128(d, b)) != 0, 0)) {
			dots |= (uint64_t)(uint32_t)_mm_movemask_epi8(d) << i;
			*slash |= (uint64_t)(uint32_t)_mm_movemask_epi8(b) << i;
		}
		i += 16;
	} while (__builtin_expect(i < n, 0));
	*slash &= all;
	return dots & all;
}

/* Follow a name with dots, or one with escapes, or a long one. */
static __attribute__((noinline)) const struct trie *
enter(struct state *s, struct str name, uint64_t dots, bool plain)
{
	const struct trie *at = s->top->at;
	const char *p = name.p;
	struct walk *w = s->w;

	if (!at || !plain)
		return at ? trie_enter(at, name, w->finds) : NULL;
	for (; dots; dots &= dots - 1) {
		const char *dot = name.p + __builtin_ctzll(dots);

		at = trie_kid(at, p, (size_t)(dot - p));
		if (!at)
			return NULL;
		trie_lead_through(at, w->finds);
		p = dot + 1;
	}
	at = trie_kid(at, p, (size_t)(name.p + name.n - p));
	if (at)
		trie_overrule(at, w->finds);
	return at;
}

/* The place of the value of that name, and how many dots lead there. */
INLINE const struct trie *
follow(struct state *s, const char *p, size_t n, unsigned *dots)
{
	const struct frame *top = s->top;
	const struct trie *at;
	uint64_t dot, slash;

	*dots = 0;
	if (top->inert)
		return NULL;
	if (__builtin_expect(n - 1 > 63, 0)) {
		*dots = (unsigned)grammar_dots((struct str){p, n});
		return enter(s, (struct str){p, n}, 0, false);
	}
	dot = marks(p, n, &slash);
	if (dot | slash) {
		*dots = slash ? (unsigned)grammar_dots((struct str){p, n})
			      : (unsigned)__builtin_popcountll(dot);
		return enter(s, (struct str){p, n}, dot, !slash);
	}
	if (!top->at || !(at = trie_kid(top->at, p, n)))
		return NULL;
	trie_overrule(at, s->w->finds);
	return at;
}

/* A member's name and its colon; returns where its value starts, or NULL. */
INLINE const char *
name(struct state *s, const char *p, const struct trie **at, unsigned *dots)
{
	const char *end;

	if (*p != '"' || !(end = string_end(s)))
		return NULL;
	s->members++;
	*at = follow(s, p + 1, (size_t)(end - p) - 1, dots);
	p = blanks(end + 1, s->lf);
	return *p == ':' ? blanks(p + 1, s->lf) : NULL;
}

/* An object or list opens at `p`. */
INLINE bool
push(struct state *s, const char *p, const struct trie *at, unsigned dots)
{
	struct frame *in = s->top;
	unsigned level = (in ? in->level : 0) + dots + 1;

	if (level > JSON_DEPTH)
		return false;
	s->top = in ? in + 1 : s->stack;
	*s->top = (struct frame){.from = p,
	    .at = at,
	    .level = level,
	    .close = *p == '{' ? '}' : ']',
	    .inert = *p == '[' || !s->w->record || (in && in->inert)};
	return true;
}

/*
 * Objects and lists end at `p`, perhaps at once.  `stop` is the last byte of the
 * text and a bracket, so nothing but a bracket's end can lead beyond it.
 */
INLINE const char *
pop(struct state *s, const char *p, const char *stop)
{
	while (*p == s->top->close) {
		trie_found(s->top->at, s->w->finds, s->top->from, p + 1);
		s->top--;
		if (p == stop || s->top < s->stack)
			return p;
		p = blanks(p + 1, s->lf);
	}
	return p;
}

/* From the first bracket to the last. */
static bool
run(struct state *s, const char *p, const char *stop)
{
	const struct trie *at = s->w->root;
	unsigned dots = 0;

	for (;;) {
		if (*p == '{' || *p == '[') {
			if (!push(s, p, at, dots))
				return false;
			p = blanks(p + 1, s->lf);
			if (*p != s->top->close)
				goto item;
			s->w->empty = s->top == s->stack;
		} else {
			const char *from = p;

			p = scalar(s, p);
			if (!p)
				return false;
			trie_found(at, s->w->finds, from, p);
			p = blanks(p, s->lf);
		}
		p = pop(s, p, stop);
		if (s->top < s->stack)
			return p == stop;
		if (*p != ',')
			return false;
		p = blanks(p + 1, s->lf);
item:
		at = NULL;
		dots = 0;
		if (s->top->close == '}') {
			p = name(s, p, &at, &dots);
			if (!p || s->top->level + dots > JSON_DEPTH)
				return false;
		}
	}
}

static bool
try(struct walk *w, size_t from, size_t to)
{
	struct quotes q;
	struct state s;
	const char *p = w->text.p;

	s.w = w;
	s.q = &q;
	s.lf = !w->record;
	s.top = NULL;
	s.members = 0;
	s.next = s.last = q.ends;
	q.text = p;
	q.n = (uint32_t)to;
	q.at = q.utf8 = q.count = 0;
	q.inside = q.escaped = q.bad = 0;
	q.ascii = q.literal = true;
	if (!run(&s, p + from, p + to - 1) || q.bad ||
	    (w->record && s.members > JSON_KEYS))
		return false;
	w->open = from;
	w->close = to - 1;
	w->members = s.members;
	w->ascii = q.ascii;
	w->literal = q.literal;
	return true;
}

/* False: not well-formed, or not for us: let the scalar walk say. */
static bool
walk_fast(struct walk *w)
{
	const char *p = w->text.p;
	size_t from = 0, to = w->text.n;

	while (from < to && is_blank(p[from], !w->record))
		from++;
	while (from < to && is_blank(p[to - 1], !w->record))
		to--;
	if (to - from < 2 || to > UINT32_MAX - 2 * QUOTES_BLOCK)
		return false;
	if (p[from] != '{' && (w->record || p[from] != '['))
		return false;
	return (p[to - 1] == '}' || p[to - 1] == ']') && try(w, from, to);
}

#else

static bool
walk_fast(struct walk *w)
{
	(void)w;
	return false;
}

#endif

static void
choose(void)
{
	const char *name = getenv("IR_SIMD");

	if (!name || !leap_variant(name))
		leap_variant(NULL);
}

bool
leap(struct walk *w)
{
	if (w->finds)
		trie_forget(w->finds);
	if (!variant)
		choose();
	if (variant->window) {
		if (walk_fast(w))
			return true;
		w->members = 0;
		if (w->finds)
			trie_forget(w->finds);
	}
	return walk_scalar(w);
}

const char *
leap_variant_name(void)
{
	if (!variant)
		choose();
	return variant->name;
}

bool
leap_variant(const char *name)
{
	const struct quotes_variant *v = quotes_variant(name);

	if (v)
		variant = v;
	return v != NULL;
}
