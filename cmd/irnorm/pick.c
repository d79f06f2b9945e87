#include "pick.h"
#include "mem.h"
#include "needles.h"

struct owners {
	uint32_t *v; /* ranks */
	size_t n, cap;
};

struct pick {
	const struct format **by_rank;
	size_t n, words;
	uint64_t *member[PICK_LISTS];
	uint64_t *always; /* need nothing that can be looked for */
	struct needles *needles;
	struct owners *owners; /* by literal */
	size_t n_owners;
	struct map *keys; /* of objects, to struct owners */
};

static void
set_bit(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << i % 64;
}

/* --- making --- */

/* By priority; equals stay in the order of the files. */
static void
rank(struct pick *p, struct formats *f)
{
	p->by_rank = mem_new(f->n + 1, sizeof(*p->by_rank));
	for (size_t i = 0; i < f->n; i++) {
		size_t k = p->n++;

		for (; k > 0 && p->by_rank[k - 1]->priority < f->v[i]->priority; k--)
			p->by_rank[k] = p->by_rank[k - 1];
		p->by_rank[k] = f->v[i];
	}
	p->words = p->n / 64 + 1;
	for (size_t i = 0; i < p->n; i++)
		((struct format *)p->by_rank[i])->rank = i;
}

static void
own(struct owners *o, size_t r)
{
	if (o->n && o->v[o->n - 1] == r)
		return;
	o->v = mem_grow(o->v, &o->cap, o->n + 1, sizeof(*o->v));
	o->v[o->n++] = (uint32_t)r;
}

static uint32_t
number(struct pick *p, struct str literal)
{
	uint32_t i;

	if (literal.n < NEEDLE_LEAST)
		return LITERAL_NONE;
	i = needles_add(p->needles, literal);
	if (i >= p->n_owners) {
		size_t cap = p->n_owners;

		p->owners = mem_grow(p->owners, &cap, i + 1, sizeof(*p->owners));
		for (; p->n_owners < cap; p->n_owners++)
			p->owners[p->n_owners] = (struct owners){0};
	}
	return i;
}

/* False: it can fit a text without any literal. */
static bool
add_rule(struct pick *p, struct rule *r, size_t rank_, bool owns)
{
	bool all = true;

	for (size_t i = 0; i < r->n_match; i++) {
		r->literal[i] = number(p, motif_literal(r->match[i]));
		if (r->literal[i] == LITERAL_NONE)
			all = false;
		else if (owns)
			own(&p->owners[r->literal[i]], rank_);
	}
	r->need_literal = LITERAL_NONE;
	if (r->regex) {
		r->need_literal = number(p, r->need);
		if (r->need_literal == LITERAL_NONE)
			all = false;
		else if (owns)
			own(&p->owners[r->need_literal], rank_);
	}
	return all;
}

static void
add_text(struct pick *p, struct format *f, size_t rank_)
{
	bool all = true, needs = f->n_needs > 0;

	for (size_t i = 0; i < f->n_needs; i++)
		needs = needs && f->needs[i].n >= NEEDLE_LEAST;
	for (size_t i = 0; needs && i < f->n_needs; i++) {
		uint32_t k = number(p, f->needs[i]);

		own(&p->owners[k], rank_);
	}
	for (size_t i = 0; i < f->n_rules; i++)
		if (!add_rule(p, &f->rules[i], rank_, !needs))
			all = false;
	if (!needs && !all)
		set_bit(p->always, rank_);
}

static void
add_key(struct pick *p, struct str key, size_t rank_)
{
	void **at = map_put(p->keys, key);

	if (!*at)
		*at = mem_new(1, sizeof(struct owners));
	own(*at, rank_);
}

static size_t
shared(const struct map *uses, struct str key)
{
	return (uintptr_t)map_get(uses, key);
}

/* By the key that fewest others want; or by any of those of which one must be there. */
static void
add_object(struct pick *p, const struct map *uses, const struct format *f, size_t rank_)
{
	size_t best = 0;

	if (f->n_keys == 0 && f->n_any == 0 && f->n_where == 0) {
		set_bit(p->always, rank_);
		return;
	}
	if (f->name_key.p)
		add_key(p, f->name_key, rank_);
	for (size_t i = 1; i < f->n_keys; i++)
		if (shared(uses, f->keys[i]) < shared(uses, f->keys[best]))
			best = i;
	if (f->n_keys)
		add_key(p, f->keys[best], rank_);
	else if (f->n_where) /* of a path into a list, the list is the key */
		add_key(p, str_sub(f->where[0].path, 0, str_chr(f->where[0].path, '[')),
		    rank_);
	for (size_t i = 0; !f->n_keys && !f->n_where && i < f->n_any; i++)
		add_key(p, f->any_keys[i], rank_);
}

