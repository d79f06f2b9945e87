#include <stdlib.h>

#include "mem.h"
#include "way.h"

#define KEPT 1024 /* sets of buckets; a power of two */

struct squad {
	int *fields;
	size_t n, cap;
	struct str *words;
	size_t n_words, words_cap;
	uint32_t *always;
	size_t n_always, always_cap;
};

struct ways {
	const struct views *views;
	struct squad *squads; /* by bucket */
	size_t n;
	struct way *kept[KEPT]; /* by hash of the buckets */
};

/* A field, and a slot where it may stand. */
struct stand {
	int slot, field;
};

struct ways *
ways_new(const struct views *views, size_t buckets)
{
	struct ways *rs = mem_new(1, sizeof(*rs));

	rs->views = views;
	rs->n = buckets;
	rs->squads = mem_new(buckets + 1, sizeof(*rs->squads));
	return rs;
}

static void
way_free(struct way *r)
{
	if (!r)
		return;
	mem_free(r->buckets);
	mem_free(r->slots);
	mem_free(r->first);
	mem_free(r->fields);
	mem_free(r->all);
	mem_free(r->always);
	sift_free(r->keywords);
	mem_free(r);
}

void
ways_free(struct ways *rs)
{
	if (!rs)
		return;
	for (size_t i = 0; i < rs->n; i++) {
		mem_free(rs->squads[i].fields);
		mem_free(rs->squads[i].always);
		mem_free(rs->squads[i].words);
	}
	for (size_t i = 0; i < KEPT; i++)
		way_free(rs->kept[i]);
	mem_free(rs->squads);
	mem_free(rs);
}

void
ways_field(struct ways *rs, size_t bucket, int field)
{
	struct squad *s = &rs->squads[bucket];

	for (size_t i = 0; i < s->n; i++)
		if (s->fields[i] == field)
			return;
	s->fields = mem_grow(s->fields, &s->cap, s->n + 1, sizeof(*s->fields));
	s->fields[s->n++] = field;
}

void
ways_keyword(struct ways *rs, size_t bucket, struct str literal)
{
	struct squad *s = &rs->squads[bucket];

	s->words = mem_grow(s->words, &s->words_cap, s->n_words + 1, sizeof(*s->words));
	s->words[s->n_words++] = literal;
}

void
ways_always(struct ways *rs, size_t bucket, uint32_t rule)
{
	struct squad *s = &rs->squads[bucket];

	s->always = mem_grow(
	    s->always, &s->always_cap, s->n_always + 1, sizeof(*s->always));
	s->always[s->n_always++] = rule;
}

static int
by_slot(const void *a, const void *b)
{
	const struct stand *x = a, *y = b;

	return x->slot != y->slot ? (x->slot < y->slot ? -1 : 1)
				  : (x->field > y->field) - (x->field < y->field);
}

static void
gather_words(const struct ways *rs, struct way *r)
{
	for (size_t i = 0; i < r->n_buckets; i++) {
		const struct squad *s = &rs->squads[r->buckets[i]];

		if (s->n_words && !r->keywords)
			r->keywords = sift_new();
		for (size_t k = 0; k < s->n_words; k++)
			sift_add(r->keywords, s->words[k]);
	}
	if (r->keywords)
		sift_ready(r->keywords);
}

/* Fields of all buckets, each once. */
static void
gather_fields(const struct ways *rs, struct way *r)
{
	bool *seen = mem_new(views_count(rs->views) + 1, sizeof(*seen));
	size_t cap = 0, always_cap = 0;

	for (size_t i = 0; i < r->n_buckets; i++) {
		const struct squad *s = &rs->squads[r->buckets[i]];

		for (size_t k = 0; k < s->n; k++) {
			int f = s->fields[k];

			if (!seen[f]) {
				seen[f] = true;
				r->all = mem_grow(
				    r->all, &cap, r->n_all + 1, sizeof(*r->all));
				r->all[r->n_all++] = f;
			}
		}
		r->always = mem_grow(r->always, &always_cap, r->n_always + s->n_always,
		    sizeof(*r->always));
		for (size_t k = 0; k < s->n_always; k++)
			r->always[r->n_always++] = s->always[k];
	}
	mem_free(seen);
}

static void
gather_slots(const struct ways *rs, struct way *r)
{
	struct stand *v = NULL;
	size_t n = 0, cap = 0;
	const int *slots;

	for (size_t i = 0; i < r->n_all; i++) {
		size_t m = views_slots(rs->views, r->all[i], &slots);

		v = mem_grow(v, &cap, n + m, sizeof(*v));
		for (size_t k = 0; k < m; k++)
			v[n++] = (struct stand){slots[k], r->all[i]};
	}
	if (n)
		qsort(v, n, sizeof(*v), by_slot);
	r->slots = mem_new(n + 1, sizeof(*r->slots));
	r->first = mem_new(n + 1, sizeof(*r->first));
	r->fields = mem_new(n + 1, sizeof(*r->fields));
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || v[i].slot != v[i - 1].slot) {
			r->slots[r->n_slots] = v[i].slot;
			r->first[r->n_slots++] = (uint32_t)i;
		}
		r->fields[i] = v[i].field;
	}
	r->first[r->n_slots] = (uint32_t)n;
	mem_free(v);
}

const struct way *
ways_find(struct ways *rs, const uint32_t *buckets, size_t n)
{
	uint32_t h = (uint32_t)n;
	struct way *r, **at;

	for (size_t i = 0; i < n; i++)
		h = (h ^ buckets[i]) * UINT32_C(0x9E3779B1);
	at = &rs->kept[(h ^ h >> 16) & (KEPT - 1)];
	if (*at && (*at)->n_buckets == n &&
	    (n == 0 || memcmp((*at)->buckets, buckets, n * sizeof(*buckets)) == 0))
		return *at;
	way_free(*at);
	*at = r = mem_new(1, sizeof(*r));
	r->buckets = mem_new(n + 1, sizeof(*r->buckets));
	r->n_buckets = n;
	if (n)
		memcpy(r->buckets, buckets, n * sizeof(*buckets));
	gather_words(rs, r);
	gather_fields(rs, r);
	gather_slots(rs, r);
	return r;
}
