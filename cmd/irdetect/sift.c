/*
 * The grams (four bytes) at `step` places in a row of each literal are in a table:
 * wherever it stands, one of them is met by looking at each `step`th place.
 */
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "mem.h"
#include "sift.h"

#define GRAM     4
#define STEP_MAX 16

struct part {
	uint32_t gram;
	uint32_t literal, at; /* where in it */
	uint32_t next;        /* of the same slot, + 1 */
};

struct sought {
	char *text; /* the longest run of ASCII */
	size_t n;
	uint32_t owner;
};

struct sift {
	struct sought *v;
	size_t n, cap, step;
	bool blind; /* there is one too short to be looked for like this */
	struct part *parts;
	uint32_t *slot;       /* part number + 1 */
	unsigned char *known; /* 1: some gram is mixed to that */
	unsigned shift;       /* of a mixed gram, for `known` and `slot` */
};

struct sift *
sift_new(void)
{
	return mem_new(1, sizeof(struct sift));
}

void
sift_free(struct sift *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		mem_free(s->v[i].text);
	mem_free(s->v);
	mem_free(s->parts);
	mem_free(s->slot);
	mem_free(s->known);
	mem_free(s);
}

static struct str
ascii_run(struct str s)
{
	struct str best = STR("");

	for (size_t i = 0, from = 0; i <= s.n; i++)
		if (i == s.n || (unsigned char)s.p[i] >= 0x80) {
			if (i - from > best.n)
				best = str_sub(s, from, i - from);
			from = i + 1;
		}
	return best;
}

void
sift_add(struct sift *s, struct str literal, uint32_t owner)
{
	struct str run = ascii_run(literal);

	if (run.n < GRAM) {
		s->blind = true;
		return;
	}
	s->v = mem_grow(s->v, &s->cap, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = (struct sought){mem_text(run), run.n, owner};
}

/* Letters of both cases are one, and so are some other pairs. */
static inline uint32_t
gram_at(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v | UINT32_C(0x20202020);
}

static inline uint32_t
place_of(uint32_t gram, unsigned shift)
{
	return gram * UINT32_C(0x9E3779B1) >> shift;
}

/* Which grams are in the line? */
static unsigned char *
grams_of(const struct sift *s, struct str line)
{
	unsigned char *there = mem_new((size_t)1 << (32 - s->shift), 1);

	for (size_t i = 0; i + GRAM <= line.n; i++)
		there[place_of(gram_at(line.p + i), s->shift)] = 1;
	return there;
}

/* Where in a literal the grams of a row stand that are rare. */
static size_t
best_row(const struct sift *s, const struct sought *v, const unsigned char *there)
{
	size_t best = 0, least = SIZE_MAX;

	for (size_t from = 0; from + s->step - 1 + GRAM <= v->n; from++) {
		size_t n = 0;

		for (size_t k = 0; k < s->step; k++)
			n += there[place_of(gram_at(v->text + from + k), s->shift)];
		if (n < least) {
			least = n;
			best = from;
		}
	}
	return best;
}

void
sift_ready(struct sift *s, struct str line)
{
	size_t least = STEP_MAX + GRAM - 1, n = 0;
	unsigned char *there;
	unsigned bits = 12;

	if (s->blind || s->n == 0)
		return;
	for (size_t i = 0; i < s->n; i++)
		least = s->v[i].n < least ? s->v[i].n : least;
	s->step = least - (GRAM - 1);
	while (bits < 16 && (size_t)1 << bits < s->n * s->step * 64)
		bits++;
	s->shift = 32 - bits;
	s->known = mem_new((size_t)1 << bits, 1);
	s->slot = mem_new((size_t)1 << bits, sizeof(*s->slot));
	s->parts = mem_new(s->n * s->step, sizeof(*s->parts));
	there = grams_of(s, line);
	for (size_t i = 0; i < s->n; i++) {
		size_t from = best_row(s, &s->v[i], there);

		for (size_t at = from; at < from + s->step; at++) {
			uint32_t gram = gram_at(s->v[i].text + at);
			uint32_t place = place_of(gram, s->shift);

			s->parts[n] = (struct part){
			    gram, (uint32_t)i, (uint32_t)at, s->slot[place]};
			s->slot[place] = (uint32_t)++n;
			s->known[place] = 1;
		}
	}
	mem_free(there);
}

/* Does what stands at `i` spell other characters, or does folding make ASCII of it? */
static bool
is_strange(struct str line, size_t i)
{
	struct str at = str_sub(line, i, 3);

	return str_starts(at, STR("\\u")) || str_starts(at, STR("\\/")) ||
	       str_eq(at, STR("\xE2\x84\xAA")) || str_starts(at, STR("\xC5\xBF"));
}

#if defined(__SSE2__)
/* Is there anything that looks like it? */
static bool
is_suspect(struct str line)
{
	__m128i back = _mm_set1_epi8('\\'), u = _mm_set1_epi8('u'),
		slash = _mm_set1_epi8('/'), kelvin = _mm_set1_epi8('\xE2'),
		sign = _mm_set1_epi8('\x84'), s = _mm_set1_epi8('\xC5'),
		tail = _mm_set1_epi8('\xBF'), any = _mm_setzero_si128();
	size_t i = 0;

	for (; i + 17 <= line.n; i += 16) {
		__m128i x = _mm_loadu_si128((const void *)(line.p + i));
		__m128i y = _mm_loadu_si128((const void *)(line.p + i + 1));
		__m128i escape = _mm_and_si128(_mm_cmpeq_epi8(x, back),
		    _mm_or_si128(_mm_cmpeq_epi8(y, u), _mm_cmpeq_epi8(y, slash)));

		any = _mm_or_si128(any, escape);
		if (_mm_movemask_epi8(x) == 0)
			continue;
		any = _mm_or_si128(any,
		    _mm_and_si128(_mm_cmpeq_epi8(x, kelvin), _mm_cmpeq_epi8(y, sign)));
		any = _mm_or_si128(
		    any, _mm_and_si128(_mm_cmpeq_epi8(x, s), _mm_cmpeq_epi8(y, tail)));
	}
	for (; i < line.n; i++)
		if (is_strange(line, i))
			return true;
	return _mm_movemask_epi8(any);
}
#else
static bool
is_suspect(struct str line)
{
	(void)line;
	return true;
}
#endif

/* An escape starts at every other backslash of a row of them. */
bool
sift_veiled(struct str line)
{
	if (!is_suspect(line))
		return false;
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];

		if (c != '\\' && c < 0x80)
			continue;
		if (is_strange(line, i))
			return true;
		i += c == '\\';
	}
	return false;
}

