#include <stdlib.h>

#include "jqcall.h"
#include "jqe.h"
#include "json.h"

static const struct jqtree here = {.op = JQ_DOT, .one = true};

/* --- steps --- */

static bool
fail(struct jqrun *r, const struct jqval *v, const char *what)
{
	struct str type = jqval_type(v);

	if (!r->over)
		err_set(r->e, ERR_DATA, "cannot %s " STR_FMT, what, STR_ARG(type));
	return false;
}

static bool
step_field(struct jqrun *r, const struct jqval *of, struct str name, struct jqval *out)
{
	struct jqval v = *of;
	const struct jqfield *kid;

	if (of->kind == JQ_NULL) {
		*out = (struct jqval){0};
		return true;
	}
	if (of->kind != JQ_OBJECT)
		return fail(r, of, "look for a field in a value of type");
	kid = of->at ? jqplan_kid(of->at, name) : NULL;
	*out = kid ? jqval_field(r, kid)
		   : jqval_of(r->a, json_get(r->a, jqval_json(r, &v), name));
	return !r->over;
}

static bool
step_index(struct jqrun *r, const struct jqval *of, double i, struct jqval *out)
{
	struct jqval v = *of;
	struct str raw, value = STR_NONE;
	size_t at = 0;

	*out = (struct jqval){0};
	if (of->kind == JQ_NULL)
		return true;
	if (of->kind != JQ_ARRAY)
		return fail(r, of, "take an element of a value of type");
	raw = jqval_json(r, &v);
	if (i < 0)
		i += (double)jqval_length(r, &v);
	for (; i >= 0 && json_next(raw, &at, NULL, &value); i--)
		if (i == 0)
			*out = jqval_of(r->a, value);
	return jqval_work(r, at >> 4);
}

/* --- exactly one output --- */

static bool one(
    struct jqrun *, const struct jqtree *, const struct jqval *in, struct jqval *out);

static bool
compare(struct jqrun *r, int op, struct jqval *a, struct jqval *b, struct jqval *out)
{
	bool yes = false;

	/* all of jq's comparisons are made of == and < */
	switch (op) {
	case JQLEX_EQ:
		yes = jqorder_same(r, a, b);
		break;
	case JQLEX_NE:
		yes = !jqorder_same(r, a, b);
		break;
	case '<':
		yes = jqorder_cmp(r, a, b) < 0;
		break;
	case '>':
		yes = jqorder_cmp(r, b, a) < 0;
		break;
	case JQLEX_LE:
		yes = !(jqorder_cmp(r, b, a) < 0);
		break;
	case JQLEX_GE:
		yes = !(jqorder_cmp(r, a, b) < 0);
		break;
	}
	*out = jqval_bool(yes);
	return !r->over;
}

static bool
negate(struct jqrun *r, const struct jqval *v, struct jqval *out)
{
	if (v->kind != JQ_NUMBER)
		return fail(r, v, "negate a value of type");
	*out = jqval_num(-v->num);
	return true;
}

/* Outputs gathered as a list. */
struct gather {
	struct jqrun *r;
	struct buf out;
};

static enum jqe_go
gather(void *ctx, const struct jqval *v)
{
	struct gather *g = ctx;
	struct jqval copy = *v;
	struct str json = jqval_json(g->r, &copy);

	if (!jqval_work(g->r, 1 + (json.n >> 4)))
		return JQE_FAIL;
	buf_ch(&g->out, g->out.n ? ',' : '[');
	buf_add(&g->out, json);
	return JQE_ON;
}

static bool
list(struct jqrun *r, const struct jqtree *t, const struct jqval *in, struct jqval *out)
{
	struct gather g = {r, buf_make(SIZE_MAX)};
	enum jqe_go go = t ? jqe_run(r, t, in, gather, &g) : JQE_ON;

	buf_add(&g.out, g.out.n ? STR("]") : STR("[]"));
	*out = (struct jqval){.kind = JQ_ARRAY, .raw = arena_copy(r->a, buf_str(&g.out))};
	buf_free(&g.out);
	return go == JQE_ON && !r->over;
}

/* any, all and IN go through the outputs of a loop. */
struct loop {
	struct jqrun *r;
	enum jqcall call;
	const struct jqtree *inner; /* the condition, or what IN compares with */
	struct jqval *in;
	bool state;
};

static enum jqe_go
loop_any(void *ctx, const struct jqval *v)
{
	struct loop *l = ctx;
	bool stop = l->call == JQCALL_ANY;
	struct jqval got;

	/* jq takes one more output of the loop before it leaves */
	if (l->state == stop)
		return JQE_STOP;
	if (!jqval_work(l->r, 1) || !one(l->r, l->inner, v, &got))
		return JQE_FAIL;
	if (jqval_true(&got) == stop)
		l->state = stop;
	return JQE_ON;
}

static enum jqe_go
loop_same(void *ctx, const struct jqval *v)
{
	struct loop *l = ctx;
	struct jqval copy = *v;

	l->state = jqorder_same(l->r, l->in, &copy);
	return l->r->over ? JQE_FAIL : l->state ? JQE_STOP : JQE_ON;
}

