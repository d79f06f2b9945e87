#include "jqtree.h"
#include "json.h"

/* How tightly operators bind, loosest first. */
enum level { PIPE = 1, COMMA, ALT, ASSIGN, OR, AND, CMP, ADD, MUL, TIGHT };

struct parser {
	struct arena *a;
	const struct jqlex *w;
	size_t depth;
	bool failed;
};

static struct jqtree *expression(struct parser *, enum level);
static struct jqtree *term(struct parser *);

static struct jqtree *
fail(struct parser *p)
{
	p->failed = true;
	return NULL;
}

static size_t
deeper(size_t n, const struct jqtree *t)
{
	return t && t->deep > n ? t->deep : n;
}

static struct jqtree *
node(
    struct parser *p, enum jq_op op, struct jqtree *a, struct jqtree *b, struct jqtree *c)
{
	struct jqtree *t = arena_zero(p->a, sizeof(*t));

	t->op = op;
	t->a = a;
	t->b = b;
	t->c = c;
	t->deep = deeper(deeper(deeper(0, a), b), c) + 1;
	return t->deep > JQTREE_DEPTH ? fail(p) : p->failed ? NULL : t;
}

static bool
is_op(const struct parser *p, int op)
{
	return p->w->kind == JQLEX_OP && p->w->op == op;
}

static bool
is_word(const struct parser *p, const char *word)
{
	return p->w->kind == JQLEX_WORD && str_eq(p->w->text, str_of(word));
}

static bool
take_op(struct parser *p, int op)
{
	if (!is_op(p, op))
		return false;
	p->w++;
	return true;
}

static bool
take_word(struct parser *p, const char *word)
{
	if (!is_word(p, word))
		return false;
	p->w++;
	return true;
}

static bool
need_op(struct parser *p, int op)
{
	return take_op(p, op) || fail(p);
}

static bool
need_word(struct parser *p, const char *word)
{
	return take_word(p, word) || fail(p);
}

static bool
keyword(struct str s)
{
	static const char *const words[] = {"as", "import", "include", "module", "def",
	    "if", "then", "else", "elif", "end", "and", "or", "reduce", "foreach", "try",
	    "catch", "label", "break", "__loc__"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_eq(s, str_of(words[i])))
			return true;
	return false;
}

/* Append to the args of `t`. */
static void
add_arg(struct parser *p, struct jqtree *t, struct jqtree *arg)
{
	struct jqtree **to = &t->args;

	if (!arg || p->failed)
		return;
	while (*to)
		to = &(*to)->next;
	*to = arg;
	t->n++;
	t->deep = deeper(t->deep, arg) + 1;
	if (t->deep > JQTREE_DEPTH)
		fail(p);
}

static struct jqtree *
constant(struct parser *p, struct str json)
{
	struct jqtree *t = node(p, JQ_CONST, NULL, NULL, NULL);

	if (t)
		t->text = json;
	return t;
}

static struct jqtree *
named(struct parser *p, enum jq_op op, struct str name)
{
	struct jqtree *t = node(p, op, NULL, NULL, NULL);

	if (t)
		t->text = name;
	return t;
}

/* A string with interpolations; a format may stand before it. */
static struct jqtree *
interpolated(struct parser *p)
{
	struct jqtree *t = node(p, JQ_STRING, NULL, NULL, NULL);

	for (p->w++; t && !p->failed && p->w->kind != JQLEX_UNQUOTE; p->w++) {
		if (p->w->kind != JQLEX_IN)
			continue;
		p->w++;
		add_arg(p, t, expression(p, PIPE));
		if (p->failed || p->w->kind != JQLEX_OUT)
			return fail(p);
	}
	if (!p->failed)
		p->w++;
	return p->failed ? NULL : t;
}

static struct jqtree *
string(struct parser *p)
{
	struct str text = p->w->text;

	if (p->w->kind == JQLEX_QUOTE)
		return interpolated(p);
	p->w++;
	return constant(p, json_quote(p->a, text));
}

