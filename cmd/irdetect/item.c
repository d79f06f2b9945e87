/* Items and selections, made expressions. */
#include "become.h"
#include "fold.h"
#include "item.h"

struct item {
	const struct item_ctx *ctx;
	int field;
	struct modifiers mods;
};

/* A field reference takes the kind of comparison from the open ends. */
static bool
field_atom(const struct item *it, struct str name, struct atom *x)
{
	struct arena *a = it->ctx->a;
	bool part = modifiers_has(&it->mods, CHANGE_CONTAINS);
	bool front = part || modifiers_has(&it->mods, CHANGE_ENDSWITH);
	bool back = part || modifiers_has(&it->mods, CHANGE_STARTSWITH);

	x->op = ATOM_FIELD;
	x->other = it->ctx->field(it->ctx->ctx, arena_copy(a, name));
	x->pat.kind = front ? (back ? PATTERN_CONTAINS : PATTERN_ENDS)
			    : (back ? PATTERN_STARTS : PATTERN_EXACT);
	return true;
}

/* A finite number, written as in JSON. */
static bool
number(const struct item *it, struct str s, double *out)
{
	struct str padded = CAT(it->ctx->a, s, (struct str){"\0\0\0\0\0\0\0\0", 8});

	return json_num(str_sub(padded, 0, s.n), out);
}

static bool
number_atom(const struct item *it, enum form form, struct str value, struct atom *x,
    struct err *e)
{
	x->op = form == FORM_TIME ? ATOM_TIME : it->mods.compare;
	x->order = it->mods.compare;
	x->unit = it->mods.unit;
	if (number(it, value, &x->num))
		return true;
	err_set(e, ERR_DATA, "'" STR_FMT "' is not a number", STR_ARG(value));
	return false;
}

static bool
make_atom(const struct item *it, enum form form, struct str value, struct atom *x,
    struct err *e)
{
	struct arena *a = it->ctx->a;
	bool cased = it->mods.cased;

	*x = (struct atom){.field = it->field, .cased = cased, .pat.text = STR("")};
	switch (form) {
	case FORM_BYTES:
		if (pattern_wild(value)) {
			err_set(e, ERR_DATA,
			    "UTF-16 with a byte order mark needs base64 after it");
			return false;
		}
		/* fallthrough */
	case FORM_TEXT:
		x->pat = pattern_make(a, cased ? value : fold(a, value));
		return true;
	case FORM_REGEX:
		x->op = ATOM_REGEX;
		x->flags = it->mods.flags;
		x->pat.text = value;
		x->re = regex_new(value, x->flags | REGEX_UTF, e);
		return x->re != NULL;
	case FORM_CIDR:
		x->op = ATOM_CIDR;
		if (net_parse(value, &x->net))
			return true;
		err_set(e, ERR_DATA, "'" STR_FMT "' is not a network", STR_ARG(value));
		return false;
	case FORM_NUMBER:
	case FORM_TIME:
		return number_atom(it, form, value, x, e);
	case FORM_FIELD:
		return field_atom(it, value, x);
	}
	return false;
}

static struct expr *
atom_expr(const struct item *it, const struct atom *x)
{
	return expr_atom(it->ctx->a, atoms_add(it->ctx->atoms, x));
}

static struct expr *
null_expr(const struct item *it)
{
	return atom_expr(it, &(struct atom){.op = ATOM_NULL, .field = it->field});
}

/* An expression or the name of a field, as it stands. */
static struct expr *
read_raw(const struct item *it, struct str value, struct err *e)
{
	struct atom x;

	return make_atom(it, it->mods.form, value, &x, e) ? atom_expr(it, &x) : NULL;
}

/* One value as it stands in the rule: an OR of all that it becomes. */
static struct expr *
read_value(const struct item *it, const struct node *value, struct err *e)
{
	struct arena *a = it->ctx->a;
	struct expr **kids;
	struct become b;

	if (value->type == NODE_NULL)
		return null_expr(it);
	if (value->type == NODE_LIST || value->type == NODE_MAP) {
		err_set(
		    e, ERR_DATA, "a value must be a text, a number, true, false or null");
		return NULL;
	}
	if (it->mods.form == FORM_REGEX || it->mods.form == FORM_FIELD)
		return read_raw(it, value->text, e);
	if (!become_all(
		&b, a, &it->mods, it->ctx->lists, pattern_read(a, value->text), e))
		return NULL;
	kids = arena_alloc(a, b.n * sizeof(*kids));
	for (size_t i = 0; i < b.n; i++) {
		struct atom x;

		if (!make_atom(it, b.form, b.v[i], &x, e))
			return NULL;
		kids[i] = atom_expr(it, &x);
	}
	return expr_join(a, EXPR_OR, b.n, kids);
}

