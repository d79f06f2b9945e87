#include <stdlib.h>

#include "fold.h"
#include "mem.h"
#include "squad.h"
#include "way.h"

#define ROWS       256                 /* of ways that are kept; a power of two */
#define ROW        4                   /* ways in a row */
#define WORDS_MAX  64                  /* sets of buckets whose words are kept apart */
#define WORK_START (UINT64_C(1) << 18) /* calls that may be put into tables ... */
#define WORK_CALL  16                  /* ... more for each call that there is ... */
#define WORK_TIME  64                  /* ... and for each record */

struct kept {
	struct way way;
	struct arena *a; /* folded literals, or NULL */
	uint32_t *buckets;
	size_t n_buckets;
	uint64_t used;
	struct crew **crews; /* its own */
	size_t n_crews, crews_cap;
	bool borrows; /* the lookouts are everyone's */
};

struct word_set {
	uint32_t *buckets;
	size_t n;
	struct words words;
};

struct ways {
	struct arena *a;
	struct views *views;
	struct atoms *atoms;
	struct squad *squads; /* by bucket */
	size_t n;
	struct kept *kept[ROWS][ROW];
	struct kept *everyone; /* of all buckets, once needed */
	int *of_everyone;      /* by field: number of everyone's lookout, or -1 */
	struct word_set *sets[WORDS_MAX + 1];
	size_t n_sets;
	uint64_t times, mustered, work;
	uint32_t numbers; /* of crews */
};

struct ways *
ways_new(
    struct views *views, struct atoms *atoms, const struct ruleset *rules, size_t buckets)
{
	struct ways *rs = mem_new(1, sizeof(*rs));

	rs->a = arena_new();
	rs->views = views;
	rs->atoms = atoms;
	rs->n = buckets;
	rs->squads = mem_new(buckets + 1, sizeof(*rs->squads));
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		const struct rule *r = ruleset_at(rules, i);

		if (r->kind == SIGMA_RULE && !r->bad)
			squad_add(&rs->squads[r->bucket], (uint32_t)i, r->cond);
	}
	return rs;
}

/* --- what is looked for in fields --- */

static struct crew *
crew_of(struct ways *rs, struct kept *k, struct str name)
{
	struct crew *c;

	for (size_t i = 0; i < k->n_crews; i++)
		if (str_eq(k->crews[i]->name, name))
			return k->crews[i];
	c = mem_new(1, sizeof(*c));
	c->name = name;
	c->literals = literals_new();
	c->number = rs->numbers++;
	k->crews = mem_grow(
	    k->crews, &k->crews_cap, k->n_crews + 1, sizeof(struct crew *));
	return k->crews[k->n_crews++] = c;
}

/* The texts of an atom of which one is to be looked for, folded. */
static size_t
literals_of(
    struct arena **a, const struct atom *x, const struct str **texts, struct str *room)
{
	*texts = x->op == ATOM_REGEX ? x->hints->v : NULL;
	if (x->op != ATOM_TEXT)
		return x->op == ATOM_REGEX ? x->hints->n : 0;
	*texts = room;
	*room = pattern_literal(&x->pat);
	if (!x->cased || !room->n)
		return room->n > 0;
	if (!*a)
		*a = arena_new();
	*room = fold(*a, *room);
	return 1;
}

static void
add_call(struct ways *rs, struct kept *k, struct lookout *l, const struct call *c)
{
	const struct atom *x = atoms_at(rs->atoms, c->atom);
	enum pattern_kind kind = x->op != ATOM_TEXT || x->pat.kind == PATTERN_GLOB
				     ? PATTERN_CONTAINS
				     : x->pat.kind;
	const struct str *texts;
	struct str room;
	size_t n = literals_of(&k->a, x, &texts, &room);

	if (n && !l->crew)
		l->crew = crew_of(rs, k, views_name(rs->views, x->field));
	for (size_t i = 0; i < n; i++)
		literals_add(l->crew->literals, kind, texts[i], c->rule);
	if (n)
		return;
	l->present = mem_grow(l->present, &l->cap, l->n_present + 1, sizeof(*l->present));
	l->present[l->n_present++] = c->rule;
}

