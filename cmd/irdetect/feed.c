/* From patterns to rules. */
#include "feed.h"
#include "lower.h"
#include "mem.h"

struct feed {
	struct arena *a;
	struct stixmap map;
	struct stix **v;
	size_t n, cap;
};

struct feed *
feed_new(struct err *e)
{
	struct feed *f = mem_new(1, sizeof(*f));

	f->a = arena_new();
	if (stixmap_load(&f->map, f->a, e))
		return f;
	feed_free(f);
	return NULL;
}

void
feed_free(struct feed *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		stix_free(f->v[i]);
	mem_free(f->v);
	arena_free(f->a);
	mem_free(f);
}

const struct stixmap *
feed_map(const struct feed *f)
{
	return &f->map;
}

/* What one observation must be like, as the condition of a rule. */
static void
set_condition(struct feed *f, const struct sigma_ctx *ctx, const struct stix_comp *comp,
    struct rule *r)
{
	struct lower l = {ctx->a, ctx->atoms, atoms_views(ctx->atoms), &f->map};

	r->kind = SIGMA_RULE;
	r->cond = lower_comp(&l, comp);
	r->bucket = sources_bucket(ctx->sources, &r->ls);
	r->sel = arena_zero(ctx->a, sizeof(*r->sel));
	r->sel[0] = (struct selection){STR("pattern"), r->cond, true};
	r->n_sel = 1;
}

bool
feed_rule(struct feed *f, const struct sigma_ctx *ctx, const struct indicator *in,
    struct rule *r, struct rule *leaves[STIX_LEAVES], size_t *n, struct err *e)
{
	struct stix *p;

	*n = 0;
	if (!str_eq(in->type, STR("stix"))) {
		err_set(e, ERR_DATA, "patterns of type '" STR_FMT "' are not for events",
		    STR_ARG(in->type));
		return false;
	}
	if (!(p = stix_parse(in->pattern, false, e)))
		return false;
	f->v = mem_grow(f->v, &f->cap, f->n + 1, sizeof(struct stix *));
	f->v[f->n++] = p;
	r->stix = p;
	r->title = node_text(node_get(in->doc, STR("title")));
	r->level = node_text(node_get(in->doc, STR("level")));
	r->level = r->level.p ? r->level : STR("medium");
	r->from = in->from;
	r->until = in->until;
	if (p->root->what == STIX_SEEN) {
		set_condition(f, ctx, p->leaf[0], r);
		return true;
	}
	r->kind = SIGMA_PATTERN;
	for (; *n < p->n_leaves; ++*n) {
		struct rule *leaf = arena_alloc(ctx->a, sizeof(*leaf));

		*leaf = *r;
		leaf->silent = true;
		leaf->leaf = (uint32_t)*n;
		set_condition(f, ctx, p->leaf[*n], leaf);
		leaves[*n] = leaf;
	}
	return true;
}
