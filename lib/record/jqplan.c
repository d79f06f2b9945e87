#include "jqplan.h"
#include "json.h"

struct var {
	struct str name;
	struct jqfield *from;
	struct var *next;
};

struct plan {
	struct arena *a;
	struct paths *paths;
	struct jqfield *root;
	struct var *vars;

	/* Where a value comes from: a field of the record, or ... */
	struct jqfield
	    elsewhere[1]; /* made by the expression, or below what is asked for */
	struct jqfield nowhere[1]; /* there is no value: the expression ends here */
};

static struct jqfield *follow(struct plan *, const struct jqtree *, struct jqfield *in);

const struct jqfield *
jqplan_kid(const struct jqfield *at, struct str part)
{
	const struct jqfield *f = at->kids;

	while (f && !str_eq(f->part, part))
		f = f->next;
	return f;
}

/* The value is used: all of it is asked for. */
static struct jqfield *
use(struct plan *p, struct jqfield *f)
{
	if (f == p->elsewhere || f == p->nowhere)
		return f;
	f->whole = true;
	return p->elsewhere;
}

static void
use_all(struct plan *p, const struct jqtree *t, struct jqfield *in)
{
	if (t)
		use(p, follow(p, t, in));
}

/* A name that records can spell in two ways is none for a path. */
static bool
simple(const struct jqfield *at, struct str part)
{
	size_t dots = 0;

	for (; at; at = at->up)
		dots++;
	return part.n > 0 && dots < JSON_DEPTH && str_chr(part, '.') == STR_NPOS &&
	       str_chr(part, '\0') == STR_NPOS;
}

static struct jqfield *
below(struct plan *p, struct jqfield *at, struct str part)
{
	struct str name = part;
	struct jqfield *f;

	if (at == p->elsewhere || at == p->nowhere)
		return at;
	if (!simple(at, part))
		return use(p, at);
	for (f = at->kids; f; f = f->next)
		if (str_eq(f->part, part))
			return f;
	for (f = at; f->up; f = f->up)
		name = CAT(p->a, f->part, STR("."), name);
	f = arena_zero(p->a, sizeof(*f));
	*f = (struct jqfield){.part = part, .up = at, .next = at->kids};
	f->slot = paths_add(p->paths, name);
	return at->kids = f;
}

static struct jqfield *
either(struct plan *p, struct jqfield *a, struct jqfield *b)
{
	if (a == b || b == p->nowhere)
		return a;
	if (a == p->nowhere)
		return b;
	use(p, a);
	use(p, b);
	return p->elsewhere;
}

static void
bind(struct plan *p, const struct jqtree *t, struct jqfield *from)
{
	if (!t->plain)
		from = use(p, from);
	for (const struct jqtree *v = t->args; v; v = v->next) {
		struct var *var = arena_alloc(p->a, sizeof(*var));

		*var = (struct var){v->text, from, p->vars};
		p->vars = var;
	}
}

static struct jqfield *
variable(struct plan *p, struct str name)
{
	for (const struct var *v = p->vars; v; v = v->next)
		if (str_eq(v->name, name))
			return v->from;
	return p->elsewhere; /* libjq will say that it is not defined */
}

/* `as`, `reduce` and `foreach`: what is bound is seen in what follows only. */
static struct jqfield *
binding(struct plan *p, const struct jqtree *t, struct jqfield *in)
{
	struct jqfield *from = follow(p, t->a, in), *got = p->elsewhere;
	struct var *vars = p->vars;

	if (t->op == JQ_AS) {
		bind(p, t, from);
		got = follow(p, t->b, in);
	} else {
		use_all(p, t->b, in);
		bind(p, t, from);
		use_all(p, t->c, p->elsewhere);
		use_all(p, t->d, p->elsewhere);
	}
	p->vars = vars;
	return got;
}

static bool
is_call(const struct jqtree *t, const char *name, int args)
{
	return t->n == args && str_eq(t->text, str_of(name));
}

