#include <math.h>
#include <stdlib.h>

#include "boost.h"
#include "challenge.h"
#include "json.h"
#include "map.h"
#include "mem.h"
#include "solver.h"
#include "study.h"
#include "verdicts.h"
#include "when.h"

#define LEAST  3  /* rows that a token must stand in */
#define GATE   5  /* one part in so many is kept back to compare models */
#define JUDGES 20 /* verdicts that a comparison needs */
#define OUT    ((size_t)256 * 1024 * 1024)

struct study {
	const struct irscore_set *set;
	const struct model *champion;
	struct verdicts **verdicts;
	struct rows *rows;
	size_t replayed;
	double cost;
	int alert, fold, incident, rule;
};

void
study_free(struct study *s)
{
	if (!s)
		return;
	for (size_t i = 0; s->verdicts && i < s->set->verdicts.n; i++)
		verdicts_free(s->verdicts[i]);
	mem_free(s->verdicts);
	rows_free(s->rows);
	mem_free(s);
}

static bool
read_files(struct study *s, struct filter_run *run, struct err *e)
{
	const char *prior = settings_prior(s->set, filter_arena(run));
	const struct opt_list *v = &s->set->verdicts, *r = &s->set->replay;

	s->verdicts = mem_new(v->n + 1, sizeof(struct verdicts *));
	for (size_t i = 0; i < v->n; i++)
		if (!(s->verdicts[i] = verdicts_load(v->v[i], e)))
			return false;
	for (size_t i = 0; i < r->n; i++)
		if (!rows_load(s->rows, r->v[i], e))
			return false;
	if ((s->set->train || s->set->challenge) && prior &&
	    !rows_load(s->rows, prior, e))
		return false;
	s->replayed = rows_count(s->rows);
	return true;
}

static bool
consistent(struct study *s, struct err *e)
{
	const struct irscore_set *set = s->set;

	if (set->train + set->rows + set->evaluate + set->challenge > 1)
		err_set(e, ERR_CONFIG,
		    "--train, --rows, --evaluate and --challenge exclude each other");
	else if (set->evaluate && !s->champion)
		err_set(e, ERR_CONFIG, "--evaluate needs a model (--model)");
	else if (!set->verdicts.n && !set->replay.n)
		err_set(
		    e, ERR_CONFIG, "nothing to learn from: give --verdicts or --replay");
	else if (!json_num(str_of(set->cost), &s->cost) || !(s->cost > 0) ||
		 s->cost > 1000)
		err_set(e, ERR_CONFIG, "--cost is a number above 0, to 1000: '%s'",
		    set->cost);
	else if (set->weight > 100)
		err_set(e, ERR_CONFIG, "--weight is at most 100");
	else
		return true;
	return false;
}

bool
study_open(struct study **out, const struct irscore_set *set, struct filter_run *run,
    const struct model *champion, struct err *e)
{
	struct study *s;

	if (!set->train && !set->rows && !set->evaluate && !set->challenge)
		return true;
	s = *out = mem_new(1, sizeof(*s));
	s->set = set;
	s->champion = champion;
	s->rows = rows_new();
	s->alert = filter_slot(run, "ir.alert.id");
	s->fold = filter_slot(run, "ir.fold.of");
	s->incident = filter_slot(run, "ir.incident.id");
	s->rule = filter_slot(run, "rule.id");
	return consistent(s, e) && read_files(s, run, e) &&
	       ((!set->train && !set->challenge) || solver_open(e)) &&
	       (!set->challenge || boost_open(e));
}

enum filter_do
study_take(struct study *s, struct filter_run *run, struct rec *r, const struct moment *m)
{
	struct row *row = rows_take(s->rows, m->tag, m, rec_text(r, s->rule));
	struct str fold = rec_text(r, s->fold);
	int64_t now = filter_newest(run);

	row->day = now > 0 ? (uint32_t)(now / (86400 * WHEN_S)) : 0;

	for (size_t i = 0; i < s->set->verdicts.n; i++)
		rows_verdict(row,
		    verdicts_of(s->verdicts[i], fold.n ? fold : rec_text(r, s->alert),
			rec_text(r, s->incident)),
		    (unsigned)s->set->weight);
	return filter_used(run, "learned");
}

/* --- what leaves --- */

static void
emit_lines(struct filter_run *run, struct str text)
{
	while (text.n)
		filter_emit(run, str_cut(&text, '\n'));
}

static void
write_rows(struct study *s, struct filter_run *run)
{
	struct buf b = buf_make(1024 * 1024);

	for (size_t i = 0; i < rows_count(s->rows); i++) {
		const struct row *row = rows_at(s->rows, i);

		if (row->y == VERDICT_NONE)
			continue;
		buf_reset(&b);
		rows_write(s->rows, row, &b);
		filter_emit(run, buf_str(&b));
	}
	buf_free(&b);
}

/*
 * Is a model made of all but the last part of the local rows at least as good on that
 * part as the one in use?  True if there is too little to tell.
 */
