#include "diff.h"
#include "detector.h"
#include "mem.h"

struct alert {
	struct str rule, record;
	bool met; /* the other set made it too */
};

struct alerts {
	struct alert *v;
	size_t n, cap;
};

struct diff {
	struct arena *a;
	struct filter_run *run;
	struct alerts old, new;
	uint64_t gained, lost;
};

static void
add(struct diff *d, struct alerts *to, struct str record)
{
	struct str copy = arena_copy(
	    d->a, CAT(d->a, record, (struct str){(char[JSON_PAD]){0}, JSON_PAD}));
	struct str id;

	copy.n = record.n;
	id = json_text(d->a, json_get(d->a, copy, STR("rule.id")));
	to->v = mem_grow(to->v, &to->cap, to->n + 1, sizeof(*to->v));
	to->v[to->n++] = (struct alert){id, copy, false};
}

static void
old_alert(void *ctx, struct str record)
{
	struct diff *d = ctx;

	add(d, &d->old, record);
}

void
diff_alert(void *ctx, struct str record)
{
	struct diff *d = ctx;

	add(d, &d->new, record);
}

struct diff *
diff_new(int argc, char **argv, struct err *e)
{
	struct diff *d = mem_new(1, sizeof(*d));

	d->a = arena_new();
	d->run = filter_new(&irdetect, argc, argv, old_alert, d, e);
	if (d->run)
		return d;
	diff_free(d);
	return NULL;
}

void
diff_free(struct diff *d)
{
	if (!d)
		return;
	filter_free(d->run);
	mem_free(d->old.v);
	mem_free(d->new.v);
	arena_free(d->a);
	mem_free(d);
}

void
diff_event(struct diff *d, struct str line)
{
	filter_feed(d->run, line);
}

/* Mark the alerts that have a partner of the same rule. */
static void
pair(struct alerts *one, struct alerts *two)
{
	for (size_t i = 0; i < one->n; i++)
		for (size_t k = 0; k < two->n && !one->v[i].met; k++)
			if (!two->v[k].met && str_eq(one->v[i].rule, two->v[k].rule))
				one->v[i].met = two->v[k].met = true;
}

static uint64_t
write_rest(
    struct diff *d, struct filter_run *run, const struct alerts *from, struct str what)
{
	uint64_t n = 0;

	for (size_t i = 0; i < from->n; i++) {
		struct str r = from->v[i].record;

		if (from->v[i].met)
			continue;
		n++;
		filter_emit(run, CAT(d->a, str_sub(r, 0, r.n - 1), STR(",\"ir.diff\":\""),
				     what, STR("\"}")));
	}
	return n;
}

void
diff_write(struct diff *d, struct filter_run *run)
{
	pair(&d->old, &d->new);
	d->lost += write_rest(d, run, &d->old, STR("lost"));
	d->gained += write_rest(d, run, &d->new, STR("gained"));
	d->old.n = d->new.n = 0;
	arena_reset(d->a);
}

void
diff_totals(const struct diff *d, uint64_t *gained, uint64_t *lost)
{
	*gained = d->gained;
	*lost = d->lost;
}
