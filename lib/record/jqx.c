#include <assert.h>

#include "jqcan.h"
#include "jqe.h"
#include "jqkeys.h"
#include "jqparse.h"
#include "jqlib.h"
#include "jqx.h"
#include "mem.h"

struct jqx {
	struct arena *a;
	struct str program; /* with dotted keys opened up, NUL behind it */
	struct jqtree *tree;
	const struct jqfield *root;
	enum jqx_way way;
	struct jqlib *lib; /* NULL as long as it is not needed */
	struct buf text;   /* what libjq gets, or the record as it is now */
};

/* --- compiling --- */

/* Where libjq's complaint belongs: the undefined name, or where our parser stopped. */
static void
place(struct str expr, const struct jqlex *words, const struct jqlex *stop, struct err *e)
{
	struct str name = str_sub(str_of(e->msg), 0, str_chr(str_of(e->msg), '/'));
	const struct jqlex *w = words;

	if (e->kind != ERR_CONFIG)
		return;
	if (str_starts(name, STR("error: ")))
		name = str_from(name, 7);
	if (str_starts(name, STR("$")) ||
	    str_find(str_of(e->msg), STR("not defined")) != STR_NPOS) {
		size_t n = str_chr(name, ' ');

		name = str_sub(name, name.n && name.p[0] == '$', n);
		while (w->kind != JQLEX_END &&
		       !(w->kind == JQLEX_WORD && str_eq(w->text, name)))
			w++;
		stop = w->kind == JQLEX_END ? NULL : w;
	}
	if (stop) {
		struct err why = *e;

		err_set(e, ERR_CONFIG, "%.300s at column %zu", why.msg,
		    jqlex_column(expr, stop->src.p));
	}
}

static bool
compile(struct jqx *x, struct str expr, struct paths *paths, struct err *e)
{
	const struct jqlex *words = jqlex_words(x->a, expr, e), *opened, *stop;

	if (!words || !jqlex_allowed(expr, words, e))
		return false;
	x->program = arena_copy(x->a, jqkeys_opened(x->a, expr, words));
	opened = jqlex_words(x->a, x->program, e);
	if (!opened)
		return false;
	x->tree = jqparse(x->a, opened, &stop);
	if (x->tree) {
		x->root = jqplan_fields(x->a, x->tree, paths);
		x->way = jqcan_tree(x->a, x->tree) ? JQX_NATIVE
			 : x->root->whole          ? JQX_WHOLE
						   : JQX_PROJECTED;
		stop = NULL;
	} else {
		x->way = JQX_WHOLE;
		(void)jqparse(x->a, words, &stop);
	}
	if (x->way == JQX_NATIVE)
		return true;
	x->lib = jqlib_new(x->program.p, e);
	if (!x->lib)
		place(expr, words, stop, e);
	return x->lib;
}

struct jqx *
jqx_new(const char *expr, struct paths *paths, struct err *e)
{
	struct jqx *x = mem_new(1, sizeof(*x));

	x->a = arena_new();
	x->text = buf_make(SIZE_MAX);
	if (compile(x, arena_copy(x->a, str_of(expr)), paths, e))
		return x;
	jqx_free(x);
	return NULL;
}

void
jqx_free(struct jqx *x)
{
	if (!x)
		return;
	jqlib_free(x->lib);
	buf_free(&x->text);
	arena_free(x->a);
	mem_free(x);
}

enum jqx_way
jqx_way(const struct jqx *x)
{
	return x->way;
}

void
jqx_force(struct jqx *x, enum jqx_way way)
{
	struct err e;

	if (way == JQX_PROJECTED && (!x->root || x->root->whole))
		way = JQX_WHOLE;
	if (way > x->way)
		x->way = way;
	if (x->way != JQX_NATIVE && !x->lib)
		x->lib = jqlib_new(x->program.p, &e);
	assert(x->way == JQX_NATIVE || x->lib);
}

/* --- running --- */

/* What is to be done with the outputs. */
struct take {
	struct jqx *x;
	struct jqrun *run;
	bool (*each)(
	    void *ctx, struct str json); /* NULL: only whether the first is true */
	void *ctx;
	size_t n;
	bool yes;
};

