#include "jqparse.h"
#include "jqterm.h"

/* --- words that begin an expression --- */

/* The patterns behind `as`, as the variables that they bind. */
static void
patterns(struct jqp *p, struct jqtree *t)
{
	size_t depth = 0, n = 0;

	t->plain = jqp_is_op(p, '$') && p->w[1].kind == JQLEX_WORD;
	for (;; n++, p->w++) {
		if (p->w->kind == JQLEX_END || jqp_is_op(p, ';')) {
			jqp_fail(p);
			return;
		}
		if (depth == 0 && n > 0 && (jqp_is_op(p, '|') || jqp_is_op(p, '(')))
			break;
		if (jqp_is_op(p, '(') || jqp_is_op(p, '[') || jqp_is_op(p, '{'))
			depth++;
		if (jqp_is_op(p, ')') || jqp_is_op(p, ']') || jqp_is_op(p, '}')) {
			if (depth == 0) {
				jqp_fail(p);
				return;
			}
			depth--;
		}
		if (jqp_is_op(p, '$') && p->w[1].kind == JQLEX_WORD)
			jqp_add(p, t, jqp_named(p, JQ_VAR, p->w[1].text));
	}
	t->plain = t->plain && n == 2;
}

static struct jqtree *
folding(struct jqp *p, enum jq_op op)
{
	struct jqtree *t = jqp_node(p, op, NULL, NULL, NULL);

	p->w++;
	if (!t || !(t->a = jqterm(p)) || !jqp_need_word(p, "as"))
		return jqp_fail(p);
	patterns(p, t);
	if (p->failed || !jqp_need_op(p, '('))
		return NULL;
	t->b = jqp_expression(p, BIND_PIPE);
	if (p->failed || !jqp_need_op(p, ';'))
		return NULL;
	t->c = jqp_expression(p, BIND_PIPE);
	if (op == JQ_FOREACH && !p->failed && jqp_take_op(p, ';'))
		t->d = jqp_expression(p, BIND_PIPE);
	t->deep = jqp_deeper(
		      jqp_deeper(jqp_deeper(jqp_deeper(t->deep, t->a), t->b), t->c),
		      t->d) +
		  1;
	return !p->failed && t->deep <= JQTREE_DEPTH && jqp_need_op(p, ')') ? t
									    : jqp_fail(p);
}

static struct jqtree *
condition(struct jqp *p)
{
	struct jqtree *a, *b, *c;

	p->w++;
	a = jqp_expression(p, BIND_PIPE);
	if (p->failed || !jqp_need_word(p, "then"))
		return NULL;
	b = jqp_expression(p, BIND_PIPE);
	if (p->failed)
		return NULL;
	if (jqp_is_word(p, "elif")) {
		c = ++p->depth > JQTREE_DEPTH ? jqp_fail(p) : condition(p);
		p->depth--;
		return jqp_node(p, JQ_IF, a, b, c);
	}
	if (!jqp_need_word(p, "else"))
		return NULL;
	c = jqp_expression(p, BIND_PIPE);
	return !p->failed && jqp_need_word(p, "end") ? jqp_node(p, JQ_IF, a, b, c) : NULL;
}

/* Definitions are not looked into: name and parameters are skipped. */
static struct jqtree *
definition(struct jqp *p)
{
	struct jqtree *body;

	for (p->w++; !jqp_is_op(p, ':'); p->w++)
		if (p->w->kind == JQLEX_END)
			return jqp_fail(p);
	p->w++;
	body = jqp_expression(p, BIND_PIPE);
	if (p->failed || !jqp_need_op(p, ';'))
		return NULL;
	return jqp_node(p, JQ_DEF, body, jqp_expression(p, BIND_PIPE), NULL);
}

static struct jqtree *
label(struct jqp *p)
{
	bool jump = jqp_is_word(p, "break");

	p->w++;
	if (!jqp_need_op(p, '$') || p->w->kind != JQLEX_WORD)
		return jqp_fail(p);
	p->w++;
	if (jump)
		return jqp_node(p, JQ_BREAK, NULL, NULL, NULL);
	return jqp_need_op(p, '|')
		   ? jqp_node(p, JQ_LABEL, jqp_expression(p, BIND_PIPE), NULL, NULL)
		   : NULL;
}

static struct jqtree *
attempt(struct jqp *p)
{
	struct jqtree *body, *handler = NULL;

	p->w++;
	body = jqp_expression(p, BIND_TIGHT + 1);
	if (!p->failed && jqp_take_word(p, "catch"))
		handler = jqp_expression(p, BIND_TIGHT + 1);
	return jqp_node(p, JQ_TRY, body, handler, NULL);
}

