#include "buf.h"
#include "lru.h"
#include "map.h"
#include "mem.h"
#include "sha256.h"
#include "template_inside.h"

#define SIMILAR  80 /* of 100: weight of the equal words, so that lines are alike */
#define DISTINCT 10 /* words at one place that make it a hole */
#define SHAPES   4  /* remembered shapes, times the templates */
#define WEIGHT   4  /* of a word, beside one that may be a value */

/* What the exact shape of a line was found to be. */
struct shape {
	struct template *t;
	uint64_t serial, epoch;
};

/* A shape but for one word, and the words that were there. */
struct without {
	uint64_t seen[DISTINCT];
	size_t n;
};

struct templates {
	struct template *pool;
	struct template *free; /* by `older` */
	size_t max, used, n_live;
	struct template *oldest, *newest;
	struct stems *stems; /* of templates that begin alike */
	struct lru *shapes, *withouts;
	uint64_t evicted, serial, epoch;

	/* the line in hand */
	struct lexeme v[TEMPLATE_WORDS];
	uint64_t hash[TEMPLATE_WORDS];
	size_t n;
	uint64_t shape;
};

static struct str
key_of(const uint64_t *k)
{
	return (struct str){(const char *)k, sizeof(*k)};
}

struct templates *
templates_new(size_t max)
{
	struct templates *t = mem_new(1, sizeof(*t));

	t->max = max ? max : 1;
	t->pool = mem_new(t->max, sizeof(*t->pool));
	t->stems = stems_new();
	t->shapes = lru_new(t->max * SHAPES, sizeof(struct shape), NULL, NULL);
	t->withouts = lru_new(t->max * SHAPES, sizeof(struct without), NULL, NULL);
	return t;
}

/* The first words, TEMPLATE_HOLE for what may vary. */
static void
first_words(
    const struct lexeme *v, const uint64_t *hash, size_t n, uint64_t word[STEM_WORDS])
{
	size_t k = 0;

	for (size_t i = 0; i < n && k < STEM_WORDS; i++)
		if (v[i].kind != LEX_MARK)
			word[k++] = v[i].kind == LEX_WORD ? hash[i] : TEMPLATE_HOLE;
	while (k < STEM_WORDS)
		word[k++] = 0;
}

/* --- templates --- */

static void
unlink_use(struct templates *t, struct template *p)
{
	*(p->older ? &p->older->newer : &t->oldest) = p->newer;
	*(p->newer ? &p->newer->older : &t->newest) = p->older;
}

static void
link_newest(struct templates *t, struct template *p)
{
	p->newer = NULL;
	p->older = t->newest;
	*(t->newest ? &t->newest->newer : &t->oldest) = p;
	t->newest = p;
}

/* Gives back what it holds; its place in the pool can be used again. */
static void
template_drop(struct templates *t, struct template *p)
{
	struct stem *g = p->stem;

	for (size_t i = 0; i < g->n; i++)
		if (g->v[i] == p)
			g->v[i] = g->v[--g->n];
	if (g->n == 0)
		stems_drop(t->stems, g);
	unlink_use(t, p);
	mem_free(p->v);
	mem_free(p->hash);
	mem_free(p->text);
	mem_free(p->told);
	*p = (struct template){.older = t->free};
	t->free = p;
	t->n_live--;
}

void
templates_free(struct templates *t)
{
	if (!t)
		return;
	while (t->oldest)
		template_drop(t, t->oldest);
	mem_free(t->pool);
	stems_free(t->stems);
	lru_free(t->shapes);
	lru_free(t->withouts);
	mem_free(t);
}

/* A free place: one never used, else that of the template used longest ago. */
static struct template *
place(struct templates *t)
{
	struct template *p = t->free;

	if (!p && t->used < t->max)
		return &t->pool[t->used++];
	if (!p) {
		template_drop(t, t->oldest);
		t->evicted++;
		p = t->free;
	}
	t->free = p->older;
	p->older = NULL;
	return p;
}

