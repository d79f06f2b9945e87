/*
 * trie - names of fields as a tree of their parts, and what was found for them.
 *
 * "source.ip" is the part "ip" below the part "source", so that a member's name
 * can be followed from wherever its object stands.
 */
#ifndef TRIE_H
#define TRIE_H

#include "str.h"

/* What was found for a slot. */
struct found {
	struct str raw; /* the value's slice, without blanks; absent if not there */
	bool
	    spread; /* there, but (also) as dotted members elsewhere: build it by rec_nest() */
	bool twice; /* an earlier value of the same field was overruled */
};

/*
 * All that was found in a text, by slot, and which slots that are: `v` and `hit` have
 * room for each.  What `hit` does not name is all zero, so that the next text costs no
 * more than what was found in this one.
 */
struct finds {
	struct found *v;
	uint32_t *hit;
	size_t n;
	uint64_t under; /* bits of all places that lead to what was found */
	bool twice;     /* some field stood twice */
};

/* A kid where trie_kid() finds it: by the first and last eight bytes of its part. */
struct trie_place {
	uint64_t head, tail;
	size_t n;
	const struct trie *kid; /* NULL: nobody is here */
};

struct trie {
	struct str part;
	struct trie *up;
	struct trie **kids; /* in order of their parts */
	size_t n, cap;
	struct trie_place *places; /* a power of two of them; open addressing */
	unsigned shift;
	uint64_t sieve; /* trie_sieve() of every kid: most names stop here */
	uint64_t bit;   /* one, not its own alone ... */
	uint64_t under; /* ... and those of all places that lead here */
	int slot;       /* -1: only leads to others */
	int *below;     /* the slots of all names that start with this one */
	size_t n_below, cap_below;
};

struct trie *trie_new(void);
void trie_free(struct trie *);

/* The place of `name`, which keeps the slot it has, else gets `slot`.  Copied. */
const struct trie *trie_add(struct trie *root, struct str name, int slot);

/*
 * A member named `raw` (checked, without its quotes) starts in the object at
 * `at`.  Returns the place of its value, or NULL if nobody asks for it.  What it
 * overrules is forgotten, `twice` set if that was something; objects that its
 * dots lead through are marked as spread.  `at` may be NULL.
 */
const struct trie *trie_enter(const struct trie *at, struct str raw, struct finds *);

/* The value of this place starts: what stood there and below is forgotten. */
void trie_overrule(const struct trie *at, struct finds *);

/* A dotted name leads through this place: what was no object becomes one. */
void trie_lead_through(const struct trie *at, struct finds *);

/* Forget all that was found. */
static inline void
trie_forget(struct finds *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->v[f->hit[i]] = (struct found){.twice = false};
	f->n = 0;
	f->under = 0;
	f->twice = false;
}

static inline uint64_t
trie_load(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline size_t
trie_hash(uint64_t head, uint64_t tail, size_t n, unsigned shift)
{
	return ((head + n) * 0x9e3779b97f4a7c15u ^ tail * 0xd6e8feb86659fd93u) >> shift;
}

/* The bit of a name in its parent's sieve, from its first byte and its length. */
static inline unsigned
trie_sieve(const char *p, size_t n)
{
	return ((n ? (unsigned char)*p : 0u) + (unsigned)n * 11) & 63;
}

/* The kid of that name, without escapes and dots; eight bytes behind `p` are readable. */
static inline const struct trie *
trie_kid(const struct trie *t, const char *p, size_t n)
{
	size_t cut = n < 8 ? n : 8;
	uint64_t keep, head, tail;
	const struct trie_place *at;

	if (!(t->sieve >> trie_sieve(p, n) & 1))
		return NULL;
	keep = cut ? ~(uint64_t)0 >> (64 - 8 * cut) : 0;
	head = trie_load(p) & keep;
	tail = trie_load(p + n - cut) & keep;
	for (size_t i = trie_hash(head, tail, n, t->shift);; i++) {
		at = &t->places[i & (~(size_t)0 >> t->shift)];
		if (!at->kid)
			return NULL;
		if (at->head == head && at->tail == tail && at->n == n &&
		    (n <= 16 || memcmp(at->kid->part.p, p, n) == 0))
			return at->kid;
	}
}

/* The slot of this place is about to hold something. */
static inline void
trie_hit(struct finds *f, const struct trie *t)
{
	const struct found *x = &f->v[t->slot];

	if (!x->raw.p && !x->spread && !x->twice)
		f->hit[f->n++] = (uint32_t)t->slot;
	f->under |= t->under;
}

/* A value was found for the slot of this place, if it has one. */
static inline void
trie_found(const struct trie *at, struct finds *f, const char *from, const char *to)
{
	if (at && at->slot >= 0) {
		trie_hit(f, at);
		f->v[at->slot].raw = (struct str){from, (size_t)(to - from)};
	}
}

#endif
