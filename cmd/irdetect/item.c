/* Modifiers, in the order in which they are written. */
#include "item.h"
#include "base64.h"
#include "fold.h"

#define EXPANSIONS 4096 /* most values that one value may become */

enum form {
	FORM_TEXT,
	FORM_BYTES,
	FORM_REGEX,
	FORM_CIDR,
	FORM_NUMBER,
	FORM_TIME,
	FORM_FIELD
};

/* A value, or the several that it has become, on its way through the modifiers. */
struct vals {
	struct str *v;
	size_t n;
};

struct item {
	const struct item_ctx *ctx;
	int field;
	enum form form;
	bool all, not, cased, exists;
	bool front, back; /* open ends of a field reference */
	unsigned flags;
	enum atom_op compare; /* ATOM_TIME: none was asked for */
	enum atom_unit unit;
	struct str mods; /* "contains|all" */
};

static bool
is_any(struct str word, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(word, str_of(*words)))
			return true;
	return false;
}

/* What a modifier says of the item as a whole; false: it is one that changes values. */
static bool
note_modifier(struct item *it, struct str m)
{
	static const char *const times[] = {
	    "minute", "hour", "day", "week", "month", "year", NULL};
	static const char *const orders[] = {"lt", "lte", "gt", "gte", NULL};

	if (str_eq(m, STR("all")))
		it->all = true;
	else if (str_eq(m, STR("neq")))
		it->not = true;
	else if (str_eq(m, STR("cased")))
		it->cased = true;
	else if (str_eq(m, STR("exists")))
		it->exists = true;
	else if (str_eq(m, STR("re")))
		it->form = FORM_REGEX;
	else if (str_eq(m, STR("i")) || str_eq(m, STR("ignorecase")))
		it->flags |= REGEX_NOCASE;
	else if (str_eq(m, STR("m")) || str_eq(m, STR("multiline")))
		it->flags |= REGEX_MULTILINE;
	else if (str_eq(m, STR("s")) || str_eq(m, STR("dotall")))
		it->flags |= REGEX_DOTALL;
	else if (str_eq(m, STR("cidr")))
		it->form = FORM_CIDR;
	else if (str_eq(m, STR("fieldref")))
		it->form = FORM_FIELD;
	else if (is_any(m, orders)) {
		it->form = it->form == FORM_TIME ? FORM_TIME : FORM_NUMBER;
		it->compare = m.p[0] == 'l' ? (m.n == 3 ? ATOM_LTE : ATOM_LT)
					    : (m.n == 3 ? ATOM_GTE : ATOM_GT);
	} else if (is_any(m, times)) {
		it->form = FORM_TIME;
		for (it->unit = ATOM_MINUTE; !str_eq(m, str_of(times[it->unit]));
		     it->unit++)
			;
	} else
		return false;
	return true;
}

static bool
each_value(
    struct item *it, struct vals *vs, struct str (*change)(struct arena *, struct str))
{
	for (size_t i = 0; i < vs->n; i++)
		vs->v[i] = change(it->ctx->a, vs->v[i]);
	return true;
}

static struct str
open_back(struct arena *a, struct str s)
{
	return pattern_open(a, s, false, true);
}

static struct str
open_front(struct arena *a, struct str s)
{
	return pattern_open(a, s, true, false);
}

static struct str
open_both(struct arena *a, struct str s)
{
	return pattern_open(a, s, true, true);
}

static struct str
to_utf16le(struct arena *a, struct str s)
{
	return pattern_utf16(a, s, false, false);
}

static struct str
to_utf16be(struct arena *a, struct str s)
{
	return pattern_utf16(a, s, true, false);
}

static struct str
to_utf16(struct arena *a, struct str s)
{
	return pattern_utf16(a, s, false, true);
}

