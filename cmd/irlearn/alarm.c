#include <math.h>

#include "alarm.h"
#include "json.h"
#include "mem.h"
#include "sha256.h"
#include "span.h"
#include "when.h"

void
alarm_start(struct alarm *a, struct filter_run *run)
{
	*a = (struct alarm){
	    .out = rec_new(filter_paths(run), filter_arena(run)),
	    .kind = filter_slot(run, "ir.kind"),
	    .ecs_kind = filter_slot(run, "event.kind"),
	    .by = filter_slot(run, "ir.alert.by"),
	    .id = filter_slot(run, "ir.alert.id"),
	    .events = filter_slot(run, "ir.alert.events"),
	    .alerts = filter_slot(run, "ir.alerts"),
	    .event_id = filter_slot(run, "event.id"),
	    .severity = filter_slot(run, "ir.severity"),
	    .rule_id = filter_slot(run, "rule.id"),
	    .rule_name = filter_slot(run, "rule.name"),
	    .description = filter_slot(run, "rule.description"),
	    .p = filter_slot(run, "ir.learn.p"),
	    .score = filter_slot(run, "ir.learn.surprise"),
	    .lens = filter_slot(run, "ir.learn.lens"),
	    .counts = filter_slot(run, "ir.learn.counts"),
	    .all = filter_slot(run, "ir.learn.all"),
	    .benign = filter_slot(run, "ir.benign"),
	};
}

void
alarm_end(struct alarm *a)
{
	rec_free(a->out);
}

bool
alarm_is_event(const struct alarm *a, struct rec *r)
{
	struct str kind = rec_text(r, a->kind), ecs = rec_text(r, a->ecs_kind);

	if (kind.p)
		return str_eq(kind, STR("event"));
	return !str_eq(ecs, STR("alert")) && !str_eq(ecs, STR("signal"));
}

static void
drop_all(struct arena *a, struct str list, struct pending *p)
{
	struct str raw;
	size_t at = 0;

	while (json_type(list) == JSON_LIST && json_next(list, &at, NULL, &raw)) {
		struct str id = json_text(a, raw);

		if (id.n)
			pending_drop(p, id);
	}
}

void
alarm_quarantine(const struct alarm *a, struct rec *r, struct pending *p)
{
	struct str severity = rec_text(r, a->severity), one;
	size_t at = 0;

	/* what the owner expects, and what only informs, is normal */
	if (str_eq(severity, STR("informational")) || str_eq(severity, STR("low")) ||
	    rec_raw(r, a->benign).p)
		return;
	drop_all(rec_arena(r), rec_raw(r, a->events), p);
	while (rec_each(r, a->alerts, &at, &one))
		if (json_type(one) == JSON_MAP)
			drop_all(
			    rec_arena(r), json_get(rec_arena(r), one, STR("events")), p);
}

/* "cmd.exe under winword.exe: 0 of 4312 on ws01, 2 of 1100000 in all" */
static struct str
pair_sentence(
    struct arena *a, struct str what, const struct seen *seen, const struct opinion *o)
{
	if (!seen->over.n)
		return CAT(a, what,
		    arena_fmt(a, ": %llu of %llu", (unsigned long long)o->n_all,
			(unsigned long long)o->of_all));
	return CAT(a, what,
	    arena_fmt(a, ": %llu of %llu on ", (unsigned long long)o->n,
		(unsigned long long)o->of),
	    seen->over,
	    arena_fmt(a, ", %llu of %llu in all", (unsigned long long)o->n_all,
		(unsigned long long)o->of_all));
}

