#include <math.h>
#include <stdlib.h>

#include "jqorder.h"
#include "json.h"

struct member {
	struct str key, value;
};

struct members {
	struct member *v;
	size_t n;
};

/* As jq orders texts: by bytes, then by length. */
static int
order(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int got = n ? memcmp(a.p, b.p, n) : 0;

	return got ? got : a.n < b.n ? -1 : a.n > b.n;
}

static int
by_key(const void *a, const void *b)
{
	return order(((const struct member *)a)->key, ((const struct member *)b)->key);
}

/* The members of an object in order of their keys; the elements of a list as they are. */
static struct members
members(struct jqrun *r, struct jqval *of)
{
	struct str raw = jqval_json(r, of), key, value;
	struct members m = {NULL, jqval_length(r, of)};
	size_t at = 0, i = 0;

	m.v = arena_alloc(r->a, m.n * sizeof(*m.v));
	while (i < m.n && json_next(raw, &at, &key, &value))
		m.v[i++] = (struct member){json_text(r->a, key), value};
	if (of->kind == JQ_OBJECT)
		qsort(m.v, m.n, sizeof(*m.v), by_key);
	return m;
}

/* Objects are ordered by their sets of keys first. */
static int
order_keys(const struct members *a, const struct members *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		int got = order(a->v[i].key, b->v[i].key);

		if (got)
			return got;
	}
	return a->n < b->n ? -1 : a->n > b->n;
}

static int
order_all(struct jqrun *r, struct jqval *a, struct jqval *b)
{
	struct members x = members(r, a), y = members(r, b);
	int got = a->kind == JQ_OBJECT ? order_keys(&x, &y) : 0;

	for (size_t i = 0; got == 0 && i < x.n && i < y.n; i++) {
		struct jqval v = jqval_of(r->a, x.v[i].value),
			     w = jqval_of(r->a, y.v[i].value);

		got = jqorder_cmp(r, &v, &w);
	}
	return got ? got : x.n < y.n ? -1 : x.n > y.n;
}

/* What a look at two values costs. */
static bool
work(struct jqrun *r, struct jqval *a, struct jqval *b)
{
	size_t n = 1;

	if (a->kind == JQ_TEXT)
		n += (jqval_chars(r, a).n + jqval_chars(r, b).n) >> 8;
	else if (a->kind >= JQ_ARRAY)
		n += (jqval_json(r, a).n + jqval_json(r, b).n) >> 2;
	return jqval_work(r, n);
}

int
jqorder_cmp(struct jqrun *r, struct jqval *a, struct jqval *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (!work(r, a, b))
		return 0;
	switch (a->kind) {
	case JQ_NULL:
	case JQ_FALSE:
	case JQ_TRUE:
		break;
	case JQ_NUMBER:
		if (isnan(a->num) || isnan(b->num))
			return isnan(a->num) ? -1 : 1;
		return a->num < b->num ? -1 : a->num > b->num;
	case JQ_TEXT:
		return order(jqval_chars(r, a), jqval_chars(r, b));
	case JQ_ARRAY:
	case JQ_OBJECT:
		return order_all(r, a, b);
	}
	return 0;
}

static bool
same_all(struct jqrun *r, struct jqval *a, struct jqval *b)
{
	struct members x = members(r, a), y = members(r, b);

	if (x.n != y.n || (a->kind == JQ_OBJECT && order_keys(&x, &y) != 0))
		return false;
	for (size_t i = 0; i < x.n; i++) {
		struct jqval v = jqval_of(r->a, x.v[i].value),
			     w = jqval_of(r->a, y.v[i].value);

		if (!jqorder_same(r, &v, &w))
			return false;
	}
	return true;
}

bool
jqorder_same(struct jqrun *r, struct jqval *a, struct jqval *b)
{
	if (a->kind != b->kind || !work(r, a, b))
		return false;
	switch (a->kind) {
	case JQ_NULL:
	case JQ_FALSE:
	case JQ_TRUE:
		break;
	case JQ_NUMBER:
		return a->num == b->num;
	case JQ_TEXT:
		return order(jqval_chars(r, a), jqval_chars(r, b)) == 0;
	case JQ_ARRAY:
	case JQ_OBJECT:
		return same_all(r, a, b);
	}
	return true;
}

/* jq 1.6 looks for C strings: what is behind a NUL does not count. */
static struct str
before_nul(struct str s)
{
	size_t nul = str_chr(s, '\0');

	return nul == STR_NPOS ? s : str_sub(s, 0, nul);
}

/* Every element of `b` must be in some element of `a`. */
static bool
list_contains(struct jqrun *r, struct jqval *a, struct jqval *b)
{
	struct str value;
	size_t at = 0;
	bool found = true;

	while (found && json_next(jqval_json(r, b), &at, NULL, &value)) {
		struct jqval want = jqval_of(r->a, value);
		struct str have;
		size_t from = 0;

		found = false;
		while (!found && json_next(jqval_json(r, a), &from, NULL, &have)) {
			struct jqval v = jqval_of(r->a, have);

			found = jqorder_contains(r, &v, &want);
		}
	}
	return found;
}

/* Every member of `b` must be in the member of `a` of that name. */
static bool
map_contains(struct jqrun *r, struct jqval *a, struct jqval *b)
{
	struct members x = members(r, a), y = members(r, b);

	for (size_t i = 0; i < y.n; i++) {
		const struct member *m = bsearch(&y.v[i], x.v, x.n, sizeof(*x.v), by_key);
		struct jqval v, w;

		if (!m)
			return false;
		v = jqval_of(r->a, m->value);
		w = jqval_of(r->a, y.v[i].value);
		if (!jqorder_contains(r, &v, &w))
			return false;
	}
	return true;
}

bool
jqorder_contains(struct jqrun *r, struct jqval *a, struct jqval *b)
{
	if (a->kind != b->kind || !work(r, a, b))
		return false;
	if (a->kind == JQ_OBJECT)
		return map_contains(r, a, b);
	if (a->kind == JQ_ARRAY)
		return list_contains(r, a, b);
	if (a->kind == JQ_TEXT) {
		struct str in = before_nul(jqval_chars(r, a));
		struct str part = before_nul(jqval_chars(r, b));

		return part.n == 0 || (in.n && memmem(in.p, in.n, part.p, part.n));
	}
	return jqorder_same(r, a, b);
}