static struct jqtree *
binding(struct jqp *p, struct jqtree *of)
{
	struct jqtree *t = jqp_node(p, JQ_AS, of, NULL, NULL);

	p->w++;
	if (!t)
		return NULL;
	patterns(p, t);
	if (p->failed || !jqp_need_op(p, '|'))
		return NULL;
	t->b = jqp_expression(p, BIND_PIPE);
	t->deep = jqp_deeper(t->deep, t->b) + 1;
	return t->deep <= JQTREE_DEPTH && !p->failed ? t : jqp_fail(p);
}

static struct jqtree *
prefix(struct jqp *p)
{
	struct jqtree *t;

	if (jqp_take_op(p, '-'))
		return jqp_node(p, JQ_NEG, jqp_expression(p, BIND_MUL), NULL, NULL);
	if (jqp_is_word(p, "reduce"))
		return folding(p, JQ_REDUCE);
	if (jqp_is_word(p, "foreach"))
		return folding(p, JQ_FOREACH);
	if (jqp_is_word(p, "if"))
		return condition(p);
	if (jqp_is_word(p, "def"))
		return definition(p);
	if (jqp_is_word(p, "label") || jqp_is_word(p, "break"))
		return label(p);
	if (jqp_is_word(p, "try"))
		return attempt(p);
	t = jqterm(p);
	return !p->failed && jqp_is_word(p, "as") ? binding(p, t) : t;
}

/* --- operators --- */

struct infix {
	int op;
	enum jqp_level level;
	enum jq_op node;
};

static const struct infix infixes[] = {{'|', BIND_PIPE, JQ_PIPE},
    {',', BIND_COMMA, JQ_COMMA}, {JQLEX_ALT, BIND_ALT, JQ_ALT},
    {'=', BIND_ASSIGN, JQ_ASSIGN}, {JQLEX_ASSIGN, BIND_ASSIGN, JQ_ASSIGN},
    {JQLEX_EQ, BIND_CMP, JQ_CMP}, {JQLEX_NE, BIND_CMP, JQ_CMP}, {'<', BIND_CMP, JQ_CMP},
    {'>', BIND_CMP, JQ_CMP}, {JQLEX_LE, BIND_CMP, JQ_CMP}, {JQLEX_GE, BIND_CMP, JQ_CMP},
    {'+', BIND_ADD, JQ_MATH}, {'-', BIND_ADD, JQ_MATH}, {'*', BIND_MUL, JQ_MATH},
    {'/', BIND_MUL, JQ_MATH}, {'%', BIND_MUL, JQ_MATH}};

static bool
infix_here(const struct jqp *p, struct infix *x)
{
	for (size_t i = 0; i < sizeof(infixes) / sizeof(*infixes); i++)
		if (jqp_is_op(p, infixes[i].op)) {
			*x = infixes[i];
			return true;
		}
	*x = jqp_is_word(p, "and") ? (struct infix){0, BIND_AND, JQ_AND}
				   : (struct infix){0, BIND_OR, JQ_OR};
	return jqp_is_word(p, "and") || jqp_is_word(p, "or");
}

static struct jqtree *
operators(struct jqp *p, enum jqp_level least)
{
	struct jqtree *t = prefix(p), *right;
	enum jqp_level last = BIND_TIGHT;
	struct infix x;

	while (!p->failed && least <= BIND_TIGHT && jqp_take_op(p, '?'))
		t = jqp_node(p, JQ_TRY, t, NULL, NULL);
	while (!p->failed && infix_here(p, &x) && x.level >= least) {
		bool once = x.level == BIND_CMP || x.level == BIND_ASSIGN;

		if (once && last == x.level)
			return jqp_fail(p);
		last = x.level;
		p->w++;
		right = jqp_expression(p,
		    x.level == BIND_PIPE || x.level == BIND_ALT ? x.level : x.level + 1);
		t = jqp_node(p, x.node, t, right, NULL);
		if (t)
			t->n = x.op;
	}
	return p->failed ? NULL : t;
}

struct jqtree *
jqp_expression(struct jqp *p, enum jqp_level least)
{
	struct jqtree *t;

	if (p->failed || ++p->depth > JQTREE_DEPTH)
		return jqp_fail(p);
	t = operators(p, least);
	p->depth--;
	return t;
}

struct jqtree *
jqparse(struct arena *a, const struct jqlex *words, const struct jqlex **why)
{
	struct jqp p = {.a = a, .w = words};
	struct jqtree *t = jqp_expression(&p, BIND_PIPE);

	if (!p.failed && p.w->kind != JQLEX_END)
		t = jqp_fail(&p);
	*why = p.w;
	return t;
}
