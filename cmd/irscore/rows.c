#include <stdlib.h>

#include "arena.h"
#include "each.h"
#include "json.h"
#include "map.h"
#include "mem.h"
#include "rows.h"

struct rows {
	struct arena *a;
	struct map *numbers; /* token to its number + 1 */
	struct str *names;
	size_t n_names, cap_names;
	struct row **v;
	size_t n, cap;
};

struct rows *
rows_new(void)
{
	struct rows *r = mem_new(1, sizeof(*r));

	r->a = arena_new();
	r->numbers = map_new();
	return r;
}

void
rows_free(struct rows *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++) {
		mem_free(r->v[i]->t);
		mem_free(r->v[i]);
	}
	mem_free(r->v);
	mem_free(r->names);
	map_free(r->numbers);
	arena_free(r->a);
	mem_free(r);
}

static uint32_t
number_of(struct rows *r, struct str token)
{
	void **at = map_put(r->numbers, token);

	if (!*at) {
		r->names = mem_grow(
		    r->names, &r->cap_names, r->n_names + 1, sizeof(*r->names));
		r->names[r->n_names++] = arena_copy(r->a, token);
		*at = (void *)(uintptr_t)r->n_names;
	}
	return (uint32_t)((uintptr_t)*at - 1);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static struct row *
new_row(struct rows *r)
{
	struct row *row = mem_new(1, sizeof(*row));

	row->y = VERDICT_NONE;
	row->weight = 1;
	r->v = mem_grow(r->v, &r->cap, r->n + 1, sizeof(*r->v));
	return r->v[r->n++] = row;
}

struct row *
rows_take(struct rows *r, size_t *tag, const struct moment *m, struct str rule)
{
	struct row *row = *tag ? r->v[*tag - 1] : new_row(r);

	if (!*tag) {
		*tag = r->n;
		row->rule = number_of(r, rule);
	}
	if (row->n < m->tokens) {
		mem_free(row->t);
		row->t = mem_new(m->tokens, sizeof(*row->t));
	}
	row->n = m->tokens;
	for (size_t i = 0; i < m->tokens; i++)
		row->t[i] = number_of(r, m->token[i]);
	qsort(row->t, row->n, sizeof(*row->t), by_number);
	return row;
}

void
rows_verdict(struct row *row, enum verdict y, unsigned weight)
{
	if (y > row->y)
		row->y = y;
	row->weight = weight;
}

/* --- files --- */

static const char *
load_row(void *ctx, struct str line)
{
	struct rows *r = ctx;
	struct arena *a = arena_new();
	struct str list = {0}, raw;
	int64_t y = -1, w = 0, day = 0;
	struct row *row;
	size_t at = 0;
	bool ok = json_valid(line, NULL) && json_i64(json_get(a, line, STR("y")), &y) &&
		  json_i64(json_get(a, line, STR("w")), &w) && (y == 0 || y == 1) &&
		  w >= 1 && w <= 100 &&
		  json_type(list = json_get(a, line, STR("t"))) == JSON_LIST;

	if (ok && json_get(a, line, STR("d")).p)
		ok = json_i64(json_get(a, line, STR("d")), &day) && day >= 0 &&
		     day <= UINT32_MAX;
	if (ok) {
		row = new_row(r);
		row->day = (uint32_t)day;
		row->y = (enum verdict)y;
		row->weight = (unsigned)w;
		row->t = mem_new(MOMENT_TOKENS, sizeof(*row->t));
		while (row->n < MOMENT_TOKENS && json_next(list, &at, NULL, &raw)) {
			struct str token = json_text(a, raw);

			if (token.n)
				row->t[row->n++] = number_of(r, token);
		}
		qsort(row->t, row->n, sizeof(*row->t), by_number);
	}
	arena_free(a);
	return ok ? NULL : "not a row of irscore";
}

bool
rows_load(struct rows *r, const char *path, struct err *e)
{
	return each_line(path, load_row, r, e);
}

void
rows_write(const struct rows *r, const struct row *row, struct buf *b)
{
	buf_fmt(
	    b, "{\"y\":%d,\"w\":%u,\"d\":%u,\"t\":[", (int)row->y, row->weight, row->day);
	for (size_t i = 0; i < row->n; i++) {
		if (i)
			buf_ch(b, ',');
		buf_json(b, r->names[row->t[i]]);
	}
	buf_add(b, STR("]}"));
}

size_t
rows_count(const struct rows *r)
{
	return r->n;
}

struct row *
rows_at(const struct rows *r, size_t i)
{
	return r->v[i];
}

struct str
rows_token(const struct rows *r, uint32_t number)
{
	return r->names[number];
}

size_t
rows_tokens(const struct rows *r)
{
	return r->n_names;
}
