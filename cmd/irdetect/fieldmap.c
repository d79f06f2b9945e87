/* Tables in the order in which they were read. */
#include "fieldmap.h"
#include "logsource.h"
#include "mem.h"

struct table {
	struct logsource for_;
	const struct node *places, *prefixes;
	const struct node *names; /* of fields, where there are no places to tell */
	bool closed;              /* there are no others */
};

struct fieldmap {
	struct table *tables;
	size_t n, cap;
};

struct fieldmap *
fieldmap_new(void)
{
	return mem_new(1, sizeof(struct fieldmap));
}

void
fieldmap_free(struct fieldmap *fm)
{
	if (!fm)
		return;
	mem_free(fm->tables);
	mem_free(fm);
}

struct logsource
logsource_read(const struct node *map)
{
	return (struct logsource){node_text(node_get(map, STR("product"))),
	    node_text(node_get(map, STR("category"))),
	    node_text(node_get(map, STR("service")))};
}

bool
fieldmap_add(struct fieldmap *fm, const struct node *table, struct err *e)
{
	struct table t = {.for_ = logsource_read(node_get(table, STR("for"))),
	    .places = node_get(table, STR("places")),
	    .prefixes = node_get(table, STR("prefixes")),
	    .names = node_get(table, STR("names")),
	    .closed = node_true(node_get(table, STR("closed")))};

	if (!t.places && !t.prefixes && !t.names) {
		err_set(e, ERR_CONFIG,
		    "a table of fields needs 'places', 'prefixes' or 'names'");
		err_at(e, "%d", table->line);
		return false;
	}
	fm->tables = mem_grow(fm->tables, &fm->cap, fm->n + 1, sizeof(t));
	fm->tables[fm->n++] = t;
	return true;
}

static bool
fits(struct str want, struct str have)
{
	return !want.p || str_ieq(want, have);
}

static bool
is_for(const struct table *t, const struct logsource *ls)
{
	return fits(t->for_.product, ls->product) &&
	       fits(t->for_.category, ls->category) && fits(t->for_.service, ls->service);
}

bool
fieldmap_names(const struct fieldmap *fm, const struct logsource *ls,
    void (*each)(void *ctx, struct str name), void *ctx)
{
	bool closed = false;

	for (size_t i = 0; i < fm->n; i++) {
		const struct table *t = &fm->tables[i];

		if (!is_for(t, ls))
			continue;
		closed |= t->closed;
		for (size_t k = 0; t->places && k < t->places->n; k++)
			each(ctx, t->places->keys[k].text);
		for (size_t k = 0; k < node_count(t->names); k++)
			each(ctx, node_text(node_at(t->names, k)));
	}
	return closed;
}

size_t
fieldmap_places(const struct fieldmap *fm, struct arena *a, const struct logsource *ls,
    struct str name, struct str **out)
{
	size_t n = 0, most = 1;
	struct str *v;

	for (size_t i = 0; i < fm->n; i++)
		if (is_for(&fm->tables[i], ls))
			most += node_count(node_get(fm->tables[i].places, name)) +
				node_count(fm->tables[i].prefixes);
	*out = v = arena_alloc(a, most * sizeof(*v));
	v[n++] = name;
	for (size_t i = 0; i < fm->n; i++) {
		const struct table *t = &fm->tables[i];
		const struct node *places = node_get(t->places, name);

		if (!is_for(t, ls))
			continue;
		for (size_t k = 0; k < node_count(places); k++)
			v[n++] = node_text(node_at(places, k));
		for (size_t k = 0; k < node_count(t->prefixes); k++)
			v[n++] = CAT(
			    a, node_text(node_at(t->prefixes, k)), STR("."), name);
	}
	return n;
}
