#include <stdlib.h>

#include "mem.h"
#include "profile.h"

struct row {
	size_t rule;
	struct engine_cost cost;
};

static int
by_cost(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->cost.ns != y->cost.ns)
		return x->cost.ns < y->cost.ns ? 1 : -1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

static void
put(struct buf *b, const char *name, uint64_t v)
{
	buf_add(b, STR(",\""));
	buf_add(b, str_of(name));
	buf_add(b, STR("\":"));
	buf_i64(b, (int64_t)v);
}

static void
write_row(const struct rule *r, const struct engine_cost *c, struct filter_run *run)
{
	struct buf b = buf_make(1 << 20);

	buf_add(&b, STR("{\"rule.id\":"));
	buf_json(&b, r->id);
	buf_add(&b, STR(",\"rule.name\":"));
	buf_json(&b, r->title);
	put(&b, "ir.profile.tried", c->tried);
	put(&b, "ir.profile.matched", c->matched);
	put(&b, "ir.profile.ns", c->ns);
	put(&b, "ir.profile.ns_each", c->ns / c->tried);
	buf_ch(&b, '}');
	filter_emit(run, buf_str(&b));
	buf_free(&b);
}

void
profile_write(
    const struct ruleset *rules, const struct engine *en, struct filter_run *run)
{
	size_t n = ruleset_count(rules), k = 0;
	struct row *v = mem_new(n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[k] = (struct row){i, engine_cost(en, i)};
		k += v[k].cost.tried > 0;
	}
	qsort(v, k, sizeof(*v), by_cost);
	for (size_t i = 0; i < k; i++)
		write_row(ruleset_at(rules, v[i].rule), &v[i].cost, run);
	mem_free(v);
}