static enum jqe_go
loop_in(void *ctx, const struct jqval *v)
{
	struct loop *l = ctx;
	struct jqval copy = *v;
	struct loop same = {l->r, l->call, NULL, &copy, false};
	enum jqe_go go = jqe_run(l->r, l->inner, v, loop_same, &same);

	l->state |= same.state;
	return go == JQE_FAIL ? JQE_FAIL : JQE_ON;
}

static bool each(
    struct jqrun *, const struct jqval *, jqe_emit *, void *ctx, enum jqe_go *);

static bool
looping(
    struct jqrun *r, const struct jqtree *t, const struct jqval *in, struct jqval *out)
{
	const struct jqtree *x = t->args, *y = x ? x->next : NULL;
	struct jqval copy = *in;
	struct loop l = {.r = r, .call = (enum jqcall)t->call, .in = &copy};
	enum jqe_go go = JQE_ON;

	if (l.call == JQCALL_IN && y) {
		l.inner = y;
		go = jqe_run(r, x, in, loop_in, &l);
	} else if (l.call == JQCALL_IN) {
		go = jqe_run(r, x, in, loop_same, &l);
	} else {
		l.state = l.call == JQCALL_ALL;
		l.inner = y ? y : x ? x : &here;
		if (y)
			go = jqe_run(r, x, in, loop_any, &l);
		else if (!each(r, in, loop_any, &l, &go))
			return false;
	}
	*out = jqval_bool(l.state);
	return go != JQE_FAIL && !r->over;
}

static bool
call_one(
    struct jqrun *r, const struct jqtree *t, const struct jqval *in, struct jqval *out)
{
	enum jqcall call = (enum jqcall)t->call;
	struct jqtree body = {.op = JQ_EACH};
	struct jqval value;

	if (call < JQCALL_HAS)
		return jqcall_of_input(r, call, in, out);
	if (call < JQCALL_MAP)
		return one(r, t->args, in, &value) &&
		       jqcall_of_value(r, call, in, &value, out);
	if (call == JQCALL_MAP) {
		struct jqtree dot = here,
			      pipe = {.op = JQ_PIPE, .a = &body, .b = t->args};

		body.a = &dot;
		return list(r, &pipe, in, out);
	}
	return looping(r, t, in, out);
}

static bool
one(struct jqrun *r, const struct jqtree *t, const struct jqval *in, struct jqval *out)
{
	struct jqval a, b;

	switch (t->op) {
	case JQ_DOT:
		*out = *in;
		return true;
	case JQ_CONST:
		*out = *t->value;
		return true;
	case JQ_FIELD:
		return one(r, t->a, in, &a) && step_field(r, &a, t->text, out);
	case JQ_INDEX:
		return one(r, t->a, in, &a) && step_index(r, &a, t->b->value->num, out);
	case JQ_PIPE:
		return one(r, t->a, in, &a) && one(r, t->b, &a, out);
	case JQ_CMP:
		return one(r, t->b, in, &b) && one(r, t->a, in, &a) &&
		       compare(r, t->n, &a, &b, out);
	case JQ_ALT:
		return one(r, t->a, in, out) &&
		       (jqval_true(out) || one(r, t->b, in, out));
	case JQ_AND:
	case JQ_OR:
		if (!one(r, t->a, in, &a))
			return false;
		if (jqval_true(&a) == (t->op == JQ_AND)) {
			if (!one(r, t->b, in, &a))
				return false;
		}
		*out = jqval_bool(jqval_true(&a));
		return true;
	case JQ_IF:
		return one(r, t->a, in, &a) &&
		       one(r, jqval_true(&a) ? t->b : t->c, in, out);
	case JQ_NEG:
		return one(r, t->a, in, &a) && negate(r, &a, out);
	case JQ_LIST:
		return list(r, t->a, in, out);
	default: /* jqcan_tree() lets only functions come here */
		return call_one(r, t, in, out);
	}
}

/* --- any number of outputs --- */

/* What is to be done with an output of a part of the expression. */
struct then {
	struct jqrun *r;
	const struct jqtree *t;
	const struct jqval *in, *right;
	jqe_emit *emit;
	void *ctx;
	bool found;
};

static enum jqe_go
then_run(void *ctx, const struct jqval *v)
{
	struct then *n = ctx;

	return jqe_run(n->r, n->t->b, v, n->emit, n->ctx);
}

static enum jqe_go
then_true(void *ctx, const struct jqval *v)
{
	struct then *n = ctx;

	if (!jqval_true(v))
		return JQE_ON;
	n->found = true;
	return n->emit(n->ctx, v);
}

static enum jqe_go
then_bool(void *ctx, const struct jqval *v)
{
	struct then *n = ctx;
	struct jqval yes = jqval_bool(jqval_true(v));

	return n->emit(n->ctx, &yes);
}

static enum jqe_go
then_logic(void *ctx, const struct jqval *v)
{
	struct then *n = ctx;

	if (jqval_true(v) == (n->t->op == JQ_AND))
		return jqe_run(n->r, n->t->b, n->in, then_bool, n);
	return then_bool(n, v);
}

