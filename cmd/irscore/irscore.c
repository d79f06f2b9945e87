/*
 * irscore - how much an alert deserves a person's time, as a sum that explains itself
 *
 * Each alert gets ir.score.value from 0 to 100 and the named parts that add up to
 * it; with a model, also the learned probability that it is a true positive.  The
 * same program makes such models from verdicts and measures them.
 */
#include "card.h"
#include "common.h"
#include "mem.h"
#include "study.h"

static const struct opt options[] = {
    OPT_FILE(0, "model", "file", "the learned part of the score; else the shipped one",
	struct irscore_set, model),
    OPT_FLAG(0, "no-prior", "leave the shipped model and its rows out",
	struct irscore_set, no_prior),
    OPT_COUNT(0, "max-keys", "count", "pairs of rule and host remembered",
	struct irscore_set, max),
    OPT_COUNT(0, "reserve", "percent",
	"share of what is new that is lifted to be looked at", struct irscore_set,
	reserve),
    OPT_GROUP("learning"),
    OPT_FLAG(0, "train", "write a model made of the alerts' verdicts", struct irscore_set,
	train),
    OPT_FLAG(
	0, "rows", "write the rows that a model is made of", struct irscore_set, rows),
    OPT_FLAG(0, "evaluate", "say how well the model does on the verdicts",
	struct irscore_set, evaluate),
    OPT_FLAG(0, "challenge", "hold boosted trees against the linear model",
	struct irscore_set, challenge),
    OPT_FILES(0, "verdicts", "file", "what people said of alerts; repeatable",
	struct irscore_set, verdicts),
    OPT_FILES(0, "replay", "file", "rows of before, to learn with; repeatable",
	struct irscore_set, replay),
    OPT_COUNT(0, "weight", "count", "what a verdict weighs beside a replayed row",
	struct irscore_set, weight),
    OPT_TEXT(0, "cost", "number", "how much to trust rows against plain weights",
	struct irscore_set, cost),
    OPT_TEXT(0, "note", "text", "who made the model, of what", struct irscore_set, note),
    OPT_GROUP("models"),
    OPT_FLAG(0, "card", "print what is known of the model", struct irscore_set, card),
    OPT_FILE(0, "diff", "file", "print what another model weighs otherwise",
	struct irscore_set, diff),
    OPT_END};

static const struct irscore_set defaults = {
    .max = 200000,
    .reserve = 5,
    .weight = 3,
    .cost = "0.3",
};

static const char *const examples[] = {
    "irdetect < events.jsonl | irscore --model triage.model",
    "irscore --train --verdicts verdicts.jsonl --replay prior.rows alerts.jsonl > "
    "new.model",
    "irscore --card --model triage.model", NULL};

struct scorer {
	const struct irscore_set *set;
	struct study *study; /* when it learns or measures */
	struct attack *attack;
	struct model *model;
	struct seen seen;
	struct part_slots parts;
	int value, list, p, model_id, id, reserved;
	uint64_t forgotten;
};

static void
close_(void *state)
{
	struct scorer *s = state;

	study_free(s->study);
	seen_end(&s->seen);
	model_free(s->model);
	attack_free(s->attack);
	mem_free(s);
}

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	struct scorer *s = mem_new(1, sizeof(*s));
	const char *model;

	s->set = set;
	seen_start(&s->seen, run, s->set->max);
	part_slots(&s->parts, run);
	s->value = filter_slot(run, "ir.score.value");
	s->list = filter_slot(run, "ir.score.parts");
	s->p = filter_slot(run, "ir.score.p");
	s->model_id = filter_slot(run, "ir.score.model");
	s->reserved = filter_slot(run, "ir.score.reserved");
	s->id = filter_slot(run, "ir.alert.id");
	model = settings_model(s->set, filter_arena(run));
	if ((s->attack = attack_load(e)) &&
	    (!model || (s->model = model_load(model, e))) &&
	    study_open(&s->study, s->set, run, s->model, e))
		return s;
	close_(s);
	return NULL;
}

/* Of what is new and looks harmless some is lifted, by the hash of its id. */
static void
reserve(const struct scorer *s, struct rec *r, const struct moment *m, struct parts *o)
{
	struct str id = rec_text(r, s->id), tail = str_from(id, id.n < 2 ? 0 : id.n - 2);
	unsigned draw = 0;

	if (m->novel == NOVEL_NOT || m->age_s < 86400 || o->sum >= 50 ||
	    o->n == PARTS_MAX || tail.n != 2)
		return;
	for (size_t i = 0; i < 2; i++)
		draw = draw * 16 + (unsigned)(tail.p[i] <= '9' ? tail.p[i] - '0'
							       : tail.p[i] - 'a' + 10);
	if (draw * 100 >= s->set->reserve * 256)
		return;
	o->v[o->n++] = (struct part){
	    "reserved", 50 - o->sum, STR("a share of what is new is looked at")};
	o->sum = 50;
	rec_set(r, s->reserved, STR("true"));
}

static void
write_score(const struct scorer *s, struct rec *r, const struct parts *o)
{
	struct buf b = buf_make(16384);
	int sum = 0;

	buf_ch(&b, '[');
	for (size_t i = 0; i < o->n; i++) {
		buf_fmt(&b, "%s{\"name\":\"%s\",\"points\":%d,\"from\":", i ? "," : "",
		    o->v[i].name, o->v[i].points);
		buf_json(&b, o->v[i].from);
		buf_ch(&b, '}');
		sum += o->v[i].points;
	}
	buf_ch(&b, ']');
	rec_set_i64(r, s->value, sum);
	rec_set(r, s->list, arena_copy(rec_arena(r), buf_str(&b)));
	buf_free(&b);
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *r, struct str line, struct err *e)
{
	struct scorer *s = state;
	struct moment m;
	struct parts parts;
	double p = -1;

	(void)line;
	(void)e;
	if (!seen_take(&s->seen, run, r, &m)) {
		filter_warn(run, "no time, so it is not scored");
		return FILTER_PASS;
	}
	filter_evicted(run, moments_forgotten(s->seen.moments) - s->forgotten);
	s->forgotten = moments_forgotten(s->seen.moments);
	if (s->study)
		return study_take(s->study, run, r, &m);
	if (s->model) {
		p = model_p(s->model, &m);
		rec_set(r, s->p, arena_fmt(filter_arena(run), "%.4f", p));
		rec_set_text(r, s->model_id, str_of(model_id(s->model)));
		card_why(s->model, &m, run, r);
	}
	parts_of(&s->parts, r, s->attack, &m, p, &parts);
	reserve(s, r, &m, &parts);
	write_score(s, r, &parts);
	return FILTER_PASS;
}

static void
end(void *state, struct filter_run *run)
{
	struct scorer *s = state;

	if (s->study)
		study_end(s->study, run);
}

static void
save(void *state, struct buf *b)
{
	moments_save(((struct scorer *)state)->seen.moments, b);
}

static bool
load(void *state, struct str bytes, struct err *e)
{
	return moments_load(((struct scorer *)state)->seen.moments, bytes, e);
}

static const struct filter irscore = {
    .name = "irscore",
    .summary = "how much an alert deserves attention, as a sum that explains itself",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct irscore_set),
    .kinds = "alert",
    .open = open_,
    .step = step,
    .end = end,
    .close = close_,
    .save = save,
    .load = load,
};

int
main(int argc, char **argv)
{
	int status = card_main(options, argc, argv);

	return status >= 0 ? status : filter_main(&irscore, argc, argv);
}