/* A lookout for each field of these buckets; `of` says which by field. */
static void
add_lookouts(struct ways *rs, struct kept *k, int *of)
{
	size_t cap = 0;

	for (size_t f = 0; f < views_count(rs->views); f++)
		of[f] = -1;
	for (size_t i = 0; i < k->n_buckets; i++) {
		const struct squad *s = &rs->squads[k->buckets[i]];

		for (size_t j = 0; j < s->n_fields; j++) {
			int f = s->fields[j];

			if (of[f] >= 0)
				continue;
			of[f] = (int)k->way.n;
			k->way.lookouts = mem_grow(k->way.lookouts, &cap, k->way.n + 1,
			    sizeof(*k->way.lookouts));
			k->way.lookouts[k->way.n++].field = f;
		}
	}
}

static void
fill_lookouts(struct ways *rs, struct kept *k, const int *of)
{
	for (size_t i = 0; i < k->n_buckets; i++) {
		const struct squad *s = &rs->squads[k->buckets[i]];

		for (size_t j = 0; j < s->n_calls; j++) {
			int f = atoms_at(rs->atoms, s->calls[j].atom)->field;

			if (f != VIEWS_ALL)
				add_call(rs, k, &k->way.lookouts[of[f]], &s->calls[j]);
		}
	}
	for (size_t i = 0; i < k->n_crews; i++)
		literals_ready(k->crews[i]->literals);
}

/* A slot, and a lookout that it concerns. */
struct stand {
	int slot;
	uint16_t lookout;
};

static int
by_slot(const void *a, const void *b)
{
	const struct stand *x = a, *y = b;

	return x->slot != y->slot ? (x->slot < y->slot ? -1 : 1)
				  : (x->lookout > y->lookout) - (x->lookout < y->lookout);
}

static void
group_slots(struct ways *rs, struct way *w)
{
	struct stand *v = NULL;
	size_t n = 0, cap = 0, groups = 0;
	const int *slots;

	for (size_t i = 0; i < w->n; i++) {
		size_t m = views_slots(rs->views, w->lookouts[i].field, &slots);

		v = mem_grow(v, &cap, n + m + 1, sizeof(*v));
		for (size_t k = 0; k < m; k++)
			v[n++] = (struct stand){slots[k], (uint16_t)i};
	}
	if (n)
		qsort(v, n, sizeof(*v), by_slot);
	w->slots = n ? (size_t)v[n - 1].slot + 1 : 0;
	w->group = mem_new(w->slots + 1, sizeof(*w->group));
	w->first = mem_new(n + 1, sizeof(*w->first));
	w->by_slot = mem_new(n + 1, sizeof(*w->by_slot));
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || v[i].slot != v[i - 1].slot) {
			w->first[groups++] = (uint32_t)i;
			w->group[v[i].slot] = (uint16_t)groups;
		}
		w->by_slot[i] = v[i].lookout;
	}
	w->first[groups] = (uint32_t)n;
	mem_free(v);
}

static void
gather_always(const struct ways *rs, struct kept *k)
{
	size_t cap = 0;

	for (size_t i = 0; i < k->n_buckets; i++) {
		const struct squad *s = &rs->squads[k->buckets[i]];

		k->way.always = mem_grow(k->way.always, &cap,
		    k->way.n_always + s->n_always + 1, sizeof(*k->way.always));
		for (size_t j = 0; j < s->n_always; j++)
			k->way.always[k->way.n_always++] = s->always[j];
	}
}

/* --- what is looked for in whole records --- */