static bool
at_string(const struct parser *p)
{
	return p->w->kind == JQLEX_STR || p->w->kind == JQLEX_QUOTE;
}

/* --- terms --- */

static struct jqtree *
field(struct parser *p, struct jqtree *of, struct str name)
{
	struct jqtree *t = node(p, JQ_FIELD, of, NULL, NULL);

	if (t)
		t->text = name;
	return t;
}

/* A key and its value in an object construction. */
static void
member(struct parser *p, struct jqtree *map)
{
	struct jqtree *key, *value = NULL;

	if (take_op(p, '$')) {
		if (p->w->kind != JQLEX_WORD || keyword(p->w->text)) {
			fail(p);
			return;
		}
		add_arg(p, map, constant(p, json_quote(p->a, p->w->text)));
		add_arg(p, map, named(p, JQ_VAR, p->w->text));
		p->w++;
		return;
	}
	if (take_op(p, '(')) {
		key = expression(p, PIPE);
		if (!need_op(p, ')') || !is_op(p, ':'))
			fail(p);
	} else if (p->w->kind == JQLEX_WORD) {
		if (keyword(p->w->text) &&
		    !(p->w[1].kind == JQLEX_OP && p->w[1].op == ':'))
			fail(p);
		key = constant(p, json_quote(p->a, p->w->text));
		p->w++;
	} else {
		key = at_string(p) ? string(p) : fail(p);
	}
	if (take_op(p, ':')) {
		/* '|' binds here, ',' does not */
		value = is_op(p, '-') ? expression(p, TIGHT) : term(p);
		while (!p->failed && take_op(p, '|')) {
			struct jqtree *next = is_op(p, '-') ? expression(p, TIGHT)
							    : term(p);

			value = node(p, JQ_PIPE, value, next, NULL);
		}
	} else if (key) {
		struct jqtree *here = node(p, JQ_DOT, NULL, NULL, NULL);

		value = key->op == JQ_CONST ? field(p, here, json_text(p->a, key->text))
					    : node(p, JQ_INDEX, here, key, NULL);
		key = node(p, key->op, NULL, NULL, NULL);
	}
	add_arg(p, map, key);
	add_arg(p, map, value);
}

static struct jqtree *
object(struct parser *p)
{
	struct jqtree *t = node(p, JQ_MAP, NULL, NULL, NULL);

	p->w++;
	if (!t || take_op(p, '}'))
		return t;
	do
		member(p, t);
	while (!p->failed && take_op(p, ','));
	return need_op(p, '}') ? t : NULL;
}

static struct jqtree *
call(struct parser *p)
{
	struct jqtree *t;
	struct str name = p->w->text;

	if (keyword(name))
		return fail(p);
	p->w++;
	if (!is_op(p, '(')) {
		if (str_eq(name, STR("null")) || str_eq(name, STR("true")) ||
		    str_eq(name, STR("false")))
			return constant(p, name);
		return named(p, JQ_CALL, name);
	}
	t = named(p, JQ_CALL, name);
	do {
		p->w++;
		if (t)
			add_arg(p, t, expression(p, PIPE));
	} while (!p->failed && is_op(p, ';'));
	return need_op(p, ')') ? t : NULL;
}

static struct jqtree *
list(struct parser *p)
{
	struct jqtree *inner = NULL;

	p->w++;
	if (!is_op(p, ']'))
		inner = expression(p, PIPE);
	return !p->failed && need_op(p, ']') ? node(p, JQ_LIST, inner, NULL, NULL) : NULL;
}

static struct jqtree *
dot(struct parser *p)
{
	struct jqtree *here = node(p, JQ_DOT, NULL, NULL, NULL);

	p->w++;
	if (p->w->kind == JQLEX_STR)
		return field(p, here, p->w++->text);
	if (p->w->kind == JQLEX_QUOTE) {
		struct jqtree *key = interpolated(p);

		return node(p, JQ_INDEX, here, key, NULL);
	}
	return here;
}