static struct expr *
read_exists(const struct item *it, const struct node *value, struct err *e)
{
	struct expr *x;

	if (!it->mods.alone || value->type != NODE_BOOL) {
		err_set(e, ERR_DATA, "'exists' stands alone and takes true or false");
		return NULL;
	}
	x = atom_expr(it,
	    &(struct atom){.op = ATOM_EXISTS, .field = it->field, .pat.text = STR("")});
	return node_true(value) ? x : expr_not(it->ctx->a, x);
}

/* All values, joined as the modifiers say. */
static struct expr *
read_values(const struct item *it, const struct node *values, struct err *e)
{
	size_t n = node_count(values);
	struct expr **kids = arena_alloc(it->ctx->a, (n + 1) * sizeof(*kids)), *x;

	for (size_t i = 0; i < n; i++) {
		const struct node *value = node_at(values, i);

		if (value->type == NODE_NULL && values->type == NODE_LIST) {
			err_set(e, ERR_DATA, "null may not stand in a list");
			return NULL;
		}
		kids[i] = read_value(it, value, e);
		if (!kids[i])
			return NULL;
	}
	if (n == 0) /* an empty list is as good as null */
		kids[n++] = null_expr(it);
	x = expr_join(it->ctx->a, it->mods.all ? EXPR_AND : EXPR_OR, n, kids);
	return it->mods.not ? expr_not(it->ctx->a, x) : x;
}

struct expr *
item_read(
    const struct item_ctx *ctx, struct str key, const struct node *values, struct err *e)
{
	struct str rest = key, name = key.p ? str_cut(&rest, '|') : STR("");
	struct item it = {.ctx = ctx};

	if (!modifiers_read(&it.mods, rest, e))
		return NULL;
	if (!name.n && it.mods.form == FORM_TEXT) /* keywords: anywhere in a value */
		it.mods.changes[it.mods.n++] = CHANGE_CONTAINS;
	it.field = name.n ? ctx->field(ctx->ctx, name) : VIEWS_ALL;
	if (it.mods.exists)
		return read_exists(&it, values, e);
	return read_values(&it, values, e);
}

static struct expr *read_part(
    const struct item_ctx *, const struct node *, unsigned depth, struct err *);

static struct expr *
read_map(const struct item_ctx *ctx, const struct node *map, struct err *e)
{
	struct expr **kids = arena_alloc(ctx->a, (map->n + 1) * sizeof(*kids));

	for (size_t i = 0; i < map->n; i++) {
		kids[i] = item_read(ctx, map->keys[i].text, &map->kids[i], e);
		if (!kids[i]) {
			err_at(e, "'" STR_FMT "'", STR_ARG(map->keys[i].text));
			return NULL;
		}
	}
	return expr_join(ctx->a, EXPR_AND, map->n, kids);
}

/* A list is the OR of what stands in it. */
static struct expr *
read_list(
    const struct item_ctx *ctx, const struct node *list, unsigned depth, struct err *e)
{
	struct expr **kids = arena_alloc(ctx->a, (list->n + 1) * sizeof(*kids));

	for (size_t i = 0; i < list->n; i++) {
		kids[i] = read_part(ctx, &list->kids[i], depth + 1, e);
		if (!kids[i])
			return NULL;
	}
	return expr_join(ctx->a, EXPR_OR, list->n, kids);
}

static struct expr *
read_part(
    const struct item_ctx *ctx, const struct node *part, unsigned depth, struct err *e)
{
	if (depth > CONDITION_DEPTH) {
		err_set(e, ERR_DATA, "nested too deeply");
		return NULL;
	}
	if (part->type >= NODE_LIST &&
	    part->n == 0) { /* a map would hold for all there is */
		err_set(e, ERR_DATA, "an empty selection");
		return NULL;
	}
	switch (part->type) {
	case NODE_MAP:
		return read_map(ctx, part, e);
	case NODE_LIST:
		return read_list(ctx, part, depth, e);
	case NODE_NULL:
		err_set(e, ERR_DATA, "an empty selection");
		return NULL;
	case NODE_BOOL:
	case NODE_NUM:
	case NODE_TEXT:
		return item_read(ctx, STR_NONE, part, e);
	}
	return NULL;
}

struct expr *
item_selection(const struct item_ctx *ctx, const struct node *node, struct err *e)
{
	if (node_count(node) == 0) {
		err_set(e, ERR_DATA, "an empty selection");
		return NULL;
	}
	return read_part(ctx, node, 0, e);
}