/* The words of the line in hand; holes have no text. */
static void
copy_words(const struct templates *t, struct template *p)
{
	size_t bytes = 0, at = 0;

	for (size_t i = 0; i < t->n; i++)
		bytes += t->hash[i] == TEMPLATE_HOLE ? 0 : t->v[i].text.n;
	p->n = t->n;
	p->v = mem_new(t->n + 1, sizeof(*p->v));
	p->hash = mem_new(t->n + 1, sizeof(*p->hash));
	p->text = mem_new(bytes + 1, 1);
	for (size_t i = 0; i < t->n; i++) {
		struct str s = t->v[i].text;

		p->v[i] = t->v[i];
		p->hash[i] = t->hash[i];
		p->v[i].text = STR_NONE;
		if (p->hash[i] == TEMPLATE_HOLE) {
			p->holes++;
			continue;
		}
		memcpy(p->text + at, s.p, s.n);
		p->v[i].text = (struct str){p->text + at, s.n};
		at += s.n;
	}
}

/* The one of a full stem that fewest lines have. */
static void
make_room(struct templates *t, struct stem *g)
{
	struct template *old = g->v[0], *p;

	for (size_t i = 1; i < g->n; i++) {
		p = g->v[i];
		if (p->count < old->count)
			old = p;
	}
	template_drop(t, old);
	t->evicted++;
}

/* A template that is the line in hand. */
static struct template *
template_make(struct templates *t)
{
	struct template *p = place(t);
	struct stem *g;
	uint64_t word[STEM_WORDS];

	copy_words(t, p);
	first_words(t->v, t->hash, t->n, word);
	g = stems_make(t->stems, t->n, word);
	if (g->n == STEM_MAX)
		make_room(t, g);
	g->v[g->n++] = p;
	p->stem = g;
	p->serial = ++t->serial;
	p->stale = true;
	link_newest(t, p);
	t->n_live++;
	return p;
}

/* --- likeness --- */

/* How like a template the line in hand is, of 100; 0 if their marks differ. */
static unsigned
likeness(const struct templates *t, const struct template *p)
{
	unsigned all = 0, same = 0;

	for (size_t i = 0; i < t->n; i++) {
		bool word = t->v[i].kind == LEX_WORD || p->v[i].kind == LEX_WORD;
		unsigned w = word ? WEIGHT : 1;

		if (p->hash[i] == t->hash[i]) {
			if (t->hash[i] == TEMPLATE_HOLE || t->v[i].kind == LEX_MARK)
				continue;
			same += w;
		} else if (p->v[i].kind == LEX_MARK || t->v[i].kind == LEX_MARK) {
			return 0;
		} else if (p->hash[i] == TEMPLATE_HOLE) {
			continue;
		}
		all += w;
	}
	return all ? 1 + 99 * same / all : 100;
}

/* The most like of a stem; of equals the one with more holes. */
static void
choose(const struct templates *t, const struct stem *g, struct template **best,
    unsigned *like)
{
	for (size_t i = 0; g && i < g->n; i++) {
		struct template *p = g->v[i];
		unsigned l = likeness(t, p);

		if (l < SIMILAR)
			continue;
		if (!*best || l > *like || (l == *like && p->holes > (*best)->holes)) {
			*best = p;
			*like = l;
		}
	}
}

static struct template *
search(const struct templates *t)
{
	uint64_t word[STEM_WORDS], ask[STEM_WORDS];
	struct template *best = NULL;
	unsigned like = 0;

	first_words(t->v, t->hash, t->n, word);
	for (unsigned open = 0; open < 1U << STEM_WORDS; open++) {
		bool twice = false;

		for (size_t i = 0; i < STEM_WORDS; i++) {
			ask[i] = open >> i & 1 ? TEMPLATE_HOLE : word[i];
			twice = twice || ((open >> i & 1) && word[i] == TEMPLATE_HOLE);
		}
		if (!twice)
			choose(t, stems_at(t->stems, t->n, ask), &best, &like);
	}
	return best;
}

/* --- learning --- */

