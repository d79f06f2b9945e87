/* From the tree of a YAML document to a rule. */
#include "relation.h"
#include "severity.h"
#include "when.h"

#define SELECTIONS_MAX 4096

struct field_of {
	struct sources *sources;
	const struct logsource *ls;
};

static int
field_number(void *ctx, struct str name)
{
	struct field_of *f = ctx;

	return sources_field(f->sources, f->ls, name);
}

static bool
bad(struct err *e, const char *why)
{
	err_set(e, ERR_DATA, "%s", why);
	return false;
}

/* The selections, in the order in which they stand. */
static bool
read_selections(const struct item_ctx *items, const struct node *detection,
    struct rule *r, struct err *e)
{
	if (detection->n > SELECTIONS_MAX)
		return bad(e, "too many selections");
	r->sel = arena_zero(items->a, (detection->n + 1) * sizeof(*r->sel));
	r->n_sel = 0;
	for (size_t i = 0; i < detection->n; i++) {
		struct str name = detection->keys[i].text;
		struct selection *s = &r->sel[r->n_sel];

		if (str_eq(name, STR("condition")) || str_eq(name, STR("timeframe")) ||
		    (r->kind == SIGMA_FILTER && str_eq(name, STR("rules"))))
			continue;
		r->line = detection->keys[i].line;
		s->name = name;
		s->expr = item_selection(items, &detection->kids[i], e);
		if (!s->expr) {
			err_at(e, "selection '" STR_FMT "'", STR_ARG(name));
			return false;
		}
		r->n_sel++;
	}
	return true;
}

struct expr *
sigma_detection(const struct sigma_ctx *ctx, const struct node *detection,
    const struct logsource *ls, struct rule *r, struct err *e)
{
	const struct node *cond = node_get(detection, STR("condition"));
	struct field_of field = {ctx->sources, ls};
	struct item_ctx items = {ctx->a, ctx->atoms, field_number, &field, ctx->lists};
	size_t n = node_count(cond);
	struct expr **kids;

	if (!detection || detection->type != NODE_MAP)
		return bad(e, "no detection"), NULL;
	if (n == 0)
		return bad(e, "no condition"), NULL;
	if (!read_selections(&items, detection, r, e))
		return NULL;
	kids = arena_alloc(ctx->a, n * sizeof(*kids));
	for (size_t i = 0; i < n; i++) { /* any of several */
		struct str text = node_text(node_at(cond, i));

		r->line = node_at(cond, i)->line;
		if (!text.p || text.n > CONDITION_MAX)
			return bad(e, "condition: a text of at most 64 KiB was expected"),
			       NULL;
		kids[i] = condition_parse(ctx->a, text, r->sel, r->n_sel, e);
		if (!kids[i])
			return NULL;
	}
	return expr_join(ctx->a, EXPR_OR, n, kids);
}

static bool
read_rule(const struct sigma_ctx *ctx, struct rule *r, struct err *e)
{
	const struct node *ls = node_get(r->doc, STR("logsource"));
	const struct node *detection = node_get(r->doc, STR("detection"));

	if (!ls || ls->type != NODE_MAP)
		return bad(e, "no logsource");
	r->ls = (struct logsource){node_text(node_get(ls, STR("product"))),
	    node_text(node_get(ls, STR("category"))),
	    node_text(node_get(ls, STR("service")))};
	if (!r->ls.product.p && !r->ls.category.p && !r->ls.service.p)
		return bad(e, "the logsource says neither product, category nor service");
	r->cond = sigma_detection(ctx, detection, &r->ls, r, e);
	if (!r->cond)
		return false;
	r->bucket = sources_bucket(ctx->sources, &r->ls);
	return true;
}

static bool
read_level(struct rule *r, struct err *e)
{
	struct str s = node_text(node_get(r->doc, STR("level")));

	r->level = s.p ? s : STR("medium");
	if (severity_rank(r->level) >= 0)
		return true;
	err_set(e, ERR_DATA, "unknown level '" STR_FMT "'", STR_ARG(s));
	return false;
}

bool
sigma_read(const struct sigma_ctx *ctx, const struct node *doc, const char *file,
    struct rule *r, struct err *e)
{
	*r = (struct rule){.file = file, .line = doc->line, .doc = doc};
	if (doc->type != NODE_MAP)
		return bad(e, "a rule must be a map");
	r->title = node_text(node_get(doc, STR("title")));
	r->name = node_text(node_get(doc, STR("name")));
	r->id = node_text(node_get(doc, STR("id")));
	if (!r->id.n)
		r->id = r->name.n ? r->name : r->title;
	if (node_get(doc, STR("action")))
		return bad(
		    e, "'action' is of rules as they once were: write each in full");
	if (!r->title.n)
		return bad(e, "no title");
	if (!read_level(r, e))
		return false;
	if (node_get(doc, STR("correlation"))) {
		r->kind = SIGMA_CORRELATION;
		return relation_read(ctx->a, r, e);
	}
	if (node_get(doc, STR("filter"))) {
		r->kind = SIGMA_FILTER;
		return true;
	}
	return read_rule(ctx, r, e);
}