static struct str
own_bytes(struct take *t)
{
	if (rec_untouched(t->run->rec))
		return rec_line(t->run->rec);
	buf_reset(&t->x->text);
	rec_write(t->run->rec, &t->x->text);
	return buf_str(&t->x->text);
}

/* Count an output; false if there are too many, which nothing may catch. */
static bool
counted(struct take *t)
{
	if (++t->n <= JQX_OUTPUTS)
		return true;
	t->run->over = true;
	err_set(
	    t->run->e, ERR_DATA, "the expression has more than %d outputs", JQX_OUTPUTS);
	return false;
}

static enum jqe_go
take_native(void *ctx, const struct jqval *v)
{
	struct take *t = ctx;
	struct jqval copy = *v;
	struct str json;

	if (!t->each) {
		t->yes = jqval_true(v);
		return JQE_STOP;
	}
	if (!counted(t))
		return JQE_FAIL;
	json = v->at == t->x->root ? own_bytes(t) : jqval_output(t->run, &copy);
	return t->run->over ? JQE_FAIL : t->each(t->ctx, json) ? JQE_ON : JQE_STOP;
}

static bool
take_libjq(void *ctx, const struct jqlib_out *out)
{
	struct take *t = ctx;

	if (!t->each) {
		t->yes = out->yes;
		return false;
	}
	return counted(t) && t->each(t->ctx, out->same ? own_bytes(t) : out->json);
}

/* A field and what the expression can see below it, with its name before it. */
static void
project(struct jqrun *r, const struct jqfield *f, struct buf *out)
{
	enum json_type type = f->slot < 0 ? JSON_MAP : rec_type(r->rec, f->slot);
	struct jqval v;

	if (type == JSON_NONE)
		return;
	if (f->slot >= 0) {
		if (out->p[out->n - 1] != '{')
			buf_ch(out, ',');
		buf_json(out, f->part);
		buf_ch(out, ':');
	}
	if (type == JSON_MAP && !f->whole) {
		buf_ch(out, '{');
		for (const struct jqfield *kid = f->kids; kid; kid = kid->next)
			project(r, kid, out);
		buf_ch(out, '}');
		return;
	}
	v = jqval_field(r, f);
	buf_add(out, jqval_json(r, &v));
}

static bool
run_libjq(struct take *t)
{
	struct jqrun *r = t->run;
	struct jqval all = {.kind = JQ_OBJECT, .at = t->x->root};
	struct jqfield record = {.slot = -1};
	struct str json;

	buf_reset(&t->x->text);
	if (t->x->way == JQX_PROJECTED) {
		project(r, t->x->root, &t->x->text);
		json = buf_str(&t->x->text);
	} else {
		all.at = &record;
		json = jqval_json(r, &all);
	}
	json = jqval_mended(r->a, json);
	return !r->over && jqlib_run(t->x->lib, json, t->each, take_libjq, t, r->e) &&
	       !r->over;
}

static bool
run(struct take *t)
{
	struct jqval all = {.kind = JQ_OBJECT, .at = t->x->root};

	if (t->x->way != JQX_NATIVE)
		return run_libjq(t);
	return jqe_run(t->run, t->x->tree, &all, take_native, t) != JQE_FAIL &&
	       !t->run->over;
}

bool
jqx_true(struct jqx *x, struct rec *rec, bool *yes, struct err *e)
{
	struct jqrun r = {.rec = rec, .a = rec_arena(rec), .e = e, .steps = JQ_STEPS};
	struct take t = {.x = x, .run = &r};
	bool ok = run(&t);

	*yes = ok && t.yes;
	return ok;
}

bool
jqx_each(struct jqx *x, struct rec *rec, bool (*each)(void *ctx, struct str json),
    void *ctx, struct err *e)
{
	struct jqrun r = {.rec = rec, .a = rec_arena(rec), .e = e, .steps = JQ_STEPS};
	struct take t = {.x = x, .run = &r, .each = each, .ctx = ctx};

	return run(&t);
}
