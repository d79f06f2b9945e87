#include "grammar.h"
#include "mem.h"
#include "trie.h"

struct trie *
trie_new(void)
{
	struct trie *t = mem_new(1, sizeof(*t));

	t->slot = -1;
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
	t->kids = mem_grow(t->kids, &t->cap, t->n + 1, sizeof(*t->kids));
	memmove(t->kids + i + 1, t->kids + i, (t->n - i) * sizeof(*t->kids));
	t->kids[i] = k;
	t->n++;
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
forget(struct found *f, bool *twice)
{
	if (!f->raw.p && !f->spread)
		return;
	*f = (struct found){.twice = true};
	*twice = true;
}

/* A dotted name leads through this object: what was no object becomes one. */
static void
lead_through(struct found *f, bool *twice)
{
	if (f->raw.p && f->raw.p[0] != '{')
		forget(f, twice);
	f->spread = true;
}

const struct trie *
trie_enter(const struct trie *t, struct str raw, struct found *found, bool *twice)
{
	const char *p = raw.p, *end = raw.p + raw.n;
	char dot[4];

	while (t && (t = find(t, &p, end)) && p < end) {
		if (t->slot >= 0)
			lead_through(&found[t->slot], twice);
		grammar_char(&p, end, dot);
	}
	if (!t)
		return NULL;
	if (t->slot >= 0)
		forget(&found[t->slot], twice);
	for (size_t i = 0; i < t->n_below; i++)
		forget(&found[t->below[i]], twice);
	return t;
}