/* Holes where the line in hand differs; a template that became its equal goes. */
static void
widen(struct templates *t, struct template *p)
{
	bool wider = false;

	for (size_t i = 0; i < t->n; i++) {
		if (p->hash[i] == t->hash[i] || p->hash[i] == TEMPLATE_HOLE)
			continue;
		if (p->v[i].kind != t->v[i].kind)
			p->v[i].kind = LEX_VALUE;
		p->hash[i] = TEMPLATE_HOLE;
		p->v[i].text = STR_NONE;
		p->holes++;
		wider = true;
	}
	if (!wider)
		return;
	p->stale = true;
	for (size_t i = 0; i < p->stem->n; i++) {
		struct template *q = p->stem->v[i];

		if (q != p && memcmp(q->hash, p->hash, p->n * sizeof(*p->hash)) == 0) {
			p->count += q->count;
			template_drop(t, q);
			break;
		}
	}
}

/* RUNNING, NOT_FOUND: one of a few, each with a meaning of its own. */
static bool
is_state(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] != '_' && (word.p[i] < 'A' || word.p[i] > 'Z'))
			return false;
	return true;
}

/*
 * Lines that are alike but for one word: when enough words were seen there, it is
 * a value.  True: the line in hand has got a hole.
 */
static bool
generalise(struct templates *t)
{
	uint64_t sum = 0, key;
	bool open = false;

	for (size_t i = 0; i < t->n; i++)
		sum += stem_mix(i, t->hash[i]);
	for (size_t i = 0; i < t->n && !open; i++) {
		struct without *w;
		size_t k = 0;

		if (t->v[i].kind != LEX_WORD || t->n < 3 || is_state(t->v[i].text))
			continue;
		key = stem_mix(sum - stem_mix(i, t->hash[i]), i);
		w = lru_put(t->withouts, key_of(&key), NULL);
		while (k < w->n && w->seen[k] != t->hash[i])
			k++;
		if (k == w->n && w->n < DISTINCT)
			w->seen[w->n++] = t->hash[i];
		if (w->n == DISTINCT) {
			t->hash[i] = TEMPLATE_HOLE;
			open = true;
		}
	}
	if (open)
		t->epoch++;
	return open;
}

/* --- lines --- */

static void
take_line(struct templates *t, struct str line)
{
	uint64_t shape;

	t->n = lexeme_read(line, t->v, TEMPLATE_WORDS);
	shape = stem_mix(t->n, 1);
	for (size_t i = 0; i < t->n; i++) {
		if (lexeme_is_variable(t->v[i].kind))
			t->hash[i] = TEMPLATE_HOLE;
		else if (t->v[i].text.n == 1)
			t->hash[i] = 2 + (unsigned char)t->v[i].text.p[0];
		else
			t->hash[i] = map_hash(t->v[i].text) | 1024;
		shape = stem_mix(shape, t->hash[i] + (uint64_t)t->v[i].kind);
	}
	t->shape = shape;
}

static struct template *
remembered(const struct templates *t)
{
	const struct shape *s = lru_get(t->shapes, key_of(&t->shape));

	return s && s->epoch == t->epoch && s->t->serial == s->serial ? s->t : NULL;
}

static void
remember(struct templates *t, struct template *p)
{
	struct shape *s = lru_put(t->shapes, key_of(&t->shape), NULL);

	*s = (struct shape){p, p->serial, t->epoch};
}

const struct template *
templates_note(struct templates *t, struct str line)
{
	struct template *p;

	take_line(t, line);
	p = remembered(t);
	if (!p) {
		p = search(t);
		if (p) {
			widen(t, p);
		} else {
			generalise(t);
			p = template_make(t);
		}
		remember(t, p);
	}
	p->count++;
	if (p != t->newest) {
		unlink_use(t, p);
		link_newest(t, p);
	}
	return p;
}

const struct template *
templates_find(struct templates *t, struct str line)
{
	struct template *p;

	take_line(t, line);
	p = remembered(t);
	return p ? p : search(t);
}

/* --- what there is --- */

size_t
templates_count(const struct templates *t)
{
	return t->n_live;
}

uint64_t
templates_evicted(const struct templates *t)
{
	return t->evicted;
}
