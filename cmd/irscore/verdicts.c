#include "each.h"
#include "map.h"
#include "mem.h"
#include "rec.h"
#include "verdicts.h"

struct verdicts {
	struct map *by_id; /* to &said[verdict] */
	struct paths *paths;
	struct arena *a;
	struct rec *rec;
	int kind, is, alert, incident;
};

static const char said[2];

void
verdicts_free(struct verdicts *v)
{
	if (!v)
		return;
	rec_free(v->rec);
	paths_free(v->paths);
	arena_free(v->a);
	map_free(v->by_id);
	mem_free(v);
}

static bool
meaning(struct str is, enum verdict *y)
{
	*y = str_eq(is, STR("true_positive")) ? VERDICT_TRUE : VERDICT_FALSE;
	return *y == VERDICT_TRUE || str_eq(is, STR("false_positive")) ||
	       str_eq(is, STR("benign_positive"));
}

/* Other kinds are passed over: a journal holds more than verdicts. */
static const char *
take(void *ctx, struct str line)
{
	struct verdicts *v = ctx;
	enum verdict y;
	struct str id;

	arena_reset(v->a);
	if (!rec_scan(v->rec, line, NULL))
		return "not a record";
	if (!str_eq(rec_text(v->rec, v->kind), STR("verdict")))
		return NULL;
	id = rec_text(v->rec, v->alert);
	if (!id.n)
		id = rec_text(v->rec, v->incident);
	if (!id.n)
		return "a verdict without 'ir.alert.id' or 'ir.incident.id'";
	if (!meaning(rec_text(v->rec, v->is), &y))
		return "'ir.verdict.is' is true_positive, benign_positive or "
		       "false_positive";
	*map_put(v->by_id, id) = (void *)(uintptr_t)&said[y];
	return NULL;
}

struct verdicts *
verdicts_load(const char *path, struct err *e)
{
	struct verdicts *v = mem_new(1, sizeof(*v));

	v->by_id = map_new();
	v->paths = paths_new();
	v->a = arena_new();
	v->kind = paths_add(v->paths, STR("ir.kind"));
	v->is = paths_add(v->paths, STR("ir.verdict.is"));
	v->alert = paths_add(v->paths, STR("ir.alert.id"));
	v->incident = paths_add(v->paths, STR("ir.incident.id"));
	v->rec = rec_new(v->paths, v->a);
	if (each_line(path, take, v, e))
		return v;
	verdicts_free(v);
	return NULL;
}

enum verdict
verdicts_of(const struct verdicts *v, struct str alert, struct str incident)
{
	const char *y = alert.n ? map_get(v->by_id, alert) : NULL;

	if (!y && incident.n)
		y = map_get(v->by_id, incident);
	return y ? (enum verdict)(y - said) : VERDICT_NONE;
}
