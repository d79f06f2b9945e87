#include <stdlib.h>

#include "boost.h"
#include "challenge.h"
#include "mem.h"

#define TOLD 20 /* tokens */

/* Rows that have a verdict, a token a feature. */
static struct solver_row *
take(const struct rows *rows, size_t from, size_t to, bool weigh, size_t *n)
{
	size_t all = 0;
	struct solver_row *v;

	for (size_t i = from; i < to; i++)
		all += weigh ? rows_at(rows, i)->weight : 1;
	v = mem_new(all + 1, sizeof(*v));
	*n = 0;
	for (size_t i = from; i < to; i++) {
		const struct row *r = rows_at(rows, i);
		struct solver_row s = {r->t, r->n, r->y == VERDICT_TRUE};

		if (r->y == VERDICT_NONE)
			continue;
		for (unsigned k = weigh ? r->weight : 1; k > 0; k--)
			v[(*n)++] = s;
	}
	return v;
}

static void
write_fitness(const char *name, const struct fitness *f, struct buf *b)
{
	buf_fmt(b,
	    "\"%s\":{\"ap\":%.4f,\"auroc\":%.4f,\"ece\":%.4f,\"ece_from_0.02\":%.4f,"
	    "\"log_loss\":%.4f}",
	    name, f->ap, f->auroc, f->ece, f->ece_high, f->log_loss);
}

struct named {
	struct str token;
	double shap;
};

static int
by_shap(const void *x, const void *y)
{
	const struct named *a = x, *b = y;

	if (a->shap != b->shap)
		return a->shap < b->shap ? 1 : -1;
	return str_cmp(a->token, b->token);
}

static void
write_tokens(const struct rows *rows, const double *shap, struct buf *b)
{
	size_t n = rows_tokens(rows);
	struct named *v = mem_new(n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = (struct named){rows_token(rows, (uint32_t)i), shap[i]};
	qsort(v, n, sizeof(*v), by_shap);
	buf_add(b, STR(",\"shap\":["));
	for (size_t i = 0; i < n && i < TOLD && v[i].shap > 0; i++) {
		buf_add(b, i ? STR(",{\"token\":") : STR("{\"token\":"));
		buf_json(b, v[i].token);
		buf_fmt(b, ",\"mean\":%.4f}", v[i].shap);
	}
	buf_ch(b, ']');
	mem_free(v);
}

/* The linear model of the same rows. */
static bool
linear(const struct rows *rows, size_t cut, const struct fit *f, struct fitness *out,
    struct err *e)
{
	struct buf b = buf_make((size_t)256 * 1024 * 1024);
	struct model *m = NULL;

	if (fit_rows(rows, 0, cut, f, &b, e))
		m = model_parse(buf_str(&b), "linear", e);
	if (m)
		*out = fit_measure(m, rows, cut, rows_count(rows));
	model_free(m);
	buf_free(&b);
	return m != NULL;
}

bool
challenge(const struct rows *rows, size_t cut, const struct fit *f, struct buf *out,
    struct err *e)
{
	size_t n, n_asked, tokens = rows_tokens(rows);
	struct solver_row *v = take(rows, 0, cut, true, &n),
			  *asked = take(rows, cut, rows_count(rows), false, &n_asked);
	double *p = mem_new(n_asked + 1, sizeof(*p)),
	       *shap = mem_new(tokens + 1, sizeof(*shap));
	struct scored *s = mem_new(n_asked + 1, sizeof(*s));
	struct fitness ours, theirs;
	bool ok = linear(rows, cut, f, &ours, e) &&
		  boost_try(v, n, asked, n_asked, tokens, p, shap, e);

	for (size_t i = 0; ok && i < n_asked; i++)
		s[i] = (struct scored){p[i], asked[i].positive};
	if (ok) {
		theirs = measure(s, n_asked);
		buf_fmt(
		    out, "{\"bursts\":%zu,\"positive\":%zu,", theirs.n, theirs.positive);
		write_fitness("linear", &ours, out);
		buf_ch(out, ',');
		write_fitness("trees", &theirs, out);
		write_tokens(rows, shap, out);
		buf_ch(out, '}');
	}
	mem_free(s);
	mem_free(shap);
	mem_free(p);
	mem_free(asked);
	mem_free(v);
	return ok;
}