static bool
to_offsets(struct item *it, struct vals *vs, struct err *e)
{
	struct str *v;

	if (vs->n * 3 > EXPANSIONS) {
		err_set(e, ERR_DATA, "a value becomes too many");
		return false;
	}
	v = arena_alloc(it->ctx->a, vs->n * 3 * sizeof(*v));
	for (size_t i = 0; i < vs->n * 3; i++)
		v[i] = pattern_base64_at(it->ctx->a, vs->v[i / 3], i % 3);
	vs->v = v;
	vs->n *= 3;
	return true;
}

/* The name between two "%" that stand at `from` or later; "\%" is a plain sign. */
static bool
find_placeholder(struct str s, size_t *from, size_t *to)
{
	size_t start = STR_NPOS;

	for (size_t i = *from; i < s.n; i++) {
		if (s.p[i] != '%' || (i > 0 && s.p[i - 1] == '\\'))
			continue;
		if (start != STR_NPOS && i > start + 1) {
			*from = start;
			*to = i;
			return true;
		}
		start = i;
	}
	return false;
}

/* Replace the first placeholder of each value by what its list holds, until none is left. */
static bool
expand(struct item *it, struct vals *vs, struct err *e)
{
	struct arena *a = it->ctx->a;

	for (size_t i = 0; i < vs->n;) {
		struct str s = vs->v[i], name, *v;
		const struct node *list;
		size_t from = 0, to = 0, n;

		if (!find_placeholder(s, &from, &to)) {
			i++;
			continue;
		}
		name = str_sub(s, from + 1, to - from - 1);
		list = node_get(it->ctx->lists, name);
		n = node_count(list);
		if (n == 0) {
			err_set(e, ERR_DATA,
			    "no values for the placeholder '%%" STR_FMT "%%'",
			    STR_ARG(name));
			return false;
		}
		if (vs->n + n > EXPANSIONS) {
			err_set(e, ERR_DATA, "a value becomes too many");
			return false;
		}
		v = arena_alloc(a, (vs->n + n) * sizeof(*v));
		memcpy(v, vs->v, vs->n * sizeof(*v));
		v[i] = v[vs->n - 1]; /* the last takes the place of the one replaced */
		for (size_t k = 0; k < n; k++)
			v[vs->n - 1 + k] = CAT(a, str_sub(s, 0, from),
			    pattern_read(a, node_text(node_at(list, k))),
			    str_from(s, to + 1));
		vs->v = v;
		vs->n += n - 1;
	}
	return true;
}

static bool
must_be_plain(const struct vals *vs, struct str m, struct err *e)
{
	for (size_t i = 0; i < vs->n; i++)
		if (pattern_wild(vs->v[i])) {
			err_set(e, ERR_DATA, "'" STR_FMT "' does not go with wildcards",
			    STR_ARG(m));
			return false;
		}
	return true;
}

/* A modifier that changes values. */
static bool
change_values(struct item *it, struct str m, struct vals *vs, struct err *e)
{
	static const char *const encodings[] = {
	    "base64", "base64offset", "wide", "utf16le", "utf16be", "utf16", NULL};

	if (is_any(m, encodings) && it->form != FORM_BYTES && !must_be_plain(vs, m, e))
		return false;
	if (str_eq(m, STR("contains")))
		return each_value(it, vs, open_both);
	if (str_eq(m, STR("startswith")))
		return each_value(it, vs, open_back);
	if (str_eq(m, STR("endswith")))
		return each_value(it, vs, open_front);
	if (str_eq(m, STR("windash")))
		return each_value(it, vs, pattern_windash);
	if (str_eq(m, STR("expand")))
		return expand(it, vs, e);
	if (!is_any(m, encodings)) {
		err_set(e, ERR_DATA, "unknown modifier '" STR_FMT "'", STR_ARG(m));
		return false;
	}
	it->form = str_starts(m, STR("base64")) ? FORM_TEXT : FORM_BYTES;
	if (str_eq(m, STR("base64")))
		return each_value(it, vs, base64);
	if (str_eq(m, STR("base64offset")))
		return to_offsets(it, vs, e);
	return each_value(it, vs,
	    str_eq(m, STR("utf16"))     ? to_utf16
	    : str_eq(m, STR("utf16be")) ? to_utf16be
					: to_utf16le);
}

