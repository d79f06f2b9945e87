#include <math.h>
#include <stdlib.h>

#include "calibrate.h"
#include "fit.h"
#include "mem.h"
#include "sha256.h"
#include "solver.h"

#define FOLDS 3
#define FEW   20 /* true positives that a calibration needs */

static bool
judged(const struct rows *rows, size_t i)
{
	return rows_at(rows, i)->y != VERDICT_NONE;
}

/* --- training --- */

struct job {
	const struct rows *rows;
	size_t from, to;
	size_t skip, skip_to; /* rows between that are kept back */
	struct weight *known; /* tokens of the model, in byte order */
	size_t n_known;
	uint32_t *number; /* token number to place in `known` + 1, or 0 */
	struct solver_row *v;
	size_t n, positive;
	uint32_t *pool;
};

static bool
taken(const struct job *j, size_t i)
{
	return judged(j->rows, i) && (i < j->skip || i >= j->skip_to);
}

static int
by_token(const void *a, const void *b)
{
	return str_cmp(
	    ((const struct weight *)a)->token, ((const struct weight *)b)->token);
}

/* Tokens in byte order, so that the weights do not depend on which row came first. */
static void
choose_tokens(struct job *j, size_t least)
{
	size_t all = rows_tokens(j->rows);
	size_t *in = mem_new(all + 1, sizeof(*in));
	uint32_t *place = mem_new(all + 1, sizeof(*place));

	for (size_t i = j->from; i < j->to; i++) {
		const struct row *r = rows_at(j->rows, i);

		for (size_t k = 0; taken(j, i) && k < r->n; k++)
			in[r->t[k]]++;
	}
	j->known = mem_new(all + 1, sizeof(*j->known));
	j->number = place;
	for (size_t t = 0; t < all; t++)
		if (in[t] >= least)
			j->known[j->n_known++].token = rows_token(j->rows, (uint32_t)t);
	qsort(j->known, j->n_known, sizeof(*j->known), by_token);
	for (size_t t = 0; t < all; t++) {
		struct weight key = {rows_token(j->rows, (uint32_t)t), 0};
		const struct weight *w = in[t] < least
					     ? NULL
					     : bsearch(&key, j->known, j->n_known,
						   sizeof(key), by_token);

		place[t] = w ? (uint32_t)(w - j->known) + 1 : 0;
	}
	mem_free(in);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* A row that weighs n stands there n times. */
static void
gather(struct job *j)
{
	size_t nodes = 0, copies = 0, at = 0;

	for (size_t i = j->from; i < j->to; i++) {
		nodes += rows_at(j->rows, i)->n;
		copies += taken(j, i) ? rows_at(j->rows, i)->weight : 0;
	}
	j->pool = mem_new(nodes + 1, sizeof(*j->pool));
	j->v = mem_new(copies + 1, sizeof(*j->v));
	for (size_t i = j->from; i < j->to; i++) {
		const struct row *r = rows_at(j->rows, i);
		struct solver_row s = {j->pool + at, 0, r->y == VERDICT_TRUE};

		if (!taken(j, i))
			continue;
		for (size_t k = 0; k < r->n; k++)
			if (j->number[r->t[k]])
				j->pool[at + s.n++] = j->number[r->t[k]] - 1;
		qsort(j->pool + at, s.n, sizeof(*j->pool), by_number);
		at += s.n;
		for (unsigned k = 0; k < r->weight; k++)
			j->v[j->n++] = s;
		j->positive += s.positive ? r->weight : 0;
	}
}

/* What the model was made of: its rows, one after the other. */
static void
hash_rows(const struct job *j, char hex[65])
{
	struct buf b = buf_make(1024 * 1024);
	uint8_t hash[SHA256_SIZE];
	struct sha256 sha;

	sha256_init(&sha);
	for (size_t i = j->from; i < j->to; i++) {
		if (!judged(j->rows, i))
			continue;
		buf_reset(&b);
		rows_write(j->rows, rows_at(j->rows, i), &b);
		buf_ch(&b, '\n');
		sha256_add(&sha, buf_str(&b));
	}
	sha256_end(&sha, hash);
	sha256_hex(hash, hex, 64);
	buf_free(&b);
}

static void
end_job(struct job *j)
{
	mem_free(j->known);
	mem_free(j->number);
	mem_free(j->v);
	mem_free(j->pool);
}

/* The weights, and behind them the bias; NULL if the verdicts are not of both kinds. */
static double *
solve(struct job *j, const struct fit *f)
{
	double *w = NULL;

	choose_tokens(j, f->least);
	gather(j);
	if (j->positive > 0 && j->positive < j->n) {
		w = mem_new(j->n_known + 1, sizeof(*w));
		solver_train(j->v, j->n, j->n_known, f->cost, w);
	}
	return w;
}

/* --- rows that are kept back in turn, to see how sure the model may be --- */

static double
weigh(const struct job *j, const double *w, const struct row *r)
{
	double sum = w[j->n_known];

	for (size_t k = 0; k < r->n; k++)
		if (j->number[r->t[k]])
			sum += w[j->number[r->t[k]] - 1];
	return sum;
}

/* Samples of one part, by the weights that the others give. */
static bool
judge_fold(
    const struct job *all, const struct fit *f, size_t k, struct sample *v, size_t *n)
{
	size_t rows = all->to - all->from;
	struct job j = {.rows = all->rows, .from = all->from, .to = all->to};
	double *w;

	j.skip = j.from + rows * k / FOLDS;
	j.skip_to = j.from + rows * (k + 1) / FOLDS;
	w = solve(&j, f);
	for (size_t i = j.skip; w && i < j.skip_to; i++) {
		const struct row *r = rows_at(j.rows, i);

		if (judged(j.rows, i))
			v[(*n)++] = (struct sample){
			    weigh(&j, w, r), r->weight, r->y == VERDICT_TRUE};
	}
	end_job(&j);
	mem_free(w);
	return w != NULL;
}

/* A row that weighs n counts n times here, too. */
static void
test(const struct sample *v, size_t n, struct model_head *h)
{
	size_t all = 0, at = 0;
	struct scored *s;
	struct fitness f;

	for (size_t i = 0; i < n; i++)
		all += v[i].weight;
	s = mem_new(all + 1, sizeof(*s));
	for (size_t i = 0; i < n; i++) {
		double p = 1 / (1 + exp(-(h->scale * v[i].sum + h->shift)));

		for (unsigned k = 0; k < v[i].weight; k++)
			s[at++] = (struct scored){p, v[i].y};
	}
	f = measure(s, all);
	h->tested = all;
	h->ap = f.ap;
	h->ece = f.ece;
	mem_free(s);
}

static void
keep_back(const struct job *j, const struct fit *f, struct model_head *h)
{
	struct sample *v = mem_new(j->to - j->from + 1, sizeof(*v));
	size_t n = 0, positive = 0;
	bool ok = true;

	for (size_t i = j->from; i < j->to; i++)
		positive += rows_at(j->rows, i)->y == VERDICT_TRUE;
	for (size_t k = 0; ok && positive >= FEW && k < FOLDS; k++)
		ok = judge_fold(j, f, k, v, &n);
	if (ok && n) {
		calibrate(v, n, &h->scale, &h->shift);
		test(v, n, h);
	}
	mem_free(v);
}

static void
days(const struct job *j, struct model_head *h)
{
	for (size_t i = j->from; i < j->to; i++) {
		uint64_t day = rows_at(j->rows, i)->day;

		if (!taken(j, i) || !day)
			continue;
		if (!h->first_day || day < h->first_day)
			h->first_day = day;
		if (day > h->last_day)
			h->last_day = day;
	}
}

bool
fit_rows(const struct rows *rows, size_t from, size_t to, const struct fit *f,
    struct buf *out, struct err *e)
{
	struct job j = {.rows = rows, .from = from, .to = to};
	struct model_head h = {.cost = f->cost, .scale = 1, .note = f->note};
	double *w = solve(&j, f);

	if (w) {
		h.rows = j.n;
		h.positive = j.positive;
		h.bias = w[j.n_known];
		hash_rows(&j, h.made_of);
		days(&j, &h);
		keep_back(&j, f, &h);
		for (size_t i = 0; i < j.n_known; i++)
			j.known[i].w = w[i];
		model_write(&h, j.known, j.n_known, out);
	} else {
		err_set(e, ERR_DATA, "%zu true and %zu false positives: both are needed",
		    j.positive, j.n - j.positive);
	}
	end_job(&j);
	mem_free(w);
	return w != NULL;
}

/* --- how well it does --- */

static double
sum_of(const struct model *m, const struct rows *rows, const struct row *r)
{
	double sum = model_head(m)->bias;

	for (size_t i = 0; i < r->n; i++)
		sum += model_weight(m, rows_token(rows, r->t[i]));
	return sum;
}

struct fitness
fit_measure(const struct model *m, const struct rows *rows, size_t from, size_t to)
{
	struct scored *s = mem_new(to - from + 1, sizeof(*s));
	struct fitness f;
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		struct row *r = rows_at(rows, i);

		if (!judged(rows, i))
			continue;
		r->p = model_says(m, sum_of(m, rows, r));
		s[n++] = (struct scored){r->p, r->y == VERDICT_TRUE};
	}
	f = measure(s, n);
	mem_free(s);
	return f;
}
