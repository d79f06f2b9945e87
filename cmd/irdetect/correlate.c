/* Sliding windows by correlation and group. */
#include "correlate.h"
#include "lru.h"
#include "map.h"
#include "mem.h"
#include "node.h"
#include "sha256.h"

#define MEMBERS_MAX ((size_t)1 << 20) /* in all windows together */
#define VERSION     "irdetect windows 1\n"

struct correlate {
	struct views *views;
	const struct ruleset *rules;
	struct lru *windows; /* rule number and group to slide */
	size_t members;
	uint64_t evicted;
	struct arena *a; /* of one match */
	struct str group[SIGMA_KEYS];
};

static void
forget(void *ctx, struct str key, void *value)
{
	struct correlate *c = ctx;
	struct slide *s = value;

	(void)key;
	c->members -= s->n;
	slide_free(s);
}

struct correlate *
correlate_new(struct views *views, const struct ruleset *rules, size_t max_keys)
{
	struct correlate *c = mem_new(1, sizeof(*c));

	c->views = views;
	c->rules = rules;
	c->windows = lru_new(max_keys, sizeof(struct slide), forget, c);
	c->a = arena_new();
	return c;
}

void
correlate_free(struct correlate *c)
{
	if (!c)
		return;
	lru_free(c->windows);
	arena_free(c->a);
	mem_free(c);
}

bool
correlate_wants(const struct correlate *c, size_t rule)
{
	return ruleset_at(c->rules, rule)->n_feeds > 0;
}

uint64_t
correlate_evicted(const struct correlate *c)
{
	return lru_evicted(c->windows) + c->evicted;
}

static bool
within(const struct correlation *c, double n)
{
	for (size_t i = 0; i < c->n_bounds; i++) {
		double b = c->bound[i].n;
		bool ok = false;

		switch (c->bound[i].op) {
		case SIGMA_LT:
			ok = n < b;
			break;
		case SIGMA_LTE:
			ok = n <= b;
			break;
		case SIGMA_GT:
			ok = n > b;
			break;
		case SIGMA_GTE:
			ok = n >= b;
			break;
		case SIGMA_EQ:
			ok = n == b;
			break;
		case SIGMA_NEQ:
			ok = n != b;
			break;
		}
		if (!ok)
			return false;
	}
	return true;
}

/* The group of the record; false if one of its fields is not there. */
static bool
read_group(struct correlate *c, const struct correlation *x, const struct sigma_ref *ref)
{
	for (size_t i = 0; i < x->n_group; i++) {
		const struct view *v = views_get(c->views, ref->keys[i]);

		if (v->n == 0)
			return false;
		c->group[i] = v->v[0].text;
	}
	return true;
}

static enum slide_keep
keeps(const struct correlation *x)
{
	switch (x->type) {
	case CORRELATION_VALUE_SUM:
	case CORRELATION_VALUE_AVG:
		return SLIDE_SUM;
	case CORRELATION_VALUE_MEDIAN:
		return SLIDE_SORTED;
	case CORRELATION_VALUE_PERCENTILE:
		return x->percentile < 0 ? SLIDE_HASHES : SLIDE_SORTED;
	case CORRELATION_EVENT_COUNT:
	case CORRELATION_VALUE_COUNT:
	case CORRELATION_TEMPORAL:
	case CORRELATION_TEMPORAL_ORDERED:
		break;
	}
	return SLIDE_HASHES;
}

/* The hash of the counted fields, or the number; false if one of them is not there. */
static bool
read_value(struct correlate *c, const struct correlation *x, const struct sigma_ref *ref,
    uint64_t *hash)
{
	uint8_t sum[SHA256_SIZE];
	struct sha256 h;

	*hash = 0;
	if (keeps(x) != SLIDE_HASHES) {
		const struct view *v = views_get(c->views, ref->values[0]);
		double number;

		if (v->n == 0 || !json_num(v->v[0].raw, &number))
			return false;
		*hash = slide_bits(number);
		return true;
	}
	if (x->type != CORRELATION_VALUE_COUNT && x->type != CORRELATION_VALUE_PERCENTILE)
		return true;
	sha256_init(&h);
	for (size_t i = 0; i < x->n_fields; i++) {
		const struct view *v = views_get(c->views, ref->values[i]);

		if (v->n == 0)
			return false;
		sha256_add(&h, v->v[0].text);
		sha256_add(&h, (struct str){"", 1});
	}
	sha256_end(&h, sum);
	memcpy(hash, sum, sizeof(*hash));
	return true;
}

