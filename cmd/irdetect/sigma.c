/* From the tree of a YAML document to a rule. */
#include "sigma.h"
#include "when.h"

#define CONDITION_MAX  ((size_t)64 * 1024)
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
read_names(
    struct arena *a, const struct node *list, size_t max, struct str **v, size_t *n)
{
	*n = node_count(list);
	if (*n > max)
		return false;
	*v = arena_alloc(a, (*n + 1) * sizeof(**v));
	for (size_t i = 0; i < *n; i++) {
		(*v)[i] = node_text(node_at(list, i));
		if (!(*v)[i].n)
			return false;
	}
	return true;
}

static bool
read_type(struct str s, enum correlation_type *type, struct err *e)
{
	static const struct {
		const char *name;
		enum correlation_type type;
	} types[] = {
	    {"event_count", CORRELATION_EVENT_COUNT},
	    {"value_count", CORRELATION_VALUE_COUNT},
	    {"temporal", CORRELATION_TEMPORAL},
	    {"temporal_ordered", CORRELATION_TEMPORAL_ORDERED},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq(s, str_of(types[i].name))) {
			*type = types[i].type;
			return true;
		}
	err_set(e, ERR_DATA, "correlations of type '" STR_FMT "' are not known here",
	    STR_ARG(s));
	return false;
}

/* A number and s, m, h, d, w, M or y. */
static bool
read_span(struct str s, int64_t *ns)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400},
	    {'M', 30 * 86400}, {'y', 365 * 86400}};
	uint64_t n;

	if (s.n < 2 || !str_u64(str_sub(s, 0, s.n - 1), &n) || n == 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == s.p[s.n - 1] &&
		    n <= (uint64_t)(INT64_MAX / 4 / WHEN_S / units[i].seconds)) {
			*ns = (int64_t)n * units[i].seconds * WHEN_S;
			return true;
		}
	return false;
}

static bool
read_bounds(const struct node *cond, struct correlation *c, struct err *e)
{
	static const char *const ops[] = {"lt", "lte", "gt", "gte", "eq", "neq"};

	for (size_t i = 0; cond && i < cond->n; i++) {
		struct str key = cond->keys[i].text;
		int64_t n;
		size_t op = 0;

		if (str_eq(key, STR("field")))
			continue;
		while (op < 6 && !str_eq(key, str_of(ops[op])))
			op++;
		if (op == 6) {
			err_set(e, ERR_DATA,
			    "condition: unknown comparison '" STR_FMT "'", STR_ARG(key));
			return false;
		}
		if (c->n_bounds == SIGMA_BOUNDS || !node_i64(&cond->kids[i], &n) || n < 0)
			return bad(e, "condition: a count was expected");
		c->bound[c->n_bounds].op = (enum sigma_op)op;
		c->bound[c->n_bounds++].n = (uint64_t)n;
	}
	return true;
}

static bool
check_condition(const struct node *cond, struct correlation *c, struct err *e)
{
	bool counts = c->type == CORRELATION_EVENT_COUNT ||
		      c->type == CORRELATION_VALUE_COUNT;

	if (cond && cond->type != NODE_MAP)
		return bad(e, "conditions over rule names are not known here");
	if (!read_bounds(cond, c, e))
		return false;
	if (counts && !c->n_bounds)
		return bad(e, "no condition");
	if (c->type == CORRELATION_VALUE_COUNT && !c->n_fields)
		return bad(e, "condition: value_count needs a field");
	if (!counts && !c->n_bounds) {
		c->bound[0].op = SIGMA_GTE;
		c->bound[c->n_bounds++].n = c->n_refs;
	}
	return true;
}

static bool
read_correlation(const struct sigma_ctx *ctx, struct rule *r, struct err *e)
{
	const struct node *map = node_get(r->doc, STR("correlation"));
	const struct node *cond = node_get(map, STR("condition"));
	struct correlation *c = r->corr = arena_zero(ctx->a, sizeof(*c));
	struct str *names;

	r->line = map->line;
	if (!read_type(node_text(node_get(map, STR("type"))), &c->type, e))
		return false;
	if (!read_names(
		ctx->a, node_get(map, STR("rules")), SIGMA_REFS, &names, &c->n_refs) ||
	    c->n_refs == 0)
		return bad(e, "'rules' must name 1 to 16 rules");
	c->refs = arena_zero(ctx->a, c->n_refs * sizeof(*c->refs));
	for (size_t i = 0; i < c->n_refs; i++)
		c->refs[i].name = names[i];
	if (!read_names(ctx->a, node_get(map, STR("group-by")), SIGMA_KEYS, &c->group,
		&c->n_group))
		return bad(e, "'group-by' must name at most 16 fields");
	if (!read_names(ctx->a, node_get(cond, STR("field")), SIGMA_KEYS, &c->fields,
		&c->n_fields))
		return bad(e, "'field' must name at most 16 fields");
	if (!read_span(node_text(node_get(map, STR("timespan"))), &c->span))
		return bad(e, "'timespan' must be a number and s, m, h, d, w, M or y");
	return check_condition(cond, c, e);
}

static bool
read_level(struct rule *r, struct err *e)
{
	static const char *const levels[] = {
	    "informational", "low", "medium", "high", "critical", NULL};
	struct str s = node_text(node_get(r->doc, STR("level")));

	r->level = s.p ? s : STR("medium");
	for (const char *const *l = levels; *l; l++)
		if (str_eq(r->level, str_of(*l)))
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
	if (!r->title.n)
		return bad(e, "no title");
	if (!read_level(r, e))
		return false;
	if (node_get(doc, STR("correlation"))) {
		r->kind = SIGMA_CORRELATION;
		return read_correlation(ctx, r, e);
	}
	if (node_get(doc, STR("filter"))) {
		r->kind = SIGMA_FILTER;
		return true;
	}
	return read_rule(ctx, r, e);
}