static bool
may_replace(struct study *s, const struct fit *f, struct filter_run *run)
{
	size_t n = rows_count(s->rows), cut = n - (n - s->replayed) / GATE;
	struct buf b = buf_make(OUT);
	struct err e = {0};
	struct fitness old, new;
	struct model *m = NULL;
	bool ok = true;

	if (!s->champion)
		return true;
	old = fit_measure(s->champion, s->rows, cut, n);
	if (old.n >= JUDGES && fit_rows(s->rows, 0, cut, f, &b, &e) &&
	    (m = model_parse(buf_str(&b), "candidate", &e))) {
		new = fit_measure(m, s->rows, cut, n);
		ok = new.log_loss <= old.log_loss + 1e-9 && new.ap >= old.ap - 1e-9;
		if (!ok) {
			filter_failed(run);
			filter_warn(run,
			    "the new model does worse on the last %zu verdicts (AP %.3f "
			    "after %.3f, "
			    "log loss %.4f after %.4f): the old one is kept",
			    old.n, new.ap, old.ap, new.log_loss, old.log_loss);
		}
	}
	model_free(m);
	buf_free(&b);
	return ok;
}

static void
train(struct study *s, struct filter_run *run)
{
	struct fit f = {s->cost, LEAST, str_of(s->set->note)};
	struct buf b = buf_make(OUT);
	struct err e = {0};

	if (!may_replace(s, &f, run)) {
		size_t n;
		const struct weight *w = model_weights(s->champion, &n);

		model_write(model_head(s->champion), w, n, &b);
		emit_lines(run, buf_str(&b));
	} else if (fit_rows(s->rows, 0, rows_count(s->rows), &f, &b, &e)) {
		emit_lines(run, buf_str(&b));
	} else {
		filter_failed(run);
		filter_warn(run, "no model: %s", e.msg);
	}
	buf_free(&b);
}

struct confusion {
	struct str rule;
	size_t tp, fp, fn, tn;
};

/* By rule, at even odds. */
static void
confuse(const struct study *s, size_t from, struct buf *b)
{
	struct map *rules = map_new();
	const char *comma = "";
	struct str rule;
	void *v;

	for (size_t i = from; i < rows_count(s->rows); i++) {
		const struct row *row = rows_at(s->rows, i);
		struct confusion *c;
		void **at;

		if (row->y == VERDICT_NONE)
			continue;
		at = map_put(rules, rows_token(s->rows, row->rule));
		c = *at = *at ? *at : mem_new(1, sizeof(*c));
		if (row->p >= 0.5)
			row->y == VERDICT_TRUE ? c->tp++ : c->fp++;
		else
			row->y == VERDICT_TRUE ? c->fn++ : c->tn++;
	}
	for (size_t i = 0; map_next(rules, &i, &rule, &v); comma = ",") {
		const struct confusion *c = v;

		buf_fmt(b, "%s{\"rule\":", comma);
		buf_json(b, rule);
		buf_fmt(b, ",\"tp\":%zu,\"fp\":%zu,\"fn\":%zu,\"tn\":%zu}", c->tp, c->fp,
		    c->fn, c->tn);
		mem_free(v);
	}
	map_free(rules);
}

static void
evaluate(struct study *s, struct filter_run *run)
{
	struct fitness f = fit_measure(
	    s->champion, s->rows, s->replayed, rows_count(s->rows));
	struct buf b = buf_make(OUT);

	buf_fmt(&b,
	    "{\"model\":\"%s\",\"bursts\":%zu,\"positive\":%zu,\"ap\":%.4f,\"auroc\":%."
	    "4f,",
	    model_id(s->champion), f.n, f.positive, f.ap, f.auroc);
	buf_fmt(&b,
	    "\"ece\":%.4f,\"ece_from_0.02\":%.4f,\"from_0.02\":%zu,\"log_loss\":%.4f,"
	    "\"rules\":[",
	    f.ece, f.ece_high, f.high, f.log_loss);
	confuse(s, s->replayed, &b);
	buf_add(&b, STR("]}"));
	filter_emit(run, buf_str(&b));
	buf_free(&b);
}

static void
try_challenger(struct study *s, struct filter_run *run)
{
	struct fit f = {s->cost, LEAST, str_of(s->set->note)};
	size_t n = rows_count(s->rows), own = n - s->replayed;
	struct buf b = buf_make(OUT);
	struct err e = {0};

	/* of what was seen here, if there is enough of it */
	if (challenge(s->rows, n - (own >= GATE * JUDGES ? own : n) / GATE, &f, &b, &e)) {
		filter_emit(run, buf_str(&b));
	} else {
		filter_failed(run);
		filter_warn(run, "no challenge: %s", e.msg);
	}
	buf_free(&b);
}

void
study_end(struct study *s, struct filter_run *run)
{
	if (s->set->rows)
		write_rows(s, run);
	else if (s->set->train)
		train(s, run);
	else if (s->set->challenge)
		try_challenger(s, run);
	else
		evaluate(s, run);
}
