#include "alarm.h"
#include "json.h"
#include "mem.h"
#include "sha256.h"

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
sentence(struct arena *a, const struct surprise *s)
{
	struct str what = lens_say(s->lens, a, &s->seen);

	if (!s->seen.over.n)
		return CAT(a, what,
		    arena_fmt(a, ": %llu of %llu", (unsigned long long)s->n_all,
			(unsigned long long)s->of_all));
	return CAT(a, what,
	    arena_fmt(a, ": %llu of %llu on ", (unsigned long long)s->n,
		(unsigned long long)s->of),
	    s->seen.over,
	    arena_fmt(a, ", %llu of %llu in all", (unsigned long long)s->n_all,
		(unsigned long long)s->of_all));
}

void
alarm_raise(const struct alarm *al, struct filter_run *run, struct rec *r,
    struct str line, const struct surprise *s, double p, double alpha)
{
	struct arena *a = filter_arena(run);
	struct str event = filter_event_id(run, r);
	struct str rule = CAT(a, STR("irlearn."), s->lens->id);
	struct buf b = buf_make(line.n + 16384);
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
	rec_set_text(al->out, al->rule_name, s->lens->title);
	rec_set_text(al->out, al->description, sentence(a, s));
	rec_set_text(al->out, al->severity, p * 10 <= alpha ? STR("medium") : STR("low"));
	rec_set_text(al->out, al->lens, s->lens->id);
	rec_set(al->out, al->p, arena_fmt(a, "%.3g", p));
	rec_set(al->out, al->score, arena_fmt(a, "%.4f", s->nats));
	rec_set(al->out, al->counts,
	    arena_fmt(a, "[%llu,%llu,%llu,%llu]", (unsigned long long)s->n,
		(unsigned long long)s->of, (unsigned long long)s->n_all,
		(unsigned long long)s->of_all));
	rec_write(al->out, &b);
	filter_emit_after(run, buf_str(&b));
	buf_free(&b);
}
