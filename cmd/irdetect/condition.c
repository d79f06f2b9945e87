/* A recursive-descent parser whose depth is bounded. */
#include "condition.h"

struct parse {
	struct arena *a;
	struct str rest;
	struct str word; /* the token in hand; absent at the end */
	struct selection *sel;
	size_t n;
	unsigned depth;
	struct err *e;
};

struct expr *
expr_leaf(struct arena *a, enum expr_op op)
{
	struct expr *x = arena_zero(a, sizeof(*x));

	x->op = op;
	return x;
}

struct expr *
expr_atom(struct arena *a, uint32_t atom)
{
	struct expr *x = expr_leaf(a, EXPR_ATOM);

	x->atom = atom;
	return x;
}

struct expr *
expr_not(struct arena *a, struct expr *kid)
{
	struct expr *x;

	if (kid->op == EXPR_NOT) /* twice no is yes */
		return kid->kids[0];
	x = expr_leaf(a, EXPR_NOT);
	x->n = 1;
	x->kids = arena_alloc(a, sizeof(*x->kids));
	x->kids[0] = kid;
	return x;
}

struct expr *
expr_join(struct arena *a, enum expr_op op, size_t n, struct expr *const *kids)
{
	struct expr *x;

	if (n == 1)
		return kids[0];
	if (n == 0)
		return expr_leaf(a, op == EXPR_AND ? EXPR_TRUE : EXPR_FALSE);
	x = expr_leaf(a, op);
	x->n = n;
	x->kids = arena_alloc(a, n * sizeof(*x->kids));
	memcpy(x->kids, kids, n * sizeof(*kids));
	if (op == EXPR_OR && n >= EXPR_MANY)
		x->many = arena_zero(a, sizeof(*x->many));
	return x;
}

static bool
is_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '*' || c == '?' ||
	       c == '.';
}

static void
next(struct parse *p)
{
	struct str s = str_trim(p->rest);
	size_t n = 0;

	if (s.n == 0) {
		p->word = p->rest = STR_NONE;
		return;
	}
	while (n < s.n && is_name(s.p[n]))
		n++;
	p->word = str_sub(s, 0, n ? n : 1);
	p->rest = str_from(s, p->word.n);
}

static bool
is_word(const struct parse *p, const char *what)
{
	return p->word.p && str_ieq(p->word, str_of(what));
}

static struct expr *
fail(struct parse *p, const char *why)
{
	if (p->e->kind == ERR_NONE)
		err_set(p->e, ERR_DATA, "condition: %s at '" STR_FMT "'", why,
		    STR_ARG(p->word.p ? p->word : STR("the end")));
	return NULL;
}

static bool
belongs(struct str pattern, bool them, struct str name)
{
	if (str_starts(name, STR("_")) && (them || !str_starts(pattern, STR("_"))))
		return false;
	return them || str_glob(pattern, name);
}

static struct expr *
parse_of(struct parse *p, bool all)
{
	struct expr **kids = arena_alloc(p->a, (p->n + 1) * sizeof(*kids));
	bool them = is_word(p, "them");
	size_t n = 0;

	if (!p->word.p || !is_name(p->word.p[0]))
		return fail(p, "'them' or a pattern was expected");
	for (size_t i = 0; i < p->n; i++)
		if (belongs(p->word, them, p->sel[i].name)) {
			p->sel[i].used = true;
			kids[n++] = p->sel[i].expr;
		}
	next(p);
	return n ? expr_join(p->a, all ? EXPR_AND : EXPR_OR, n, kids)
		 : expr_leaf(p->a, EXPR_FALSE);
}

static struct expr *
parse_name(struct parse *p)
{
	struct str name = p->word;
	struct str ahead = str_trim(p->rest);

	if (!name.p || !is_name(name.p[0]) || is_word(p, "and") || is_word(p, "or"))
		return fail(p, "a selection was expected");
	if ((is_word(p, "1") || is_word(p, "all") || is_word(p, "any")) && ahead.n > 2 &&
	    str_ieq(str_sub(ahead, 0, 2), STR("of")) && !is_name(ahead.p[2])) {
		next(p);
		next(p);
		return parse_of(p, str_ieq(name, STR("all")));
	}
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->sel[i].name, name)) {
			p->sel[i].used = true;
			next(p);
			return p->sel[i].expr;
		}
	return fail(p, "there is no selection of that name");
}

static struct expr *parse_or(struct parse *);

static struct expr *
parse_not(struct parse *p)
{
	struct expr *x;

	if (++p->depth > CONDITION_DEPTH)
		return fail(p, "nested too deeply");
	if (is_word(p, "not")) {
		next(p);
		x = parse_not(p);
		x = x ? expr_not(p->a, x) : NULL;
	} else if (is_word(p, "(")) {
		next(p);
		x = parse_or(p);
		if (x && !is_word(p, ")"))
			return fail(p, "')' was expected");
		if (x)
			next(p);
	} else {
		x = parse_name(p);
	}
	p->depth--;
	return x;
}

/* Operands of one operator, joined. */
static struct expr *
parse_row(struct parse *p, const char *word, enum expr_op op,
    struct expr *(*operand)(struct parse *))
{
	struct expr *few[8], **kids = few;
	size_t n = 0, cap = sizeof(few) / sizeof(few[0]);

	do {
		if (n > 0)
			next(p);
		if (n == cap) {
			struct expr **more = arena_alloc(p->a, 2 * cap * sizeof(*more));

			/* cppcheck-suppress uninitvar ; the first n are set */
			memcpy(more, kids, n * sizeof(*kids));
			kids = more;
			cap *= 2;
		}
		kids[n] = operand(p);
		if (!kids[n++])
			return NULL;
	} while (is_word(p, word));
	return expr_join(p->a, op, n, kids);
}

static struct expr *
parse_and(struct parse *p)
{
	return parse_row(p, "and", EXPR_AND, parse_not);
}

static struct expr *
parse_or(struct parse *p)
{
	return parse_row(p, "or", EXPR_OR, parse_and);
}

struct expr *
condition_parse(
    struct arena *a, struct str text, struct selection *sel, size_t n, struct err *e)
{
	struct parse p = {.a = a, .rest = text, .sel = sel, .n = n, .e = e};
	struct expr *x;

	e->kind = ERR_NONE;
	next(&p);
	x = parse_or(&p);
	if (x && is_word(&p, "|"))
		return fail(&p, "aggregations were replaced by correlation rules");
	if (x && p.word.p)
		return fail(&p, "'and' or 'or' was expected");
	return x;
}

size_t
condition_names(struct str text, struct str *names, size_t max)
{
	static const char *const words[] = {
	    "and", "or", "not", "of", "all", "any", "1", "them", NULL};
	struct parse p = {.rest = text.p ? text : STR("")};
	size_t n = 0;

	for (next(&p); p.word.p; next(&p)) {
		bool known = !is_name(p.word.p[0]);

		for (const char *const *w = words; *w && !known; w++)
			known = is_word(&p, *w);
		for (size_t i = 0; i < n && !known; i++)
			known = str_eq(names[i], p.word);
		if (known)
			continue;
		if (n == max)
			return 0;
		names[n++] = p.word;
	}
	return n;
}
