#include <math.h>
#include <stdlib.h>

#include "card.h"
#include "common.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "settings.h"
#include "when.h"

#define SHOWN 15 /* tokens on a card, for and against */
#define WHY   5

static int
by_weight(const void *a, const void *b)
{
	const struct weight *x = a, *y = b;

	return x->w != y->w ? (x->w < y->w) - (x->w > y->w) : str_cmp(x->token, y->token);
}

static struct weight *
sorted(const struct model *m, size_t *n)
{
	const struct weight *w = model_weights(m, n);
	struct weight *copy = mem_new(*n + 1, sizeof(*copy));

	memcpy(copy, w, *n * sizeof(*copy));
	qsort(copy, *n, sizeof(*copy), by_weight);
	return copy;
}

static void
row(struct buf *b, double w, struct str token)
{
	buf_fmt(b, "  %+.3f  ", w);
	buf_json(b, token);
	buf_ch(b, '\n');
}

struct date {
	char text[WHEN_MAX];
};

static struct date
date(uint64_t day)
{
	struct date d = {{0}};

	when_text(d.text, (int64_t)(day % 100000) * 86400 * WHEN_S);
	return d;
}

static void
card(const struct model *m, const char *path, struct buf *b)
{
	const struct model_head *h = model_head(m);
	size_t n;
	struct weight *w = sorted(m, &n);

	buf_fmt(b, "model     %s (%s)\n", model_id(m), path);
	buf_add(b, STR("what      L2-regularised logistic regression: how likely an "
		       "alert is a true "
		       "positive\n"));
	buf_fmt(b, "made of   %llu rows, %llu of them true positives; hash %.16s\n",
	    (unsigned long long)h->rows, (unsigned long long)h->positive, h->made_of);
	if (h->first_day)
		buf_fmt(b, "dates     %.10s to %.10s\n", date(h->first_day).text,
		    date(h->last_day).text);
	if (h->tested)
		buf_fmt(b,
		    "tested    on %llu rows kept back in turn: AP %.3f, calibration "
		    "error %.4f\n",
		    (unsigned long long)h->tested, h->ap, h->ece);
	buf_fmt(b, "p         1 / (1 + exp(-(%.4f * sum %+.4f)))\n", h->scale, h->shift);
	buf_add(b, STR("note      "));
	buf_json(b, h->note.p ? h->note : STR(""));
	buf_fmt(b, "\ntokens    %zu, bias %+.3f, cost %g\n", n, h->bias, h->cost);
	buf_add(b, STR("\nspeak most for a true positive\n"));
	for (size_t i = 0; i < n && i < SHOWN && w[i].w > 0; i++)
		row(b, w[i].w, w[i].token);
	buf_add(b, STR("\nspeak most against\n"));
	for (size_t i = n; i > 0 && i + SHOWN > n && w[i - 1].w < 0; i--)
		row(b, w[i - 1].w, w[i - 1].token);
	mem_free(w);
}

/* All tokens of either that weigh otherwise by a tenth or more, the largest first. */
static void
diff(const struct model *old, const struct model *new, struct buf *b)
{
	size_t n, more, k = 0;
	const struct weight *v = model_weights(old, &n), *u = model_weights(new, &more);
	struct weight *w = mem_new(n + more + 1, sizeof(*w));

	for (size_t i = 0; i < n; i++)
		w[k++] = (struct weight){
		    v[i].token, model_weight(new, v[i].token) - v[i].w};
	for (size_t i = 0; i < more; i++)
		if (model_weight(old, u[i].token) == 0)
			w[k++] = (struct weight){u[i].token, u[i].w};
	qsort(w, k, sizeof(*w), by_weight);
	buf_fmt(b, "%s -> %s, bias %+.3f -> %+.3f\n", model_id(old), model_id(new),
	    model_head(old)->bias, model_head(new)->bias);
	for (size_t i = 0; i < k; i++)
		if (fabs(w[i].w) >= 0.1)
			row(b, w[i].w, w[i].token);
	mem_free(w);
}

static int
print(const struct irscore_set *set)
{
	struct arena *a = arena_new();
	const char *path = settings_model(set, a);
	struct buf b = buf_make((size_t)64 * 1024 * 1024);
	struct model *m = NULL, *other = NULL;
	struct err e = {0};
	bool ok;

	if (!path)
		err_set(&e, ERR_CONFIG, "--card and --diff need a model (--model)");
	ok = path && (m = model_load(path, &e)) &&
	     (!set->diff || (other = model_load(set->diff, &e)));
	if (ok && set->diff)
		diff(m, other, &b);
	else if (ok)
		card(m, path, &b);
	ok = ok && out_write(1, buf_str(&b), &e);
	if (!ok)
		log_err(&e);
	model_free(m);
	model_free(other);
	buf_free(&b);
	arena_free(a);
	return ok ? 0 : (int)e.kind;
}

int
card_main(const struct opt *own, int argc, char **argv)
{
	struct irscore_set set = {0};
	struct common common = common_defaults;
	struct opt_set sets[] = {{own, &set}, {common_options(true), &common}};
	struct opt_list operands = {0};
	struct err e;
	int status = -1;

	if (opt_parse(sets, 2, argc, argv, &operands, &e) && !common.help &&
	    !common.short_help && !common.options && !common.completion &&
	    (set.card || set.diff)) {
		log_start("irscore");
		status = print(&set);
		log_end();
	}
	opt_free(sets, 2);
	mem_free(operands.v);
	return status;
}

void
card_why(
    const struct model *m, const struct moment *o, struct filter_run *run, struct rec *r)
{
	struct weight w[MOMENT_TOKENS];
	size_t n = 0;

	if (!filter_explain(run))
		return;
	for (size_t i = 0; i < o->tokens; i++)
		w[n++] = (struct weight){
		    o->token[i], model_head(m)->scale * model_weight(m, o->token[i])};
	qsort(w, n, sizeof(*w), by_weight);
	for (size_t i = 0; i < n; i++)
		if ((i < WHY && w[i].w > 0) || (i + WHY >= n && w[i].w < 0))
			filter_why(run, r,
			    arena_fmt(
				filter_arena(run), "the model weighs it %+.3f", w[i].w),
			    STR("ir.score.p"), w[i].token);
}
