/* What is kept of each pattern, and what it makes of it. */
#include <stdlib.h>

#include "bind.h"
#include "map.h"
#include "mem.h"
#include "observe.h"
#include "sha256.h"

#define SHELF_MIN 256
#define VERSION   "irdetect observations 1\n"

struct pattern_of {
	size_t rule;
	const struct stix *p;
	struct shelf *shelf; /* of each leaf */
	int64_t span; /* what is older than the newest by twice that is of no use */
	int64_t newest;
	uint64_t record, used; /* the record in hand; the one that was last in a match */
	char id[SLIDE_ID];     /* of it */
};

struct observe {
	const struct ruleset *rules;
	struct pattern_of **by_rule; /* number of a rule to its pattern */
	size_t n;
	struct bound *chosen;
	uint64_t evicted, given_up;
};

/* The window around the whole pattern. */
static int64_t
span_of(const struct stix_obs *o)
{
	int64_t span = INT64_MAX;

	for (; o->n == 1; o = o->kids[0])
		if (o->what == STIX_WITHIN && o->span < span)
			span = o->span;
		else if (o->what == STIX_REPEATS)
			break;
	return span;
}

struct observe *
observe_new(const struct ruleset *rules)
{
	struct observe *ob = mem_new(1, sizeof(*ob));

	ob->rules = rules;
	ob->n = ruleset_count(rules);
	ob->by_rule = mem_new(ob->n + 1, sizeof(struct pattern_of *));
	ob->chosen = mem_new(STIX_TIMES + 1, sizeof(*ob->chosen));
	for (size_t i = 0; i < ob->n; i++) {
		const struct rule *r = ruleset_at(rules, i);
		struct pattern_of *po;

		if (r->kind != SIGMA_PATTERN || r->bad)
			continue;
		po = ob->by_rule[i] = mem_new(1, sizeof(*po));
		po->rule = i;
		po->p = r->stix;
		po->shelf = mem_new(r->stix->n_leaves, sizeof(*po->shelf));
		po->span = span_of(r->stix->root);
		po->newest = INT64_MIN;
	}
	return ob;
}

void
observe_free(struct observe *ob)
{
	if (!ob)
		return;
	for (size_t i = 0; i < ob->n; i++) {
		struct pattern_of *po = ob->by_rule[i];

		for (size_t k = 0; po && k < po->p->n_leaves; k++)
			mem_free(po->shelf[k].v);
		if (po)
			mem_free(po->shelf);
		mem_free(po);
	}
	mem_free(ob->by_rule);
	mem_free(ob->chosen);
	mem_free(ob);
}

uint64_t
observe_evicted(const struct observe *ob)
{
	return ob->evicted;
}

uint64_t
observe_given_up(const struct observe *ob)
{
	return ob->given_up;
}

static void
drop(struct shelf *sh, size_t at, size_t n)
{
	if (n == 0)
		return;
	memmove(sh->v + at, sh->v + at + n, (sh->n - at - n) * sizeof(*sh->v));
	sh->n -= n;
}

/* Old ones go; then, if it is full, one in the middle: first and last ones tell most. */
static void
make_room(struct observe *ob, const struct pattern_of *po, struct shelf *sh)
{
	size_t max = 2 * (size_t)po->p->needs, old = 0;

	max = max < SHELF_MIN ? SHELF_MIN : max;
	if (po->span < INT64_MAX / 4)
		while (old < sh->n && sh->v[old].t < po->newest - 2 * po->span)
			old++;
	drop(sh, 0, old);
	if (sh->n < max)
		return;
	drop(sh, sh->n / 2, 1);
	ob->evicted++;
}

/* Put it in its place; returns where that is. */
static size_t
keep(struct observe *ob, struct pattern_of *po, struct shelf *sh, const struct seen *one)
{
	size_t at;

	po->newest = one->t > po->newest ? one->t : po->newest;
	make_room(ob, po, sh);
	sh->v = mem_grow(sh->v, &sh->cap, sh->n + 1, sizeof(*sh->v));
	for (at = sh->n; at > 0 && sh->v[at - 1].t > one->t; at--)
		;
	memmove(sh->v + at + 1, sh->v + at, (sh->n - at) * sizeof(*sh->v));
	sh->v[at] = *one;
	sh->n++;
	return at;
}

static void
forget(struct pattern_of *po, uint64_t record)
{
	for (size_t k = 0; k < po->p->n_leaves; k++)
		for (size_t i = po->shelf[k].n; i > 0; i--)
			if (po->shelf[k].v[i - 1].record == record)
				drop(&po->shelf[k], i - 1, 1);
}

static int
by_time(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return x->t < y->t ? -1 : x->t > y->t;
}

/* Tell of a match, and forget its members. */
static void
report(struct observe *ob, struct pattern_of *po, size_t n,
    void (*fire)(void *ctx, const struct fired *), void *ctx)
{
	struct member *m = mem_new(n, sizeof(*m));
	uint64_t *records = mem_new(n, sizeof(*records));
	struct slide window = {.keep = SLIDE_HASHES};
	struct fired f = {po->rule, &window, n, NULL};
	bool fresh;

	for (size_t i = 0; i < n; i++) {
		const struct bound *b = &ob->chosen[i];
		const struct seen *s = &po->shelf[b->leaf].v[b->at];

		m[i].t = s->t;
		memcpy(m[i].id, s->id, SLIDE_ID);
		records[i] = s->record;
	}
	qsort(m, n, sizeof(*m), by_time);
	for (size_t i = 0; i < n; i++)
		slide_add(&window, &m[i], INT64_MAX / 2, &fresh);
	for (size_t i = 0; i < n; i++)
		forget(po, records[i]);
	fire(ctx, &f);
	slide_free(&window);
	mem_free(records);
	mem_free(m);
}

