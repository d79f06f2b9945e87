#include <math.h>

#include "glance.h"
#include "json.h"
#include "map.h"
#include "mem.h"
#include "when.h"

#define MEMO 8192 /* texts remembered */

struct memo {
	uint64_t hash;
	struct word word;
};

struct glance {
	const struct lenses *lenses;
	struct vocab *vocab;
	struct memo *memo;
	struct word taken[LENS_TAKEN]; /* of the event in hand */
};

struct glance *
glance_new(const struct lenses *lenses, struct vocab *vocab)
{
	struct glance *g = mem_new(1, sizeof(*g));

	g->lenses = lenses;
	g->vocab = vocab;
	g->memo = mem_new(MEMO, sizeof(*g->memo));
	return g;
}

void
glance_free(struct glance *g)
{
	if (!g)
		return;
	mem_free(g->memo);
	mem_free(g);
}

static struct word
take(struct glance *g, struct rec *r, size_t field)
{
	const struct lens_field *f = &g->lenses->fields[field];
	struct str s = rec_text(r, f->slot[0]);
	struct memo *m;
	uint64_t hash;

	for (size_t i = 1; !s.n && i < f->n; i++)
		s = rec_text(r, f->slot[i]);
	if (!s.n)
		return (struct word){0, VOCAB_NONE};
	hash = vocab_join(map_hash(s), f->tame * 2 + g->lenses->named[field] + 1);
	m = &g->memo[hash & (MEMO - 1)];
	if (m->hash == hash)
		return m->word;
	s = tame(rec_arena(r), f->tame, s);
	if (!s.n)
		return (struct word){0, VOCAB_NONE};
	*m = (struct memo){hash, g->lenses->named[field]
				     ? vocab_word(g->vocab, s)
				     : (struct word){vocab_id(s), VOCAB_NONE}};
	return m->word;
}

/* Several words are one, with a control byte between them that none of them has. */
static struct word
join(struct glance *g, struct rec *r, const struct lens *l)
{
	struct arena *a = rec_arena(r);
	struct str all = STR_NONE;
	struct memo *m;
	uint64_t hash = 1;

	for (size_t i = 0; i < l->n_context; i++)
		hash = vocab_join(hash, g->taken[l->context[i] - 1].id);
	m = &g->memo[hash & (MEMO - 1)];
	if (m->hash == hash)
		return m->word;
	for (size_t i = 0; i < l->n_context; i++) {
		struct str s = lens_taken(r, &g->lenses->fields[l->context[i] - 1]);
		char *part = arena_alloc(a, s.n + 1);

		for (size_t k = 0; k < s.n; k++)
			part[k] = s.p[k] == '\x1f' ? ' ' : s.p[k];
		all = i ? CAT(a, all, STR("\x1f"), ((struct str){part, s.n}))
			: (struct str){part, s.n};
	}
	*m = (struct memo){hash, vocab_word(g->vocab, all)};
	return m->word;
}

static void
put(struct glimpse *s, int part, struct word w)
{
	s->id[part] = w.id;
	s->ref[part] = w.ref;
}

static bool
see(struct glance *g, struct rec *r, const struct lens *l, struct glimpse *s)
{
	static const struct word none = {0, VOCAB_NONE};

	s->lens = (uint32_t)(l - g->lenses->v);
	for (size_t i = 0; i < l->n_context; i++)
		if (!g->taken[l->context[i] - 1].id)
			return false;
	if (l->value && !g->taken[l->value - 1].id)
		return false;
	if (l->n_shape && !g->taken[l->shape[0] - 1].id)
		return false;
	put(s, OVER, l->over ? g->taken[l->over - 1] : none);
	put(s, VALUE, l->value ? g->taken[l->value - 1] : none);
	put(s, CONTEXT,
	    l->n_context == 1  ? g->taken[l->context[0] - 1]
	    : l->n_context > 1 ? join(g, r, l)
			       : none);
	return true;
}

size_t
glance_at(struct glance *g, struct rec *r, struct glimpse *out)
{
	size_t n = 1;

	for (size_t i = 0; i < g->lenses->n_fields; i++)
		g->taken[i] = take(g, r, i);
	out[0].lens = LENS_ABOUT;
	put(&out[0], OVER, g->taken[g->lenses->host - 1]);
	put(&out[0], CONTEXT, g->taken[g->lenses->dataset - 1]);
	put(&out[0], VALUE, (struct word){0, VOCAB_NONE});
	for (size_t i = 0; i < g->lenses->n; i++)
		n += see(g, r, &g->lenses->v[i], &out[n]);
	return n;
}

/* A number by its size, a time by its hour, a text by its length. */
static uint8_t
size_of(struct rec *r, const struct lens_field *f)
{
	struct str s = lens_taken(r, f);
	int64_t ns;
	double v;

	if (!s.n)
		return 0;
	if (f->tame == TAME_TEXT && when_parse(s, &ns))
		return (uint8_t)(ns < 0 ? 0 : ns / (3600 * WHEN_S) % 24 * 10 + 1);
	if (!json_num(s, &v))
		v = (double)s.n;
	v = 1 + 8 * log2(1 + fabs(v));
	return v < 255 ? (uint8_t)v : 255;
}

void
glance_sizes(const struct lenses *ls, const struct lens *l, struct rec *r, uint8_t *sizes)
{
	for (size_t i = 0; i < l->n_shape; i++)
		sizes[i] = size_of(r, &ls->fields[l->shape[i] - 1]);
}
