#include "grammar.h"
#include "mem.h"
#include "trie.h"

#define SHIFT 61 /* eight places at first */

struct trie *
trie_new(void)
{
	struct trie *t = mem_new(1, sizeof(*t));

	t->slot = -1;
	t->shift = SHIFT;
	t->places = mem_new((size_t)1 << (64 - SHIFT), sizeof(*t->places));
	return t;
}

/* Upwards again through `up`, so that deep names cost no stack. */
void
trie_free(struct trie *t)
{
	while (t) {
		struct trie *up = t->up;

		if (t->n > 0) {
			t = t->kids[--t->n];
			continue;
		}
		mem_free(t->kids);
		mem_free(t->below);
		mem_free(t->places);
		mem_free((char *)(uintptr_t)t->part.p);
		mem_free(t);
		t = up;
	}
}

/* Where the kid named `part` stands or would stand. */
static size_t
place(const struct trie *t, struct str part)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (str_cmp(t->kids[mid]->part, part) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void
settle(struct trie *t, const struct trie *kid)
{
	char text[16] = {0};
	size_t n = kid->part.n, cut = n < 8 ? n : 8, i;
	struct trie_place place = {.n = n, .kid = kid};

	memcpy(text, kid->part.p, cut);
	memcpy(text + 8, kid->part.p + n - cut, cut);
	place.head = trie_load(text);
	place.tail = trie_load(text + 8);
	i = trie_hash(place.head, place.tail, n, t->shift);
	while (t->places[i & (~(size_t)0 >> t->shift)].kid)
		i++;
	t->places[i & (~(size_t)0 >> t->shift)] = place;
}

/* The newest kid needs a place; at most one in four is taken. */
static void
settle_kid(struct trie *t, const struct trie *kid)
{
	if (t->n * 4 <= (size_t)1 << (64 - t->shift)) {
		settle(t, kid);
		return;
	}
	mem_free(t->places);
	t->shift--;
	t->places = mem_new((size_t)1 << (64 - t->shift), sizeof(*t->places));
	for (size_t i = 0; i < t->n; i++)
		settle(t, t->kids[i]);
}

static struct trie *
kid(struct trie *t, struct str part)
{
	size_t i = place(t, part);
	struct trie *k;

	if (i < t->n && str_cmp(t->kids[i]->part, part) == 0)
		return t->kids[i];
	k = trie_new();
	k->part = (struct str){mem_text(part), part.n};
	k->up = t;
	k->bit = UINT64_C(1) << trie_sieve(k->part.p, k->part.n);
	k->under = t->under | t->bit;
	t->sieve |= k->bit;
	t->kids = mem_grow(t->kids, &t->cap, t->n + 1, sizeof(*t->kids));
	memmove(t->kids + i + 1, t->kids + i, (t->n - i) * sizeof(*t->kids));
	t->kids[i] = k;
	t->n++;
	settle_kid(t, k);
	return k;
}

const struct trie *
trie_add(struct trie *root, struct str name, int slot)
{
	struct trie *t = root;

	while (name.p)
		t = kid(t, str_cut(&name, '.'));
	if (t->slot >= 0)
		return t;
	t->slot = slot;
	for (struct trie *u = t->up; u; u = u->up) {
		u->below = mem_grow(u->below, &u->cap_below, u->n_below + 1, sizeof(int));
		u->below[u->n_below++] = slot;
	}
	return t;
}

/*
 * Compare the part of a name that starts at `*at` with `part`; when they are
 * equal, `*at` moves to the dot behind it (as it is spelled) or to the end.
 */
static int
compare(const char **at, const char *end, struct str part)
{
	const char *p = *at;
	size_t i = 0;

	while (p < end) {
		const char *from = p;
		char c[4];
		size_t n = grammar_char(&p, end, c);

		if (n == 1 && c[0] == '.') {
			p = from;
			break;
		}
		for (size_t k = 0; k < n; k++, i++)
			if (i == part.n || c[k] != part.p[i])
				return i == part.n ? 1
				       : (unsigned char)c[k] < (unsigned char)part.p[i]
					   ? -1
					   : 1;
	}
	if (i < part.n)
		return -1;
	*at = p;
	return 0;
}

static const struct trie *
find(const struct trie *t, const char **at, const char *end)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int d = compare(at, end, t->kids[mid]->part);

		if (d == 0)
			return t->kids[mid];
		if (d > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static void
forget(struct finds *f, int slot)
{
	struct found *x = &f->v[slot];

	if (!x->raw.p && !x->spread)
		return;
	*x = (struct found){.twice = true};
	f->twice = true;
}

void
trie_lead_through(const struct trie *t, struct finds *f)
{
	struct found *x;

	if (t->slot < 0)
		return;
	x = &f->v[t->slot];
	trie_hit(f, t);
	if (x->raw.p && x->raw.p[0] != '{')
		forget(f, t->slot);
	x->spread = true;
}

/* Is the slot that of a name below?  They are in order. */
static bool
is_below(const struct trie *t, int slot)
{
	size_t lo = 0, hi = t->n_below;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t->below[mid] < slot)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->n_below && t->below[lo] == slot;
}

/* Thousands of names may lie below, and a few have been found. */
void
trie_overrule(const struct trie *t, struct finds *f)
{
	if (t->slot >= 0)
		forget(f, t->slot);
	if (!(f->under & t->bit))
		return;
	if (t->n_below > f->n * 8) {
		for (size_t i = 0; i < f->n; i++)
			if (is_below(t, (int)f->hit[i]))
				forget(f, (int)f->hit[i]);
		return;
	}
	for (size_t i = 0; i < t->n_below; i++)
		forget(f, t->below[i]);
}

const struct trie *
trie_enter(const struct trie *t, struct str raw, struct finds *f)
{
	const char *p = raw.p, *end = raw.p + raw.n;
	char dot[4];

	while (t && (t = find(t, &p, end)) && p < end) {
		trie_lead_through(t, f);
		grammar_char(&p, end, dot);
	}
	if (t)
		trie_overrule(t, f);
	return t;
}