/* The longest run of bytes that JSON writes as they are, for sure. */
static struct str
as_in_json(struct str s)
{
	struct str best = STR("");

	for (size_t i = 0, from = 0; i <= s.n; i++)
		if (i == s.n || (unsigned char)s.p[i] < ' ' || s.p[i] == '"' ||
		    s.p[i] == '\\' || s.p[i] == '/') {
			if (i - from > best.n)
				best = str_sub(s, from, i - from);
			from = i + 1;
		}
	return best;
}

/* Of each text what JSON leaves of it; if that is nothing, the rule is always tried. */
static void
add_word(struct ways *rs, struct words *w, const struct atom *x, uint32_t rule)
{
	const struct str *texts;
	struct str room;
	size_t n = literals_of(&rs->a, x, &texts, &room);
	bool all = n > 0;

	for (size_t i = 0; i < n; i++)
		all = all && as_in_json(texts[i]).n;
	for (size_t i = 0; all && i < n; i++) {
		struct str literal = as_in_json(texts[i]);

		if (!w->literals)
			w->literals = literals_new();
		literals_add(w->literals, PATTERN_CONTAINS, literal, rule);
		sift_add(w->sift, literal, rule);
	}
	if (all)
		return;
	w->present = mem_grow(w->present, &w->cap, w->n_present + 1, sizeof(*w->present));
	w->present[w->n_present++] = rule;
}

static void
fill_words(struct ways *rs, struct words *w, const struct squad *s)
{
	for (size_t i = 0; i < s->n_calls; i++) {
		const struct atom *x = atoms_at(rs->atoms, s->calls[i].atom);

		if (x->field == VIEWS_ALL)
			add_word(rs, w, x, s->calls[i].rule);
	}
}

static bool
same(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
	return n == m && (n == 0 || memcmp(a, b, n * sizeof(*a)) == 0);
}

/* The words of these buckets: one set for all ways that have the same. */
static struct words *
words_of(struct ways *rs, const uint32_t *buckets, size_t n, struct str line)
{
	uint32_t *has = mem_new(n + 1, sizeof(*has));
	struct word_set *set = NULL;
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (rs->squads[buckets[i]].n_words)
			has[m++] = buckets[i];
	for (size_t i = 0; i < rs->n_sets && !set; i++)
		if (same(rs->sets[i]->buckets, rs->sets[i]->n, has, m))
			set = rs->sets[i];
	if (set || m == 0) {
		mem_free(has);
		return set ? &set->words : NULL;
	}
	set = rs->sets[rs->n_sets++] = mem_new(1, sizeof(*set));
	set->buckets = has;
	set->n = m;
	set->words.sift = sift_new();
	for (size_t i = 0; i < m; i++)
		fill_words(rs, &set->words, &rs->squads[has[i]]);
	sift_ready(set->words.sift, line);
	if (set->words.literals)
		literals_ready(set->words.literals);
	return &set->words;
}

/* --- ways --- */

static void
way_free(struct kept *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n_crews; i++) {
		literals_free(k->crews[i]->literals);
		mem_free(k->crews[i]);
	}
	for (size_t i = 0; i < k->way.n && !k->borrows; i++)
		mem_free(k->way.lookouts[i].present);
	mem_free(k->crews);
	mem_free(k->buckets);
	mem_free(k->way.lookouts);
	mem_free(k->way.group);
	mem_free(k->way.first);
	mem_free(k->way.by_slot);
	mem_free(k->way.always);
	arena_free(k->a);
	mem_free(k);
}

void
ways_free(struct ways *rs)
{
	if (!rs)
		return;
	for (size_t i = 0; i < rs->n; i++)
		squad_clear(&rs->squads[i]);
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = 0; j < ROW; j++)
			way_free(rs->kept[i][j]);
	way_free(rs->everyone);
	for (size_t i = 0; i < rs->n_sets; i++) {
		sift_free(rs->sets[i]->words.sift);
		literals_free(rs->sets[i]->words.literals);
		mem_free(rs->sets[i]->words.present);
		mem_free(rs->sets[i]->buckets);
		mem_free(rs->sets[i]);
	}
	mem_free(rs->of_everyone);
	mem_free(rs->squads);
	arena_free(rs->a);
	mem_free(rs);
}