static struct slide *
window_of(struct correlate *c, uint32_t rule, size_t n_group)
{
	struct str key = {(const char *)&rule, sizeof(rule)};

	for (size_t i = 0; i < n_group; i++) {
		uint32_t n = (uint32_t)c->group[i]
				 .n; /* lengths, so that no two groups look alike */

		key = CAT(
		    c->a, key, (struct str){(const char *)&n, sizeof(n)}, c->group[i]);
	}
	while (c->members >= MEMBERS_MAX && lru_count(c->windows) > 1) {
		lru_del(c->windows, lru_key(lru_next(c->windows, NULL)));
		c->evicted++;
	}
	return lru_put(c->windows, key, NULL);
}

static bool
chained(const struct correlation *x, struct slide *s, const struct member *m)
{
	size_t last = x->n_refs - 1;

	if (m->t < slide_at(s, s->n - 1)->t)
		return slide_chain_late(s, m, last);
	return slide_chain(s, m->ref, last, m->t, x->span, m->value);
}

/* What the condition compares, with this member in the window. */
static double
figure(const struct correlation *x, struct slide *s, const struct member *m)
{
	size_t n = 0;

	switch (x->type) {
	case CORRELATION_EVENT_COUNT:
		return (double)s->n;
	case CORRELATION_VALUE_COUNT:
		return (double)s->distinct;
	case CORRELATION_TEMPORAL:
		for (size_t i = 0; i < x->n_refs; i++)
			n += s->refs[i] > 0;
		return (double)n;
	case CORRELATION_TEMPORAL_ORDERED:
		return chained(x, s, m) ? (double)x->n_refs : 0;
	case CORRELATION_VALUE_SUM:
		return s->sum;
	case CORRELATION_VALUE_AVG:
		return s->sum / (double)s->n;
	case CORRELATION_VALUE_MEDIAN:
	case CORRELATION_VALUE_PERCENTILE:
		return x->percentile >= 0
			   ? slide_percentile(s, x->percentile)
			   : 100 * (double)slide_count(s, m->value) / (double)s->n;
	}
	return 0;
}

/* A condition over the names of rules: are they in the window? */
static bool
words_hold(const struct expr *x, const struct slide *s)
{
	switch (x->op) {
	case EXPR_FALSE:
	case EXPR_TRUE:
		return x->op == EXPR_TRUE;
	case EXPR_ATOM:
		return s->refs[x->atom] > 0;
	case EXPR_NOT:
		return !words_hold(x->kids[0], s);
	case EXPR_AND:
	case EXPR_OR:
		for (size_t i = 0; i < x->n; i++)
			if (words_hold(x->kids[i], s) != (x->op == EXPR_AND))
				return x->op == EXPR_OR;
		return x->op == EXPR_AND;
	}
	return false;
}

/* Does the condition hold?  `n` is what reports() goes by. */
static bool
holds(const struct correlation *x, struct slide *s, const struct member *m, uint64_t *n)
{
	double got = figure(x, s, m);

	*n = x->type == CORRELATION_VALUE_COUNT ? s->distinct : s->n;
	return x->words ? words_hold(x->words, s) : within(x, got);
}

/* To be reported: when it becomes true, when its count has doubled, when it begins anew. */
static bool
reports(const struct correlation *x, struct slide *s, uint64_t n)
{
	if (x->type == CORRELATION_TEMPORAL || x->type == CORRELATION_TEMPORAL_ORDERED)
		n = ++s->chains;
	if (s->fired && n < 2 * s->fired)
		return false;
	s->fired = n ? n : 1;
	return true;
}

struct match {
	struct correlate *c;
	int64_t t;
	struct str id;
	void (*fire)(void *, const struct fired *);
	void *ctx;
};

static void hand_on(const struct match *, size_t rule, unsigned depth);

static void
add_member(const struct match *m, uint32_t number, uint16_t ref, unsigned depth)
{
	struct correlate *c = m->c;
	const struct rule *r = ruleset_at(c->rules, number);
	const struct correlation *x = r->corr;
	struct member new = {.t = m->t, .ref = ref};
	struct slide *s;
	size_t before;
	uint64_t n;
	bool fresh;

	if (!read_group(c, x, &x->refs[ref]) ||
	    !read_value(c, x, &x->refs[ref], &new.value))
		return;
	if (x->type == CORRELATION_TEMPORAL_ORDERED)
		for (size_t i = 0; i < m->id.n; i++)
			new.value = (new.value ^ (unsigned char)m->id.p[i]) *
				    UINT64_C(0x100000001b3);
	memcpy(new.id, m->id.p, m->id.n < SLIDE_ID - 1 ? m->id.n : SLIDE_ID - 1);
	s = window_of(c, number, x->n_group);
	s->keep = keeps(x);
	before = s->n;
	if (!slide_add(s, &new, x->span, &fresh))
		return;
	c->members += s->n - before; /* wraps when more left than came: that is meant */
	if (fresh) {
		s->fired = s->chains = 0;
		memset(s->chain, 0, sizeof(s->chain));
		memset(s->next, 0, sizeof(s->next));
	}
	if (!holds(x, s, &new, &n))
		return;
	if (reports(x, s, n) && !r->silent) {
		struct fired f = {number, s, s->n, c->group};

		m->fire(m->ctx, &f);
	}
	hand_on(m, number, depth + 1);
}

