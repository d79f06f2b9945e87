/* Severities of all makers in our words: share/scales/severity.yaml. */
#include "file.h"
#include "format.h"
#include "yaml.h"

static const struct node *
read_scales(struct load *l)
{
	struct formats *f = l->formats;
	const char *dir = file_data(f->a, "scales");
	const char *path = arena_fmt(f->a, "%s/severity.yaml", dir).p;
	struct yaml_docs docs;

	if (f->scales)
		return f->scales;
	if (!file_trusted(path, l->e) || !yaml_load(f->a, path, &docs, l->e) ||
	    docs.n == 0)
		return NULL;
	return f->scales = docs.v[0];
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* What the table of the lookup says itself holds. */
static void
add_row(struct lookup *lk, struct str text, const struct constants *row)
{
	void **at = map_put(lk->rows, text);

	if (!*at)
		*at = (void *)row;
}

/* "high", "High" and "HIGH" */
static void
add_spellings(
    struct load *l, struct lookup *lk, struct str text, const struct constants *row)
{
	char *p = arena_alloc(l->formats->a, text.n + 1);

	add_row(lk, text, row);
	memcpy(p, text.p, text.n);
	for (size_t i = 0; i < text.n; i++) {
		p[i] = upper(p[i]);
		if (i == 0 || i + 1 == text.n)
			add_row(lk, (struct str){p, text.n}, row);
	}
}

bool
load_scale(struct load *l, const struct node *name, struct lookup *lk)
{
	const struct node *scales, *scale;

	if (!name)
		return true;
	scales = read_scales(l);
	if (!scales)
		return false;
	scale = node_get(scales, node_text(name));
	if (!scale || scale->type != NODE_MAP)
		return load_fault(
		    l, name, "no scale '" STR_FMT "'", STR_ARG(node_text(name)));
	for (size_t i = 0; i < scale->n; i++) {
		struct constants *row = arena_zero(l->formats->a, sizeof(*row));

		row->v = arena_zero(l->formats->a, sizeof(*row->v));
		row->n = 1;
		row->v[0].field = fields_add(l->formats->fields, STR("ir.severity"));
		row->v[0].raw = CAT(
		    l->formats->a, STR("\""), scale->keys[i].text, STR("\""));
		for (size_t k = 0; k < node_count(&scale->kids[i]); k++)
			add_spellings(l, lk, node_text(node_at(&scale->kids[i], k)), row);
	}
	return true;
}
