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

struct sift {
	char **text; /* the longest runs of ASCII */
	size_t *len;
	size_t n, text_cap, len_cap, step;
	bool blind; /* there is one too short to be looked for like this */
	struct part *parts;
	uint32_t *slot; /* part number + 1 */
	uint64_t *bits;
	unsigned shift, slot_shift; /* of a mixed gram, for `bits` and `slot` */
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
		mem_free(s->text[i]);
	mem_free(s->text);
	mem_free(s->len);
	mem_free(s->parts);
	mem_free(s->slot);
	mem_free(s->bits);
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
sift_add(struct sift *s, struct str literal)
{
	struct str run = ascii_run(literal);

	if (run.n < GRAM) {
		s->blind = true;
		return;
	}
	s->text = mem_grow(s->text, &s->text_cap, s->n + 1, sizeof(*s->text));
	s->len = mem_grow(s->len, &s->len_cap, s->n + 1, sizeof(*s->len));
	s->text[s->n] = mem_text(run);
	s->len[s->n++] = run.n;
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

void
sift_ready(struct sift *s)
{
	size_t least = STEP_MAX + GRAM - 1, k = 0;
	unsigned bits = 12;

	if (s->blind || s->n == 0)
		return;
	for (size_t i = 0; i < s->n; i++)
		least = s->len[i] < least ? s->len[i] : least;
	s->step = least - (GRAM - 1);
	while (bits < 18 && (size_t)1 << bits < s->n * s->step * 64)
		bits++;
	s->shift = 32 - bits;
	s->bits = mem_new(((size_t)1 << bits) / 64, sizeof(*s->bits));
	s->slot_shift = s->shift + (bits > 15 ? 4 : 0);
	s->slot = mem_new((size_t)1 << (32 - s->slot_shift), sizeof(*s->slot));
	s->parts = mem_new(s->n * s->step, sizeof(*s->parts));
	for (size_t i = 0; i < s->n; i++)
		for (size_t at = 0; at < s->step; at++) {
			uint32_t gram = gram_at(s->text[i] + at);
			uint32_t place = place_of(gram, s->shift);
			uint32_t *slot = &s->slot[place_of(gram, s->slot_shift)];

			s->parts[k] = (struct part){
			    gram, (uint32_t)i, (uint32_t)at, *slot};
			*slot = (uint32_t)++k;
			s->bits[place >> 6] |= UINT64_C(1) << (place & 63);
		}
}

static bool
is_odd_from(struct str line, size_t i)
{
	for (; i < line.n; i++)
		if ((unsigned char)line.p[i] >= 0x80 ||
		    (line.p[i] == '\\' && i + 1 < line.n &&
			(line.p[i + 1] == 'u' || line.p[i + 1] == '/')))
			return true;
	return false;
}

/*
 * May the line hold what a plain search does not see: bytes that are not ASCII, some of
 * which folding makes ASCII, or escapes that spell other characters?
 */
#if defined(__SSE2__)
static bool
is_odd(struct str line)
{
	__m128i back = _mm_set1_epi8('\\'), u = _mm_set1_epi8('u'),
		slash = _mm_set1_epi8('/'), odd = _mm_setzero_si128();
	size_t i = 0;

	for (; i + 17 <= line.n; i += 16) {
		__m128i x = _mm_loadu_si128((const void *)(line.p + i));
		__m128i y = _mm_loadu_si128((const void *)(line.p + i + 1));
		__m128i bad = _mm_or_si128(
		    _mm_cmpeq_epi8(y, u), _mm_cmpeq_epi8(y, slash));

		bad = _mm_and_si128(bad, _mm_cmpeq_epi8(x, back));
		odd = _mm_or_si128(odd, _mm_or_si128(bad, x));
	}
	return _mm_movemask_epi8(odd) || is_odd_from(line, i);
}
#else
static bool
is_odd(struct str line)
{
	return is_odd_from(line, 0);
}
#endif

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

/* A gram that some literal has stands at `at`: does all of one? */
static bool
look(const struct sift *s, uint32_t gram, struct str line, size_t at)
{
	uint32_t i = s->slot[place_of(gram, s->slot_shift)];

	for (; i; i = s->parts[i - 1].next) {
		const struct part *x = &s->parts[i - 1];
		struct str literal = {s->text[x->literal], s->len[x->literal]};

		if (x->gram == gram && at >= x->at &&
		    line.n - (at - x->at) >= literal.n &&
		    stands_at(literal, line.p + at - x->at))
			return true;
	}
	return false;
}

bool
sift_may(const struct sift *s, struct str line)
{
	const uint64_t *bits = s->bits;

	if (s->blind || is_odd(line))
		return true;
	if (s->n == 0)
		return false;
	for (size_t i = 0; i + GRAM <= line.n; i += s->step) {
		uint32_t gram = gram_at(line.p + i), place = place_of(gram, s->shift);

		if (bits[place >> 6] >> (place & 63) & 1 && look(s, gram, line, i))
			return true;
	}
	return false;
}