static void
hand_on(const struct match *m, size_t rule, unsigned depth)
{
	const struct rule *r = ruleset_at(m->c->rules, rule);

	/*
	 * The last correlation first (it may also hear of this match through an earlier
	 * one), and the last place first: one event is never two steps of a chain.
	 */
	for (size_t i = depth <= CONDITION_DEPTH ? r->n_feeds : 0; i > 0; i--) {
		const struct rule *to = ruleset_at(m->c->rules, r->feeds[i - 1]);

		for (size_t k = to->bad ? 0 : to->corr->n_refs; k > 0; k--)
			if (to->corr->refs[k - 1].rule == rule)
				add_member(m, r->feeds[i - 1], (uint16_t)(k - 1), depth);
	}
}

void
correlate_match(struct correlate *c, size_t rule, int64_t t, struct str id,
    void (*fire)(void *ctx, const struct fired *), void *ctx)
{
	struct match m = {c, t, id, fire, ctx};

	arena_reset(c->a);
	hand_on(&m, rule, 0);
}

/* --- state --- */

/* What a window belongs to, whatever the number of its rule: id and definition. */
static struct str
print_of(const struct rule *r, char out[33])
{
	struct buf b = buf_make(1 << 20);
	struct str parts[2] = {r->id, STR("")};

	node_write(node_get(r->doc, STR("correlation")), true, &b);
	parts[1] = buf_str(&b);
	sha256_id(out, 2, parts);
	buf_free(&b);
	return (struct str){out, 32};
}

static void
put(struct buf *b, const void *p, size_t n)
{
	buf_add(b, (struct str){p, n});
}

void
correlate_save(const struct correlate *c, struct buf *b)
{
	char id[33];

	buf_add(b, STR(VERSION));
	for (const struct slide *s = NULL; (s = lru_next(c->windows, s));) {
		struct str key = lru_key(s);
		uint64_t head[4] = {key.n - sizeof(uint32_t), s->n, s->fired, s->chains};
		uint32_t rule;

		memcpy(&rule, key.p, sizeof(rule));
		buf_add(b, print_of(ruleset_at(c->rules, rule), id));
		put(b, head, sizeof(head));
		buf_add(b, str_from(key, sizeof(rule)));
		put(b, s->next, sizeof(s->next));
		for (size_t i = 0; i < s->n; i++)
			put(b, slide_at(s, i), sizeof(struct member));
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
load_window(struct correlate *c, uintptr_t rule, struct str *in)
{
	uint64_t head[4];
	struct slide *s = NULL;
	uint32_t number = rule ? (uint32_t)(rule - 1) : 0;
	const struct correlation *x = rule ? ruleset_at(c->rules, number)->corr : NULL;
	struct member m;
	struct str key;
	int64_t chain[SLIDE_REFS];
	bool fresh;

	if (!take(in, head, sizeof(head)) || in->n < head[0])
		return false;
	key = CAT(c->a, (struct str){(const char *)&number, sizeof(number)},
	    str_sub(*in, 0, head[0]));
	*in = str_from(*in, head[0]);
	if (!take(in, chain, sizeof(chain)))
		return false;
	if (x) {
		s = lru_put(c->windows, key, NULL);
		s->keep = keeps(x);
		memcpy(s->next, chain, sizeof(chain));
		s->fired = head[2];
		s->chains = head[3];
	}
	for (uint64_t i = 0; i < head[1]; i++) {
		if (!take(in, &m, sizeof(m)) || m.ref >= SLIDE_REFS || m.id[SLIDE_ID - 1])
			return false;
		if (s && m.ref < x->n_refs && slide_add(s, &m, x->span, &fresh))
			c->members++;
	}
	return true;
}

bool
correlate_load(struct correlate *c, struct str in, struct err *e)
{
	struct map *known = map_new();
	const uint32_t *order;
	size_t n = ruleset_order(c->rules, &order);
	bool ok = str_starts(in, STR(VERSION));
	char id[33];

	for (size_t i = 0; i < n; i++)
		*map_put(known, print_of(ruleset_at(c->rules, order[i]),
				    id)) = (void *)(uintptr_t)(order[i] + 1);
	in = str_from(in, sizeof(VERSION) - 1);
	while (ok && in.n) {
		ok = take(&in, id, 32);
		ok = ok &&
		     load_window(c, (uintptr_t)map_get(known, (struct str){id, 32}), &in);
		arena_reset(c->a);
	}
	map_free(known);
	if (!ok)
		err_set(
		    e, ERR_DATA, "the saved windows are damaged, or another version's");
	return ok;
}
