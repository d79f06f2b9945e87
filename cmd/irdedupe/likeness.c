#include "likeness.h"
#include "map.h"
#include "mem.h"

static const char *const usual_keys[] = {
    "rule.id", "source.ip", "user.name", "host.name"};
#define USUAL_KEYS (sizeof(usual_keys) / sizeof(usual_keys[0]))

struct likeness {
	int *keys;
	size_t n;
	bool alerts_only;
	int time, stamp, kind, ecs_kind, alert_id, of, count, host, message, original;
};

struct likeness *
likeness_new(struct filter_run *run, const struct opt_list *keys, const char *time)
{
	struct likeness *l = mem_new(1, sizeof(*l));

	l->alerts_only = keys->n == 0;
	l->n = l->alerts_only ? USUAL_KEYS : keys->n;
	l->keys = mem_new(l->n, sizeof(*l->keys));
	for (size_t i = 0; i < l->n; i++)
		l->keys[i] = filter_slot(
		    run, l->alerts_only ? usual_keys[i] : keys->v[i]);
	l->time = filter_slot(run, time);
	l->stamp = filter_slot(run, "@timestamp");
	l->kind = filter_slot(run, "ir.kind");
	l->ecs_kind = filter_slot(run, "event.kind");
	l->alert_id = filter_slot(run, "ir.alert.id");
	l->of = filter_slot(run, "ir.fold.of");
	l->count = filter_slot(run, "ir.fold.n");
	l->host = filter_slot(run, "host.name");
	l->message = filter_slot(run, "message");
	l->original = filter_slot(run, "event.original");
	return l;
}

void
likeness_free(struct likeness *l)
{
	if (!l)
		return;
	mem_free(l->keys);
	mem_free(l);
}

bool
likeness_alert(const struct likeness *l, struct rec *r)
{
	struct str kind = rec_text(r, l->kind), ecs;

	if (kind.p)
		return str_eq(kind, STR("alert"));
	ecs = rec_text(r, l->ecs_kind);
	return str_eq(ecs, STR("alert")) || str_eq(ecs, STR("signal"));
}

bool
likeness_applies(const struct likeness *l, struct rec *r)
{
	return !l->alerts_only || likeness_alert(l, r);
}

/* The compared fields as one string; absent ones count as null. */
static struct str
key_of(const struct likeness *l, struct rec *r, struct arena *a)
{
	struct str key = STR("");

	for (size_t i = 0; i < l->n; i++) {
		struct str v = rec_raw(r, l->keys[i]);

		key = CAT(a, key, v.p ? v : STR("null"), STR("\n"));
	}
	return key;
}

/* A host and the central log server report one line: same host, time and words. */
static uint64_t
mark_of(const struct likeness *l, struct rec *r, struct arena *a)
{
	struct str words = rec_text(r, l->message), host = rec_text(r, l->host);

	if (!words.p)
		words = rec_text(r, l->original);
	if (!words.p || !host.p)
		return 0;
	return map_hash(
		   CAT(a, host, STR("\n"), rec_text(r, l->stamp), STR("\n"), words)) |
	       1;
}

/* A fold that is folded again stands for the same alert as before. */
static struct str
id_of(const struct likeness *l, struct filter_run *run, struct rec *r)
{
	struct str id = rec_text(r, l->of);

	if (!id.p)
		id = rec_text(r, l->alert_id);
	return id.p ? id : filter_event_id(run, r);
}

struct offer
likeness_offer(
    const struct likeness *l, struct filter_run *run, struct rec *r, int64_t clock)
{
	struct arena *a = filter_arena(run);
	struct offer o = {.n = 1, .ns = clock};
	int64_t n;

	if (l->time != l->stamp)
		rec_time(r, l->time, &o.ns);
	o.key = key_of(l, r, a);
	o.id = id_of(l, run, r);
	o.mark = mark_of(l, r, a);
	if (rec_i64(r, l->count, &n) && n > 0)
		o.n = (uint64_t)n;
	return o;
}