static enum jqe_go
then_compare(void *ctx, const struct jqval *v)
{
	struct then *n = ctx;
	struct jqval a = *v, b = *n->right, got;

	return compare(n->r, n->t->n, &a, &b, &got) ? n->emit(n->ctx, &got) : JQE_FAIL;
}

static enum jqe_go
then_left(void *ctx, const struct jqval *v)
{
	struct then *n = ctx, left = *n;

	left.right = v;
	return jqe_run(n->r, n->t->a, n->in, then_compare, &left);
}

static enum jqe_go
then_if(void *ctx, const struct jqval *v)
{
	struct then *n = ctx;

	return jqe_run(n->r, jqval_true(v) ? n->t->b : n->t->c, n->in, n->emit, n->ctx);
}

static enum jqe_go
then_select(void *ctx, const struct jqval *v)
{
	struct then *n = ctx;

	return jqval_true(v) ? n->emit(n->ctx, n->in) : JQE_ON;
}

static enum jqe_go
then_negate(void *ctx, const struct jqval *v)
{
	struct then *n = ctx;
	struct jqval got;

	return negate(n->r, v, &got) ? n->emit(n->ctx, &got) : JQE_FAIL;
}

/* False if it cannot be gone through, else `*go` is how that ended. */
static bool
each(struct jqrun *r, const struct jqval *of, jqe_emit *emit, void *ctx, enum jqe_go *go)
{
	struct jqval v = *of;
	struct str raw, value;
	size_t at = 0;

	if (of->kind < JQ_ARRAY)
		return fail(r, of, "go through a value of type");
	raw = jqval_json(r, &v);
	*go = r->over ? JQE_FAIL : JQE_ON;
	while (*go == JQE_ON && json_next(raw, &at, NULL, &value)) {
		struct jqval got = jqval_of(r->a, value);

		*go = jqval_work(r, 1) ? emit(ctx, &got) : JQE_FAIL;
	}
	return true;
}

static enum jqe_go
then_step(void *ctx, const struct jqval *v)
{
	struct then *n = ctx;
	enum jqe_go go = JQE_ON;
	struct jqval got;
	bool ok;

	if (n->t->op == JQ_EACH)
		ok = each(n->r, v, n->emit, n->ctx, &go);
	else if (n->t->op == JQ_FIELD)
		ok = step_field(n->r, v, n->t->text, &got);
	else
		ok = step_index(n->r, v, n->t->b->value->num, &got);
	if (!ok)
		return n->t->opt && !n->r->over ? JQE_ON : JQE_FAIL;
	return n->t->op == JQ_EACH ? go : n->emit(n->ctx, &got);
}

static enum jqe_go
call_many(struct then *n)
{
	enum jqcall call = (enum jqcall)n->t->call;

	if (call == JQCALL_SELECT)
		return jqe_run(n->r, n->t->args, n->in, then_select, n);
	if (call == JQCALL_KIND && jqcall_kind(n->t->text, n->in))
		return n->emit(n->ctx, n->in);
	return JQE_ON;
}

static enum jqe_go
many(struct then *n)
{
	const struct jqtree *t = n->t;
	enum jqe_go go;

	switch (t->op) {
	case JQ_PIPE:
		return jqe_run(n->r, t->a, n->in, then_run, n);
	case JQ_COMMA:
		go = jqe_run(n->r, t->a, n->in, n->emit, n->ctx);
		return go == JQE_ON ? jqe_run(n->r, t->b, n->in, n->emit, n->ctx) : go;
	case JQ_ALT:
		go = jqe_run(n->r, t->a, n->in, then_true, n);
		return go == JQE_ON && !n->found
			   ? jqe_run(n->r, t->b, n->in, n->emit, n->ctx)
			   : go;
	case JQ_AND:
	case JQ_OR:
		return jqe_run(n->r, t->a, n->in, then_logic, n);
	case JQ_CMP:
		return jqe_run(n->r, t->b, n->in, then_left, n);
	case JQ_IF:
		return jqe_run(n->r, t->a, n->in, then_if, n);
	case JQ_NEG:
		return jqe_run(n->r, t->a, n->in, then_negate, n);
	case JQ_TRY:
		go = jqe_run(n->r, t->a, n->in, n->emit, n->ctx);
		return go == JQE_FAIL && !n->r->over ? JQE_ON : go;
	case JQ_CALL:
		return call_many(n);
	default: /* .a? .[0]? .[] */
		return jqe_run(n->r, t->a, n->in, then_step, n);
	}
}

enum jqe_go
jqe_run(struct jqrun *r, const struct jqtree *t, const struct jqval *in, jqe_emit *emit,
    void *ctx)
{
	struct then n = {r, t, in, NULL, emit, ctx, false};
	struct jqval out;

	if (!jqval_work(r, 1))
		return JQE_FAIL;
	if (!t->one)
		return many(&n);
	return one(r, t, in, &out) ? emit(ctx, &out) : JQE_FAIL;
}
