/* The `correlation` of a rule. */
#include "json.h"
#include "relation.h"
#include "when.h"

static bool
bad(struct err *e, const char *why)
{
	err_set(e, ERR_DATA, "%s", why);
	return false;
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
	    {"value_sum", CORRELATION_VALUE_SUM},
	    {"value_avg", CORRELATION_VALUE_AVG},
	    {"value_median", CORRELATION_VALUE_MEDIAN},
	    {"value_percentile", CORRELATION_VALUE_PERCENTILE},
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
number(struct arena *a, const struct node *node, double *out)
{
	struct str s = node_text(node);
	struct str padded = CAT(
	    a, s.p ? s : STR(""), (struct str){"\0\0\0\0\0\0\0\0", 8});

	return s.n && json_num(str_sub(padded, 0, s.n), out);
}

static bool
read_bounds(
    struct arena *a, const struct node *cond, struct correlation *c, struct err *e)
{
	static const char *const ops[] = {"lt", "lte", "gt", "gte", "eq", "neq"};

	for (size_t i = 0; cond && i < cond->n; i++) {
		struct str key = cond->keys[i].text;
		double n;
		size_t op = 0;

		if (str_eq(key, STR("field")) || str_eq(key, STR("percentile")))
			continue;
		while (op < 6 && !str_eq(key, str_of(ops[op])))
			op++;
		if (op == 6) {
			err_set(e, ERR_DATA,
			    "condition: unknown comparison '" STR_FMT "'", STR_ARG(key));
			return false;
		}
		if (c->n_bounds == SIGMA_BOUNDS || !number(a, &cond->kids[i], &n))
			return bad(e, "condition: a number was expected");
		c->bound[c->n_bounds].op = (enum sigma_op)op;
		c->bound[c->n_bounds++].n = n;
	}
	return true;
}

/* "a and not b": over the rules referred to, each an atom by its place. */
static bool
read_words(struct arena *a, struct str text, struct correlation *c, struct err *e)
{
	struct selection sel[SIGMA_REFS];

	if (c->type != CORRELATION_TEMPORAL)
		return bad(e, "condition: rule names go with 'temporal' only");
	if (text.n > CONDITION_MAX)
		return bad(e, "condition: too long");
	for (size_t i = 0; i < c->n_refs; i++)
		sel[i] = (struct selection){
		    c->refs[i].name, expr_atom(a, (uint32_t)i), false};
	c->words = condition_parse(a, text, sel, c->n_refs, e);
	return c->words != NULL;
}

static bool
read_percentile(
    struct arena *a, const struct node *cond, struct correlation *c, struct err *e)
{
	const struct node *p = node_get(cond, STR("percentile"));

	c->percentile = c->type == CORRELATION_VALUE_MEDIAN ? 50 : -1;
	if (!p)
		return true;
	if (c->type == CORRELATION_VALUE_PERCENTILE && number(a, p, &c->percentile) &&
	    c->percentile >= 0 && c->percentile <= 100)
		return true;
	return bad(e, "condition: 'percentile' is 0 to 100, and of value_percentile");
}

static bool
check_condition(
    struct arena *a, const struct node *cond, struct correlation *c, struct err *e)
{
	bool temporal = c->type == CORRELATION_TEMPORAL ||
			c->type == CORRELATION_TEMPORAL_ORDERED;
	bool one = !temporal && c->type != CORRELATION_EVENT_COUNT &&
		   c->type != CORRELATION_VALUE_COUNT;

	if (cond && cond->type == NODE_TEXT)
		return read_words(a, cond->text, c, e);
	if (cond && cond->type != NODE_MAP)
		return bad(e, "condition: a map was expected");
	if (!read_bounds(a, cond, c, e) || !read_percentile(a, cond, c, e))
		return false;
	if (!temporal && !c->n_bounds)
		return bad(e, "no condition");
	if (c->type == CORRELATION_VALUE_COUNT && !c->n_fields)
		return bad(e, "condition: value_count needs a field");
	if (one && c->n_fields != 1)
		return bad(e, "condition: exactly one field is needed");
	if (temporal && !c->n_bounds) {
		c->bound[0].op = SIGMA_GTE;
		c->bound[c->n_bounds++].n = (double)c->n_refs;
	}
	return true;
}

/* The rules that are named, or those that the words of the condition name. */
static bool
read_refs(struct arena *a, const struct node *map, struct correlation *c, struct err *e)
{
	struct str names[SIGMA_REFS], *list = names;

	if (node_get(map, STR("rules"))) {
		if (!read_names(
			a, node_get(map, STR("rules")), SIGMA_REFS, &list, &c->n_refs))
			c->n_refs = 0;
	} else {
		c->n_refs = condition_names(
		    node_text(node_get(map, STR("condition"))), names, SIGMA_REFS);
	}
	if (c->n_refs == 0)
		return bad(e, "'rules' must name 1 to 16 rules");
	c->refs = arena_zero(a, c->n_refs * sizeof(*c->refs));
	for (size_t i = 0; i < c->n_refs; i++)
		c->refs[i].name = list[i];
	return true;
}

bool
relation_read(struct arena *a, struct rule *r, struct err *e)
{
	const struct node *map = node_get(r->doc, STR("correlation"));
	const struct node *cond = node_get(map, STR("condition"));
	struct correlation *c = r->corr = arena_zero(a, sizeof(*c));

	r->line = map->line;
	if (!read_type(node_text(node_get(map, STR("type"))), &c->type, e) ||
	    !read_refs(a, map, c, e))
		return false;
	if (!read_names(
		a, node_get(map, STR("group-by")), SIGMA_KEYS, &c->group, &c->n_group))
		return bad(e, "'group-by' must name at most 16 fields");
	if (!read_names(
		a, node_get(cond, STR("field")), SIGMA_KEYS, &c->fields, &c->n_fields))
		return bad(e, "'field' must name at most 16 fields");
	if (!read_span(node_text(node_get(map, STR("timespan"))), &c->span))
		return bad(e, "'timespan' must be a number and s, m, h, d, w, M or y");
	return check_condition(a, cond, c, e);
}