/* A term without what may follow it in brackets and dots. */
static struct jqtree *
head(struct parser *p)
{
	switch (p->w->kind) {
	case JQLEX_FIELD:
		return field(p, node(p, JQ_DOT, NULL, NULL, NULL), p->w++->text);
	case JQLEX_NUM:
		return constant(p, p->w++->text);
	case JQLEX_STR:
	case JQLEX_QUOTE:
		return string(p);
	case JQLEX_FORMAT:
		p->w++;
		return at_string(p) ? string(p) : node(p, JQ_FORMAT, NULL, NULL, NULL);
	case JQLEX_WORD:
		return call(p);
	case JQLEX_OP:
	case JQLEX_PIECE:
	case JQLEX_IN:
	case JQLEX_OUT:
	case JQLEX_UNQUOTE:
	case JQLEX_END:
		break;
	}
	if (is_op(p, '.'))
		return dot(p);
	if (is_op(p, '['))
		return list(p);
	if (is_op(p, '{'))
		return object(p);
	if (take_op(p, JQLEX_REC))
		return node(p, JQ_REC, NULL, NULL, NULL);
	if (take_op(p, '(')) {
		struct jqtree *t = expression(p, PIPE);

		return !p->failed && need_op(p, ')') ? t : NULL;
	}
	if (take_op(p, '$') && p->w->kind == JQLEX_WORD && !keyword(p->w->text))
		return named(p, JQ_VAR, p->w++->text);
	return fail(p);
}

/* Behind '[' of a term: [], [i], [i:j], [:j], [i:]. */
static struct jqtree *
bracket(struct parser *p, struct jqtree *of)
{
	struct jqtree *from = NULL, *to = NULL;

	if (take_op(p, ']'))
		return node(p, JQ_EACH, of, NULL, NULL);
	if (!is_op(p, ':'))
		from = expression(p, PIPE);
	if (p->failed)
		return NULL;
	if (take_op(p, ']')) {
		if (from->op == JQ_CONST && json_type(from->text) == JSON_TEXT)
			return field(p, of, json_text(p->a, from->text));
		return node(p, JQ_INDEX, of, from, NULL);
	}
	if (!need_op(p, ':'))
		return NULL;
	if (from && is_op(p, ']')) {
		p->w++;
		return node(p, JQ_SLICE, of, from, NULL);
	}
	to = expression(p, PIPE);
	return !p->failed && need_op(p, ']') ? node(p, JQ_SLICE, of, from, to) : NULL;
}

static struct jqtree *
term(struct parser *p)
{
	bool opts = p->w->kind == JQLEX_FIELD ||
		    (is_op(p, '.') &&
			(p->w[1].kind == JQLEX_STR ||
			    p->w[1].kind ==
				JQLEX_QUOTE)); /* a lone ? belongs to the last step */
	struct jqtree *t = head(p);

	for (; !p->failed; opts = true) {
		if (opts && is_op(p, '?')) {
			t->opt = true;
			p->w++;
		}
		if (p->w->kind == JQLEX_FIELD) {
			t = field(p, t, p->w++->text);
		} else if (is_op(p, '.') && p->w[1].kind == JQLEX_STR) {
			t = field(p, t, p->w[1].text);
			p->w += 2;
		} else if (is_op(p, '.') && p->w[1].kind == JQLEX_QUOTE) {
			p->w++;
			t = node(p, JQ_INDEX, t, interpolated(p), NULL);
		} else if (take_op(p, '[')) {
			t = bracket(p, t);
		} else {
			return t;
		}
	}
	return NULL;
}

/* --- what is not a term --- */