static struct map *
count_keys(const struct formats *f)
{
	struct map *uses = map_new();

	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->v[i]->n_keys; k++) {
			void **at = map_put(uses, f->v[i]->keys[k]);

			*at = (void *)((uintptr_t)*at + 1);
		}
	return uses;
}

struct pick *
pick_new(struct formats *f)
{
	struct pick *p = mem_new(1, sizeof(*p));
	struct map *uses = count_keys(f);

	rank(p, f);
	p->needles = needles_new();
	p->keys = map_new();
	p->always = mem_new(p->words, sizeof(*p->always));
	for (size_t i = 0; i < PICK_LISTS; i++)
		p->member[i] = mem_new(p->words, sizeof(*p->member[i]));
	for (size_t r = 0; r < p->n; r++) {
		struct format *own_ = (struct format *)p->by_rank[r];

		switch (own_->over) {
		case OVER_SYSLOG:
			if (own_->any_program)
				set_bit(p->member[PICK_ANY], r);
			add_text(p, own_, r);
			break;
		case OVER_NONE:
			set_bit(p->member[PICK_BARE], r);
			add_text(p, own_, r);
			break;
		case OVER_JSON:
			set_bit(p->member[PICK_JSON], r);
			add_object(p, uses, own_, r);
			break;
		}
	}
	needles_ready(p->needles);
	map_free(uses);
	return p;
}

void
pick_free(struct pick *p)
{
	size_t at = 0;
	void *o;

	if (!p)
		return;
	while (map_next(p->keys, &at, NULL, &o)) {
		mem_free(((struct owners *)o)->v);
		mem_free(o);
	}
	map_free(p->keys);
	for (size_t i = 0; i < p->n_owners; i++)
		mem_free(p->owners[i].v);
	mem_free(p->owners);
	for (size_t i = 0; i < PICK_LISTS; i++)
		mem_free(p->member[i]);
	mem_free(p->always);
	needles_free(p->needles);
	mem_free(p->by_rank);
	mem_free(p);
}

/* --- looking --- */

void
marks_init(struct marks *m, const struct pick *p)
{
	*m = (struct marks){.pick = p};
	m->seen = mem_new(needles_count(p->needles) + 1, sizeof(*m->seen));
	m->maybe = mem_new(p->words, sizeof(*m->maybe));
}

void
marks_free(struct marks *m)
{
	mem_free(m->seen);
	mem_free(m->maybe);
}

void
marks_start(struct marks *m)
{
	m->text = STR_NONE;
}

static void
begin(struct marks *m)
{
	if (++m->round == 0) {
		memset(m->seen, 0, needles_count(m->pick->needles) * sizeof(*m->seen));
		m->round = 1;
	}
	memcpy(m->maybe, m->pick->always, m->pick->words * sizeof(*m->maybe));
}

static void
mark(struct marks *m, const struct owners *o)
{
	for (size_t i = 0; i < o->n; i++)
		set_bit(m->maybe, o->v[i]);
}

static void
hit(void *ctx, uint32_t literal)
{
	struct marks *m = ctx;

	if (m->seen[literal] == m->round)
		return;
	m->seen[literal] = m->round;
	mark(m, &m->pick->owners[literal]);
}

void
pick_text(struct marks *m, struct str text)
{
	if (m->text.p == text.p && m->text.n == text.n)
		return;
	begin(m);
	m->text = text;
	needles_find(m->pick->needles, text, hit, m);
}

void
pick_object(struct marks *m, const struct leaves *l)
{
	begin(m);
	m->text = STR_NONE;
	for (size_t i = 0; i < l->n; i++) {
		struct leaf_name *name = l->v[i].name;

		if (!name->asked) {
			name->asked = true;
			name->owners = map_get(m->pick->keys, name->path);
		}
		if (name->owners)
			mark(m, name->owners);
	}
}

const struct format *
pick_next(const struct marks *m, enum pick_list list, size_t *at)
{
	const struct pick *p = m->pick;

	while (*at < p->n) {
		size_t w = *at / 64;
		uint64_t bits = (m->maybe[w] & p->member[list][w]) >> *at % 64;

		if (!bits) {
			*at = (w + 1) * 64;
			continue;
		}
		*at += (size_t)__builtin_ctzll(bits) + 1;
		return p->by_rank[*at - 1];
	}
	return NULL;
}