static bool
stands_at(struct str literal, const char *p)
{
	for (size_t i = 0; i < literal.n; i++) {
		char c = p[i];

		if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != literal.p[i])
			return false;
	}
	return true;
}

struct search {
	const struct sift *sift;
	struct str line;
	void (*hit)(void *ctx, uint32_t owner);
	void *ctx;
};

/* A gram that some literal has stands at `at`: does all of one? */
static void
look(const struct search *x, size_t at)
{
	const struct sift *s = x->sift;
	uint32_t gram = gram_at(x->line.p + at);
	uint32_t i = s->slot[place_of(gram, s->shift)];

	for (const struct part *p; i; i = p->next) {
		const struct sought *v;

		p = &s->parts[i - 1];
		v = &s->v[p->literal];
		if (p->gram == gram && at >= p->at && x->line.n - (at - p->at) >= v->n &&
		    stands_at((struct str){v->text, v->n}, x->line.p + at - p->at))
			x->hit(x->ctx, v->owner);
	}
}

/* Four places at a time, since almost none is of interest. */
bool
sift_find(const struct sift *s, struct str line, void (*hit)(void *ctx, uint32_t owner),
    void *ctx)
{
	const struct search x = {s, line, hit, ctx};
	const unsigned char *known = s->known;
	unsigned shift = s->shift;
	size_t step = s->step, i = 0;

	if (s->blind || sift_veiled(line))
		return false;
	if (s->n == 0)
		return true;
	for (; i + 3 * step + GRAM <= line.n; i += 4 * step) {
		const char *p = line.p + i;

		if (!(known[place_of(gram_at(p), shift)] |
			known[place_of(gram_at(p + step), shift)] |
			known[place_of(gram_at(p + 2 * step), shift)] |
			known[place_of(gram_at(p + 3 * step), shift)]))
			continue;
		for (size_t k = i; k < i + 4 * step; k += step)
			look(&x, k);
	}
	for (; i + GRAM <= line.n; i += step)
		look(&x, i);
	return true;
}
