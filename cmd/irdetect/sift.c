/*
 * The grams (four bytes) at `step` places in a row of each literal are in a table:
 * wherever it stands, one of them is met by looking at each `step`th place.
 */
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

/* An escape starts at every other backslash of a row. */
bool
sift_spelled(struct str line)
{
	for (size_t at; (at = str_chr(line, '\\')) != STR_NPOS && at + 1 < line.n;
	     line = str_from(line, at + 2))
		if (line.p[at + 1] == 'u')
			return true;
	return false;
}

static bool
has(struct str line, struct str character)
{
	for (size_t at; (at = str_chr(line, character.p[0])) != STR_NPOS;
	     line = str_from(line, at + 1))
		if (str_starts(str_from(line, at), character))
			return true;
	return false;
}

/* The Kelvin sign and the long s. */
bool
sift_folds(struct str line)
{
	return has(line, STR("\xE2\x84\xAA")) || has(line, STR("\xC5\xBF"));
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

	if (s->blind)
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