static struct jqfield *
call(struct plan *p, const struct jqtree *t, struct jqfield *in)
{
	const struct jqtree *x = t->args, *y = x ? x->next : NULL;
	struct jqfield *from;

	if (is_call(t, "select", 1)) {
		use_all(p, x, in);
		return in;
	}
	if (is_call(t, "empty", 0))
		return p->nowhere;
	if (is_call(t, "has", 1) && x->op == JQ_CONST &&
	    json_type(x->text) == JSON_TEXT) {
		use(p, below(p, in, json_text(p->a, x->text)));
		return p->elsewhere;
	}
	if (is_call(t, "first", 1) || is_call(t, "last", 1))
		return follow(p, x, in);
	if (is_call(t, "limit", 2)) {
		use_all(p, x, in);
		return follow(p, y, in);
	}
	if (is_call(t, "any", 2) || is_call(t, "all", 2) || is_call(t, "IN", 2)) {
		from = follow(p, x, in);
		use_all(p, y, from);
		use(p, from);
		return p->elsewhere;
	}
	if (is_call(t, "isempty", 1) || is_call(t, "error", 1) ||
	    is_call(t, "range", 1)) {
		use_all(p, x, in);
		return p->elsewhere;
	}
	/* Any other sees no more than its input, and gives it to its arguments. */
	use(p, in);
	for (; x; x = x->next)
		use_all(p, x, in);
	return p->elsewhere;
}

static struct jqfield *
follow_args(struct plan *p, const struct jqtree *t, struct jqfield *in)
{
	for (const struct jqtree *x = t->args; x; x = x->next)
		use_all(p, x, in);
	return p->elsewhere;
}

static struct jqfield *
follow(struct plan *p, const struct jqtree *t, struct jqfield *in)
{
	switch (t->op) {
	case JQ_DOT:
		return in;
	case JQ_CONST:
		return p->elsewhere;
	case JQ_FIELD:
		return below(p, follow(p, t->a, in), t->text);
	case JQ_PIPE:
		return follow(p, t->b, follow(p, t->a, in));
	case JQ_COMMA:
		return either(p, follow(p, t->a, in), follow(p, t->b, in));
	case JQ_TRY:
		return either(p, follow(p, t->a, in),
		    t->b ? follow(p, t->b, p->elsewhere) : p->nowhere);
	case JQ_IF:
		use_all(p, t->a, in);
		return either(p, follow(p, t->b, in), follow(p, t->c, in));
	case JQ_LABEL:
		return follow(p, t->a, in);
	case JQ_BREAK:
		return p->nowhere;
	case JQ_VAR:
		return variable(p, t->text);
	case JQ_AS:
	case JQ_REDUCE:
	case JQ_FOREACH:
		return binding(p, t, in);
	case JQ_CALL:
		return call(p, t, in);
	case JQ_STRING:
	case JQ_MAP:
		return follow_args(p, t, in);
	case JQ_REC:
	case JQ_FORMAT:
	case JQ_ASSIGN:
		use(p, in);
		break;
	case JQ_DEF:
		/* what a user's function does with its arguments is not known */
		p->root->whole = true;
		break;
	case JQ_INDEX:
	case JQ_SLICE:
	case JQ_EACH:
	case JQ_LIST:
	case JQ_NEG:
	case JQ_ALT:
	case JQ_AND:
	case JQ_OR:
	case JQ_CMP:
	case JQ_MATH:
		break;
	}
	use_all(p, t->a, in);
	use_all(p, t->b, in);
	use_all(p, t->c, in);
	return p->elsewhere;
}

struct jqfield *
jqplan_fields(struct arena *a, const struct jqtree *t, struct paths *paths)
{
	struct plan p = {.a = a, .paths = paths};
	struct jqfield *out;

	p.root = arena_zero(a, sizeof(*p.root));
	p.root->slot = -1;
	out = follow(&p, t, p.root);
	if (out != p.root)
		use(&p, out);
	return p.root;
}
