#include "jqp.h"

struct jqtree *
jqp_fail(struct jqp *p)
{
	p->failed = true;
	return NULL;
}

size_t
jqp_deeper(size_t n, const struct jqtree *t)
{
	return t && t->deep > n ? t->deep : n;
}

struct jqtree *
jqp_node(
    struct jqp *p, enum jq_op op, struct jqtree *a, struct jqtree *b, struct jqtree *c)
{
	struct jqtree *t = arena_zero(p->a, sizeof(*t));

	t->op = op;
	t->a = a;
	t->b = b;
	t->c = c;
	t->deep = jqp_deeper(jqp_deeper(jqp_deeper(0, a), b), c) + 1;
	return t->deep > JQTREE_DEPTH ? jqp_fail(p) : p->failed ? NULL : t;
}

bool
jqp_is_op(const struct jqp *p, int op)
{
	return p->w->kind == JQLEX_OP && p->w->op == op;
}

bool
jqp_is_word(const struct jqp *p, const char *word)
{
	return p->w->kind == JQLEX_WORD && str_eq(p->w->text, str_of(word));
}

bool
jqp_take_op(struct jqp *p, int op)
{
	if (!jqp_is_op(p, op))
		return false;
	p->w++;
	return true;
}

bool
jqp_take_word(struct jqp *p, const char *word)
{
	if (!jqp_is_word(p, word))
		return false;
	p->w++;
	return true;
}

bool
jqp_need_op(struct jqp *p, int op)
{
	return jqp_take_op(p, op) || jqp_fail(p);
}

bool
jqp_need_word(struct jqp *p, const char *word)
{
	return jqp_take_word(p, word) || jqp_fail(p);
}

void
jqp_add(struct jqp *p, struct jqtree *t, struct jqtree *arg)
{
	struct jqtree **to = &t->args;

	if (!arg || p->failed)
		return;
	while (*to)
		to = &(*to)->next;
	*to = arg;
	t->n++;
	t->deep = jqp_deeper(t->deep, arg) + 1;
	if (t->deep > JQTREE_DEPTH)
		jqp_fail(p);
}

struct jqtree *
jqp_named(struct jqp *p, enum jq_op op, struct str name)
{
	struct jqtree *t = jqp_node(p, op, NULL, NULL, NULL);

	if (t)
		t->text = name;
	return t;
}