void
observe_match(struct observe *ob, size_t rule, int64_t t, struct str id,
    void (*fire)(void *ctx, const struct fired *), void *ctx)
{
	const struct rule *r = ruleset_at(ob->rules, rule);
	struct pattern_of *po = ob->by_rule[r->whole - 1];
	struct seen one = {.t = t};
	size_t n, at;

	memcpy(one.id, id.p, id.n < SLIDE_ID - 1 ? id.n : SLIDE_ID - 1);
	if (strcmp(one.id, po->id) != 0 || po->record == 0) {
		memcpy(po->id, one.id, SLIDE_ID);
		po->record++;
	}
	if (po->used == po->record) /* it was in a match as another leaf */
		return;
	one.record = po->record;
	at = keep(ob, po, &po->shelf[r->leaf], &one);
	switch (bind_find(po->p, po->shelf, r->leaf, at, ob->chosen, &n)) {
	case BIND_NO:
		return;
	case BIND_LIMIT:
		ob->given_up++;
		return;
	case BIND_YES:
		po->used = po->record;
		report(ob, po, n, fire, ctx);
		return;
	}
}

/* --- state --- */

/* The pattern of a rule, whatever its number. */
static void
print_of(const struct rule *r, char out[33])
{
	const struct stix *p = r->stix;
	uint32_t shape[2] = {p->needs, (uint32_t)p->n_leaves};
	struct str parts[3] = {r->id, node_text(node_get(r->doc, STR("date"))),
	    {(const char *)shape, sizeof(shape)}};

	sha256_id(out, 3, parts);
}

static void
put(struct buf *b, const void *p, size_t n)
{
	buf_add(b, (struct str){p, n});
}

void
observe_save(const struct observe *ob, struct buf *b)
{
	char id[33];

	buf_add(b, STR(VERSION));
	for (size_t i = 0; i < ob->n; i++) {
		const struct pattern_of *po = ob->by_rule[i];

		if (!po || po->newest == INT64_MIN)
			continue;
		print_of(ruleset_at(ob->rules, i), id);
		put(b, id, 32);
		put(b, &po->newest, sizeof(po->newest));
		put(b, &po->record, sizeof(po->record));
		put(b, &po->used, sizeof(po->used));
		put(b, po->id, SLIDE_ID);
		put(b, &po->p->n_leaves, sizeof(size_t));
		for (size_t k = 0; k < po->p->n_leaves; k++) {
			put(b, &po->shelf[k].n, sizeof(size_t));
			put(b, po->shelf[k].v, po->shelf[k].n * sizeof(struct seen));
		}
	}
}

static bool
take(struct str *in, void *out, size_t n)
{
	if (in->n < n)
		return false;
	memcpy(out, in->p, n);
	*in = str_from(*in, n);
	return true;
}

static bool
load_shelf(struct observe *ob, struct pattern_of *po, size_t leaf, struct str *in)
{
	size_t n;
	struct seen one;

	if (!take(in, &n, sizeof(n)) || n > in->n / sizeof(one))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!take(in, &one, sizeof(one)) || one.id[SLIDE_ID - 1])
			return false;
		if (po)
			keep(ob, po, &po->shelf[leaf], &one);
	}
	return true;
}

static bool
load_pattern(struct observe *ob, struct pattern_of *po, struct str *in)
{
	struct pattern_of head = {0};
	size_t leaves;

	if (!take(in, &head.newest, sizeof(head.newest)) ||
	    !take(in, &head.record, sizeof(head.record)) ||
	    !take(in, &head.used, sizeof(head.used)) || !take(in, head.id, SLIDE_ID) ||
	    !take(in, &leaves, sizeof(leaves)) || head.id[SLIDE_ID - 1] ||
	    leaves > STIX_LEAVES || (po && leaves != po->p->n_leaves))
		return false;
	if (po) {
		po->newest = head.newest;
		po->record = head.record;
		po->used = head.used;
		memcpy(po->id, head.id, SLIDE_ID);
	}
	for (size_t i = 0; i < leaves; i++)
		if (!load_shelf(ob, po, i, in))
			return false;
	return true;
}

bool
observe_load(struct observe *ob, struct str in, struct err *e)
{
	struct map *known = map_new();
	bool ok = str_starts(in, STR(VERSION));
	char id[33];

	for (size_t i = 0; i < ob->n; i++)
		if (ob->by_rule[i]) {
			print_of(ruleset_at(ob->rules, i), id);
			*map_put(known, (struct str){id, 32}) = ob->by_rule[i];
		}
	in = str_from(in, sizeof(VERSION) - 1);
	while (ok && in.n) {
		ok = take(&in, id, 32);
		ok = ok && load_pattern(ob, map_get(known, (struct str){id, 32}), &in);
	}
	map_free(known);
	if (!ok)
		err_set(e, ERR_DATA,
		    "the saved observations are damaged, or another version's");
	return ok;
}