static struct kept *
way_new(const uint32_t *buckets, size_t n)
{
	struct kept *k = mem_new(1, sizeof(*k));

	k->buckets = mem_new(n + 1, sizeof(*k->buckets));
	k->n_buckets = n;
	if (n)
		memcpy(k->buckets, buckets, n * sizeof(*buckets));
	return k;
}

/* How many tests call up rules of these buckets? */
static uint64_t
muster(struct ways *rs, const uint32_t *buckets, size_t n)
{
	uint64_t calls = 0;

	for (size_t i = 0; i < n; i++) {
		struct squad *s = &rs->squads[buckets[i]];

		if (s->posts) {
			squad_muster(s, rs->atoms);
			rs->mustered += s->n_calls;
		}
		calls += s->n_calls;
	}
	return calls;
}

static void
build(struct ways *rs, struct kept *k, int *of, struct str line)
{
	add_lookouts(rs, k, of);
	fill_lookouts(rs, k, of);
	group_slots(rs, &k->way);
	gather_always(rs, k);
	k->way.words = words_of(rs, k->buckets, k->n_buckets, line);
}

/* The way of all rules, whose tables the others may borrow. */
static struct kept *
everyone(struct ways *rs, struct str line)
{
	uint32_t *all;

	if (rs->everyone)
		return rs->everyone;
	all = mem_new(rs->n + 1, sizeof(*all));
	for (size_t i = 0; i < rs->n; i++)
		all[i] = (uint32_t)i;
	muster(rs, all, rs->n);
	rs->everyone = way_new(all, rs->n);
	rs->of_everyone = mem_new(views_count(rs->views) + 1, sizeof(*rs->of_everyone));
	build(rs, rs->everyone, rs->of_everyone, line);
	mem_free(all);
	return rs->everyone;
}

static void
borrow(struct ways *rs, struct kept *k, int *of, struct str line)
{
	const struct kept *all = everyone(rs, line);

	k->borrows = true;
	add_lookouts(rs, k, of);
	for (size_t i = 0; i < k->way.n; i++)
		k->way.lookouts[i] =
		    all->way.lookouts[rs->of_everyone[k->way.lookouts[i].field]];
	group_slots(rs, &k->way);
	gather_always(rs, k);
	k->way.words = all->way.words;
}

static struct kept *
make(struct ways *rs, const uint32_t *buckets, size_t n, struct str line)
{
	struct kept *k = way_new(buckets, n);
	int *of = mem_new(views_count(rs->views) + 1, sizeof(*of));
	uint64_t work = muster(rs, buckets, n);

	if (rs->work + work >
		WORK_START + WORK_CALL * rs->mustered + WORK_TIME * rs->times ||
	    rs->n_sets >= WORDS_MAX) {
		borrow(rs, k, of, line);
	} else {
		rs->work += work;
		build(rs, k, of, line);
	}
	mem_free(of);
	return k;
}

struct way *
ways_find(struct ways *rs, const uint32_t *buckets, size_t n, struct str line)
{
	struct kept **row, **oldest;
	uint32_t h = (uint32_t)n;

	for (size_t i = 0; i < n; i++)
		h = (h ^ buckets[i]) * UINT32_C(0x9E3779B1);
	row = rs->kept[(h ^ h >> 16) & (ROWS - 1)];
	oldest = row;
	rs->times++;
	for (size_t i = 0; i < ROW; i++) {
		struct kept *k = row[i];

		if (k && same(k->buckets, k->n_buckets, buckets, n)) {
			k->used = rs->times;
			return &k->way;
		}
		if (*oldest && (!k || k->used < (*oldest)->used))
			oldest = &row[i];
	}
	way_free(*oldest);
	*oldest = make(rs, buckets, n, line);
	(*oldest)->used = rs->times;
	return &(*oldest)->way;
}