/* A field reference takes the kind of comparison from the open ends. */
static bool
field_atom(struct item *it, struct str name, struct atom *x)
{
	struct arena *a = it->ctx->a;
	bool front = false, back = false;

	for (struct str rest = it->mods; rest.p;) {
		struct str m = str_cut(&rest, '|');

		front |= str_eq(m, STR("endswith")) || str_eq(m, STR("contains"));
		back |= str_eq(m, STR("startswith")) || str_eq(m, STR("contains"));
	}
	x->op = ATOM_FIELD;
	x->other = it->ctx->field(it->ctx->ctx, arena_copy(a, name));
	x->pat.kind = front ? (back ? PATTERN_CONTAINS : PATTERN_ENDS)
			    : (back ? PATTERN_STARTS : PATTERN_EXACT);
	return true;
}

/* A finite number, written as in JSON. */
static bool
number(struct item *it, struct str s, double *out)
{
	struct str padded = CAT(it->ctx->a, s, (struct str){"\0\0\0\0\0\0\0\0", 8});

	return json_num(str_sub(padded, 0, s.n), out);
}

static bool
make_atom(struct item *it, struct str value, struct atom *x, struct err *e)
{
	struct arena *a = it->ctx->a;

	*x = (struct atom){.field = it->field, .cased = it->cased, .pat.text = STR("")};
	switch (it->form) {
	case FORM_BYTES:
		if (pattern_wild(value)) {
			err_set(e, ERR_DATA,
			    "UTF-16 with a byte order mark needs base64 after it");
			return false;
		}
		/* fallthrough */
	case FORM_TEXT:
		x->pat = pattern_make(a, it->cased ? value : fold(a, value));
		return true;
	case FORM_REGEX:
		x->op = ATOM_REGEX;
		x->flags = it->flags;
		x->pat.text = value;
		x->re = regex_new(value, it->flags | REGEX_UTF, e);
		return x->re != NULL;
	case FORM_CIDR:
		x->op = ATOM_CIDR;
		if (net_parse(value, &x->net))
			return true;
		err_set(e, ERR_DATA, "'" STR_FMT "' is not a network", STR_ARG(value));
		return false;
	case FORM_NUMBER:
	case FORM_TIME:
		x->op = it->form == FORM_TIME ? ATOM_TIME : it->compare;
		x->order = it->compare;
		x->unit = it->unit;
		if (number(it, value, &x->num))
			return true;
		err_set(e, ERR_DATA, "'" STR_FMT "' is not a number", STR_ARG(value));
		return false;
	case FORM_FIELD:
		return field_atom(it, value, x);
	}
	return false;
}

/* One value as it stands in the rule: an OR of all that it becomes. */
static struct expr *
read_value(struct item *it, const struct node *value, struct err *e)
{
	struct arena *a = it->ctx->a;
	struct str first;
	struct vals vs = {&first, 1};
	struct expr **kids;
	bool raw = it->form == FORM_REGEX || it->form == FORM_FIELD;
	enum form form = it->form;

	if (value->type == NODE_NULL)
		return expr_atom(
		    a, atoms_add(it->ctx->atoms,
			   &(struct atom){.op = ATOM_NULL, .field = it->field}));
	if (value->type == NODE_LIST || value->type == NODE_MAP) {
		err_set(
		    e, ERR_DATA, "a value must be a text, a number, true, false or null");
		return NULL;
	}
	first = raw ? value->text : pattern_read(a, value->text);
	for (struct str rest = it->mods; rest.p && !raw;) {
		struct str m = str_cut(&rest, '|');

		if (m.n && !note_modifier(it, m) && !change_values(it, m, &vs, e))
			return NULL;
	}
	kids = arena_alloc(a, vs.n * sizeof(*kids));
	for (size_t i = 0; i < vs.n; i++) {
		struct atom x;

		if (!make_atom(it, vs.v[i], &x, e))
			return NULL;
		kids[i] = expr_atom(a, atoms_add(it->ctx->atoms, &x));
	}
	it->form = form; /* the next value starts afresh */
	return expr_join(a, EXPR_OR, vs.n, kids);
}

