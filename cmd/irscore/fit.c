#include <math.h>
#include <stdlib.h>

#include "fit.h"
#include "mem.h"
#include "sha256.h"
#include "solver.h"

static bool
judged(const struct rows *rows, size_t i)
{
	return rows_at(rows, i)->y != VERDICT_NONE;
}

/* --- training --- */

struct job {
	const struct rows *rows;
	size_t from, to;
	struct weight *known; /* tokens of the model, in byte order */
	size_t n_known;
	uint32_t *number; /* token number to place in `known` + 1, or 0 */
	struct solver_row *v;
	size_t n, positive;
	uint32_t *pool;
};

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

		for (size_t k = 0; judged(j->rows, i) && k < r->n; k++)
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
		copies += judged(j->rows, i) ? rows_at(j->rows, i)->weight : 0;
	}
	j->pool = mem_new(nodes + 1, sizeof(*j->pool));
	j->v = mem_new(copies + 1, sizeof(*j->v));
	for (size_t i = j->from; i < j->to; i++) {
		const struct row *r = rows_at(j->rows, i);
		struct solver_row s = {j->pool + at, 0, r->y == VERDICT_TRUE};

		if (!judged(j->rows, i))
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
solve(struct job *j, const struct fit *f, struct buf *out)
{
	struct model_head h = {.rows = j->n, .positive = j->positive, .cost = f->cost};
	double *w = mem_new(j->n_known + 1, sizeof(*w));

	hash_rows(j, h.made_of);
	h.note = f->note;
	solver_train(j->v, j->n, j->n_known, f->cost, w);
	for (size_t i = 0; i < j->n_known; i++)
		j->known[i].w = w[i];
	h.bias = w[j->n_known];
	model_write(&h, j->known, j->n_known, out);
	mem_free(w);
}

bool
fit_rows(const struct rows *rows, size_t from, size_t to, const struct fit *f,
    struct buf *out, struct err *e)
{
	struct job j = {.rows = rows, .from = from, .to = to};
	bool ok;

	choose_tokens(&j, f->least);
	gather(&j);
	ok = j.positive > 0 && j.positive < j.n;
	if (ok)
		solve(&j, f, out);
	else
		err_set(e, ERR_DATA, "%zu true and %zu false positives: both are needed",
		    j.positive, j.n - j.positive);
	mem_free(j.known);
	mem_free(j.number);
	mem_free(j.v);
	mem_free(j.pool);
	return ok;
}

/* --- measuring --- */

struct scored {
	double p;
	bool y;
};

static int
highest_first(const void *a, const void *b)
{
	double x = ((const struct scored *)a)->p, y = ((const struct scored *)b)->p;

	return (x < y) - (x > y);
}

/* Precision averaged over the positives, and the area under the ROC curve; equal
 * scores are one step. */
static void
rank(const struct scored *s, struct fitness *f)
{
	size_t tp = 0, fp = 0;
	double area = 0;

	for (size_t i = 0, end; i < f->n; i = end) {
		size_t yes = 0;

		for (end = i; end < f->n && s[end].p == s[i].p; end++)
			yes += s[end].y;
		area += (double)(end - i - yes) * ((double)tp + (double)yes / 2);
		tp += yes;
		fp += end - i - yes;
		if (yes)
			f->ap += (double)yes / (double)f->positive * (double)tp /
				 (double)end;
	}
	if (f->positive && fp)
		f->auroc = area / ((double)f->positive * (double)fp);
}

/* Distance between what was said and what was, over ten parts of equal size. */
static double
miscalibration(const struct scored *s, size_t n)
{
	double sum = 0;

	for (size_t b = 0; b < 10; b++) {
		size_t from = n * b / 10, to = n * (b + 1) / 10;
		double off = 0;

		for (size_t i = from; i < to; i++)
			off += s[i].p - (s[i].y ? 1 : 0);
		sum += fabs(off);
	}
	return n ? sum / (double)n : 0;
}

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
	struct fitness f = {0};

	for (size_t i = from; i < to; i++) {
		struct row *r = rows_at(rows, i);

		if (!judged(rows, i))
			continue;
		r->p = 1 / (1 + exp(-sum_of(m, rows, r)));
		s[f.n++] = (struct scored){r->p, r->y == VERDICT_TRUE};
		f.positive += r->y == VERDICT_TRUE;
		f.log_loss -= log(fmax(r->y == VERDICT_TRUE ? r->p : 1 - r->p, 1e-9));
	}
	qsort(s, f.n, sizeof(*s), highest_first);
	while (f.high < f.n && s[f.high].p >= 0.02)
		f.high++;
	rank(s, &f);
	f.ece = miscalibration(s, f.n);
	f.ece_high = miscalibration(s, f.high);
	f.log_loss = f.n ? f.log_loss / (double)f.n : 0;
	mem_free(s);
	return f;
}