static struct str
sentence(struct arena *a, const struct lenses *ls, struct rec *r, const struct opinion *o)
{
	static const char *const days[] = {
	    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	char span[SPAN_MAX];
	struct seen seen;
	struct str what, on = STR("");

	lens_look(ls, o->lens, r, &seen);
	what = lens_say(o->lens, a, &seen);
	if (seen.over.n)
		on = CAT(a, STR(" on "), seen.over);
	span_text(span, o->lens->span / WHEN_MS);
	switch (o->lens->kind) {
	case LENS_PAIR:
		return pair_sentence(a, what, &seen, o);
	case LENS_RATE:
	case LENS_DISTINCT:
		return CAT(a, what,
		    arena_fmt(a, ": %llu%s in %s", (unsigned long long)o->n,
			o->lens->kind == LENS_RATE ? "" : " different", span),
		    on,
		    arena_fmt(a, "; usual%s are %.3g, deviation %.3g, in %.0f spans",
			o->of_others ? " of others" : "", o->usual.mean,
			sqrt(o->usual.variance), o->usual.spans));
	case LENS_WEEK:
		return CAT(a, what, on,
		    arena_fmt(a, ": %s, %02u:00 UTC, is %llu of %llu hours that had any",
			days[o->hour / 24], o->hour % 24, (unsigned long long)o->n,
			(unsigned long long)o->of));
	case LENS_SHAPE:
		return CAT(a, what,
		    arena_fmt(a,
			": where it stands there are few of %llu events, %.2f "
			"nats",
			(unsigned long long)o->of, o->nats));
	}
	return what;
}

/* What each lens says, the pairs as one. */
static struct str
all_opinions(struct arena *a, const struct judgement *j)
{
	struct str all = STR("[");

	for (size_t i = 0; i < j->n; i++)
		all = CAT(a, all, i ? STR(",") : STR(""), STR("{\"lens\":"),
		    json_quote(a, j->v[i].lens->id),
		    arena_fmt(a, ",\"p\":%.3g}", j->v[i].p));
	return CAT(a, all, STR("]"));
}

static void
explain(const struct alarm *al, struct filter_run *run, struct rec *r,
    const struct lenses *ls, const struct judgement *j)
{
	struct arena *a = filter_arena(run);

	if (!filter_explain(run))
		return;
	for (size_t i = 0; i < j->n; i++)
		if (j->v[i].p < 1)
			filter_why(run, al->out,
			    CAT(a, sentence(a, ls, r, &j->v[i]),
				arena_fmt(a, "; p = %.3g", j->v[i].p)),
			    STR("rule.id"), CAT(a, STR("irlearn."), j->v[i].lens->id));
	filter_why(run, al->out,
	    arena_fmt(a,
		"all %zu together: p = %.3g, half for the pairs, half for the others by "
		"Benjamini-Hochberg-Yekutieli",
		j->n, j->p),
	    STR_NONE, STR_NONE);
}

void
alarm_raise(const struct alarm *al, struct filter_run *run, struct rec *r,
    struct str line, const struct lenses *ls, const struct judgement *j, double alpha)
{
	struct arena *a = filter_arena(run);
	struct str event = filter_event_id(run, r);
	const struct opinion *o = &j->best;
	struct str rule = CAT(a, STR("irlearn."), o->lens->id);
	struct buf b = buf_make(line.n + 65536);
	char id[33];

	sha256_id(id, 2, (const struct str[]){rule, event});
	if (!rec_scan(al->out, line, NULL))
		return;
	rec_set_text(al->out, al->event_id, event);
	rec_set(al->out, al->kind, STR("\"alert\""));
	rec_set(al->out, al->ecs_kind, STR("\"alert\""));
	rec_set_text(al->out, al->id, str_of(id));
	rec_set(al->out, al->by, STR("\"irlearn\""));
	rec_set(al->out, al->events, CAT(a, STR("["), json_quote(a, event), STR("]")));
	rec_set_text(al->out, al->rule_id, rule);
	rec_set_text(al->out, al->rule_name, o->lens->title);
	rec_set_text(al->out, al->description, sentence(a, ls, r, o));
	rec_set_text(
	    al->out, al->severity, j->p * 10 <= alpha ? STR("medium") : STR("low"));
	rec_set_text(al->out, al->lens, o->lens->id);
	rec_set(al->out, al->p, arena_fmt(a, "%.3g", j->p));
	rec_set(al->out, al->score, arena_fmt(a, "%.4f", j->nats));
	rec_set(al->out, al->all, all_opinions(a, j));
	if (o->lens->kind == LENS_PAIR)
		rec_set(al->out, al->counts,
		    arena_fmt(a, "[%llu,%llu,%llu,%llu]", (unsigned long long)o->n,
			(unsigned long long)o->of, (unsigned long long)o->n_all,
			(unsigned long long)o->of_all));
	explain(al, run, r, ls, j);
	rec_write(al->out, &b);
	filter_emit_after(run, buf_str(&b));
	buf_free(&b);
}