/* Modifiers that say how the item is read, found before its values are. */
static bool
scan_modifiers(struct item *it, struct err *e)
{
	static const char *const others[] = {"contains", "startswith", "endswith",
	    "windash", "expand", "base64", "base64offset", "wide", "utf16le", "utf16be",
	    "utf16", NULL};
	struct str changer = STR_NONE;

	for (struct str rest = it->mods; rest.p;) {
		struct str m = str_cut(&rest, '|');

		if (!m.n || note_modifier(it, m))
			continue;
		if (!is_any(m, others)) {
			err_set(
			    e, ERR_DATA, "unknown modifier '" STR_FMT "'", STR_ARG(m));
			return false;
		}
		if (!is_any(m, (const char *const[]){
				   "contains", "startswith", "endswith", NULL}))
			changer = m;
		else if (it->form == FORM_REGEX)
			changer = m;
	}
	if (it->flags && it->form != FORM_REGEX) {
		err_set(e, ERR_DATA, "the modifiers i, m and s go with 're' only");
		return false;
	}
	if (changer.p && (it->form == FORM_REGEX || it->form == FORM_FIELD)) {
		err_set(e, ERR_DATA, "'" STR_FMT "' does not go with '%s'",
		    STR_ARG(changer), it->form == FORM_REGEX ? "re" : "fieldref");
		return false;
	}
	return true;
}

static struct expr *
read_exists(struct item *it, const struct node *value, struct err *e)
{
	struct arena *a = it->ctx->a;
	struct expr *x;

	if (!str_eq(it->mods, STR("exists")) || value->type != NODE_BOOL) {
		err_set(e, ERR_DATA, "'exists' stands alone and takes true or false");
		return NULL;
	}
	x = expr_atom(a, atoms_add(it->ctx->atoms, &(struct atom){.op = ATOM_EXISTS,
						       .field = it->field,
						       .pat.text = STR("")}));
	return node_true(value) ? x : expr_not(a, x);
}

struct expr *
item_read(
    const struct item_ctx *ctx, struct str key, const struct node *values, struct err *e)
{
	struct str rest = key, name = key.p ? str_cut(&rest, '|') : STR("");
	struct item it = {
	    .ctx = ctx, .compare = ATOM_TIME, .mods = key.p ? rest : STR_NONE};
	size_t n = node_count(values);
	struct expr **kids, *x;

	if (!scan_modifiers(&it, e))
		return NULL;
	it.field = name.n ? ctx->field(ctx->ctx, name) : VIEWS_ALL;
	if (it.exists)
		return read_exists(&it, values, e);
	if (!name.n && it.form == FORM_TEXT) /* keywords are found anywhere in a value */
		it.mods = it.mods.p ? CAT(ctx->a, it.mods, STR("|contains"))
				    : STR("contains");
	kids = arena_alloc(ctx->a, (n + 1) * sizeof(*kids));
	for (size_t i = 0; i < n; i++) {
		const struct node *value = node_at(values, i);

		if (value->type == NODE_NULL && values->type == NODE_LIST) {
			err_set(e, ERR_DATA, "null may not stand in a list");
			return NULL;
		}
		kids[i] = read_value(&it, value, e);
		if (!kids[i])
			return NULL;
	}
	if (n == 0) { /* an empty list is as good as null */
		struct node null = {.type = NODE_NULL};

		kids[n++] = read_value(&it, &null, e);
	}
	x = expr_join(ctx->a, it.all ? EXPR_AND : EXPR_OR, n, kids);
	return it.not ? expr_not(ctx->a, x) : x;
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