/* The patterns behind `as`, as the variables that they bind. */
static void
patterns(struct parser *p, struct jqtree *t)
{
	size_t depth = 0, n = 0;

	t->plain = is_op(p, '$') && p->w[1].kind == JQLEX_WORD;
	for (;; n++, p->w++) {
		if (p->w->kind == JQLEX_END || is_op(p, ';')) {
			fail(p);
			return;
		}
		if (depth == 0 && n > 0 && (is_op(p, '|') || is_op(p, '(')))
			break;
		if (is_op(p, '(') || is_op(p, '[') || is_op(p, '{'))
			depth++;
		if (is_op(p, ')') || is_op(p, ']') || is_op(p, '}')) {
			if (depth == 0) {
				fail(p);
				return;
			}
			depth--;
		}
		if (is_op(p, '$') && p->w[1].kind == JQLEX_WORD)
			add_arg(p, t, named(p, JQ_VAR, p->w[1].text));
	}
	t->plain = t->plain && n == 2;
}

static struct jqtree *
folding(struct parser *p, enum jq_op op)
{
	struct jqtree *t = node(p, op, NULL, NULL, NULL);

	p->w++;
	if (!t || !(t->a = term(p)) || !need_word(p, "as"))
		return fail(p);
	patterns(p, t);
	if (p->failed || !need_op(p, '('))
		return NULL;
	t->b = expression(p, PIPE);
	if (p->failed || !need_op(p, ';'))
		return NULL;
	t->c = expression(p, PIPE);
	if (op == JQ_FOREACH && !p->failed && take_op(p, ';'))
		t->d = expression(p, PIPE);
	t->deep = deeper(deeper(deeper(deeper(t->deep, t->a), t->b), t->c), t->d) + 1;
	return !p->failed && t->deep <= JQTREE_DEPTH && need_op(p, ')') ? t : fail(p);
}

static struct jqtree *
condition(struct parser *p)
{
	struct jqtree *a, *b, *c;

	p->w++;
	a = expression(p, PIPE);
	if (p->failed || !need_word(p, "then"))
		return NULL;
	b = expression(p, PIPE);
	if (p->failed)
		return NULL;
	if (is_word(p, "elif")) {
		c = ++p->depth > JQTREE_DEPTH ? fail(p) : condition(p);
		p->depth--;
		return node(p, JQ_IF, a, b, c);
	}
	if (!need_word(p, "else"))
		return NULL;
	c = expression(p, PIPE);
	return !p->failed && need_word(p, "end") ? node(p, JQ_IF, a, b, c) : NULL;
}

/* Definitions are not looked into: name and parameters are skipped. */
static struct jqtree *
definition(struct parser *p)
{
	struct jqtree *body;

	for (p->w++; !is_op(p, ':'); p->w++)
		if (p->w->kind == JQLEX_END)
			return fail(p);
	p->w++;
	body = expression(p, PIPE);
	if (p->failed || !need_op(p, ';'))
		return NULL;
	return node(p, JQ_DEF, body, expression(p, PIPE), NULL);
}

static struct jqtree *
label(struct parser *p)
{
	bool jump = is_word(p, "break");

	p->w++;
	if (!need_op(p, '$') || p->w->kind != JQLEX_WORD)
		return fail(p);
	p->w++;
	if (jump)
		return node(p, JQ_BREAK, NULL, NULL, NULL);
	return need_op(p, '|') ? node(p, JQ_LABEL, expression(p, PIPE), NULL, NULL)
			       : NULL;
}

static struct jqtree *
attempt(struct parser *p)
{
	struct jqtree *body, *handler = NULL;

	p->w++;
	body = expression(p, TIGHT + 1);
	if (!p->failed && take_word(p, "catch"))
		handler = expression(p, TIGHT + 1);
	return node(p, JQ_TRY, body, handler, NULL);
}

static struct jqtree *
binding(struct parser *p, struct jqtree *of)
{
	struct jqtree *t = node(p, JQ_AS, of, NULL, NULL);

	p->w++;
	if (!t)
		return NULL;
	patterns(p, t);
	if (p->failed || !need_op(p, '|'))
		return NULL;
	t->b = expression(p, PIPE);
	t->deep = deeper(t->deep, t->b) + 1;
	return t->deep <= JQTREE_DEPTH && !p->failed ? t : fail(p);
}

static struct jqtree *
prefix(struct parser *p)
{
	struct jqtree *t;

	if (take_op(p, '-'))
		return node(p, JQ_NEG, expression(p, MUL), NULL, NULL);
	if (is_word(p, "reduce"))
		return folding(p, JQ_REDUCE);
	if (is_word(p, "foreach"))
		return folding(p, JQ_FOREACH);
	if (is_word(p, "if"))
		return condition(p);
	if (is_word(p, "def"))
		return definition(p);
	if (is_word(p, "label") || is_word(p, "break"))
		return label(p);
	if (is_word(p, "try"))
		return attempt(p);
	t = term(p);
	return !p->failed && is_word(p, "as") ? binding(p, t) : t;
}

/* --- operators --- */

struct infix {
	int op;
	enum level level;
	enum jq_op node;
};

static const struct infix infixes[] = {{'|', PIPE, JQ_PIPE}, {',', COMMA, JQ_COMMA},
    {JQLEX_ALT, ALT, JQ_ALT}, {'=', ASSIGN, JQ_ASSIGN}, {JQLEX_ASSIGN, ASSIGN, JQ_ASSIGN},
    {JQLEX_EQ, CMP, JQ_CMP}, {JQLEX_NE, CMP, JQ_CMP}, {'<', CMP, JQ_CMP},
    {'>', CMP, JQ_CMP}, {JQLEX_LE, CMP, JQ_CMP}, {JQLEX_GE, CMP, JQ_CMP},
    {'+', ADD, JQ_MATH}, {'-', ADD, JQ_MATH}, {'*', MUL, JQ_MATH}, {'/', MUL, JQ_MATH},
    {'%', MUL, JQ_MATH}};

static bool
infix_here(const struct parser *p, struct infix *x)
{
	for (size_t i = 0; i < sizeof(infixes) / sizeof(*infixes); i++)
		if (is_op(p, infixes[i].op)) {
			*x = infixes[i];
			return true;
		}
	*x = is_word(p, "and") ? (struct infix){0, AND, JQ_AND}
			       : (struct infix){0, OR, JQ_OR};
	return is_word(p, "and") || is_word(p, "or");
}

static struct jqtree *
operators(struct parser *p, enum level least)
{
	struct jqtree *t = prefix(p), *right;
	enum level last = TIGHT;
	struct infix x;

	while (!p->failed && least <= TIGHT && take_op(p, '?'))
		t = node(p, JQ_TRY, t, NULL, NULL);
	while (!p->failed && infix_here(p, &x) && x.level >= least) {
		bool once = x.level == CMP || x.level == ASSIGN;

		if (once && last == x.level)
			return fail(p);
		last = x.level;
		p->w++;
		right = expression(
		    p, x.level == PIPE || x.level == ALT ? x.level : x.level + 1);
		t = node(p, x.node, t, right, NULL);
		if (t)
			t->n = x.op;
	}
	return p->failed ? NULL : t;
}

static struct jqtree *
expression(struct parser *p, enum level least)
{
	struct jqtree *t;

	if (p->failed || ++p->depth > JQTREE_DEPTH)
		return fail(p);
	t = operators(p, least);
	p->depth--;
	return t;
}

struct jqtree *
jqtree_parse(struct arena *a, const struct jqlex *words, const struct jqlex **why)
{
	struct parser p = {.a = a, .w = words};
	struct jqtree *t = expression(&p, PIPE);

	if (!p.failed && p.w->kind != JQLEX_END)
		t = fail(&p);
	*why = p.w;
	return t;
}
