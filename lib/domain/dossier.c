#include <stdlib.h>

#include "dossier.h"
#include "severity.h"
#include "map.h"
#include "mem.h"

enum slot {
	S_KIND,
	S_ECS_KIND,
	S_INCIDENT,
	S_VERSION,
	S_ID,
	S_TIME,
	S_DATASET,
	S_HOST,
	S_ORIGINAL,
	S_MESSAGE,
	S_RULE,
	S_NAME,
	S_SEVERITY,
	S_FOLD,
	S_KEY,
	S_STATUS,
	S_PLAN,
	S_SOURCE,
	S_ACTION,
	S_OUTCOME,
	S_METHOD,
	NSLOTS
};

static const char *const slot_names[NSLOTS] = {
    [S_KIND] = "ir.kind",
    [S_ECS_KIND] = "event.kind",
    [S_INCIDENT] = "ir.incident.id",
    [S_VERSION] = "ir.version",
    [S_ID] = "event.id",
    [S_TIME] = "@timestamp",
    [S_DATASET] = "event.dataset",
    [S_HOST] = "host.name",
    [S_ORIGINAL] = "event.original",
    [S_MESSAGE] = "message",
    [S_RULE] = "rule.id",
    [S_NAME] = "rule.name",
    [S_SEVERITY] = "ir.severity",
    [S_FOLD] = "ir.fold.n",
    [S_KEY] = "ir.action.key",
    [S_STATUS] = "ir.action.status",
    [S_PLAN] = "ir.plan.id",
    [S_SOURCE] = "source.ip",
    [S_ACTION] = "event.action",
    [S_OUTCOME] = "event.outcome",
    [S_METHOD] = "http.request.method",
};

/* A record as it came, and what it belongs to. */
struct kept {
	char *line;
	size_t n;
	int64_t version;
	struct str incident; /* in the arena */
};

#define SOURCES ((size_t)100000) /* addresses whose tries are counted */
#define KINDS   4                /* kinds of logon of an address that are told apart */

struct source {
	int64_t requests;
	struct {
		struct str action;
		int64_t failed, succeeded;
	} logon[KINDS];
};

struct dossier {
	int slot[NSLOTS];
	bool events, full;
	size_t bytes;
	struct arena *arena;
	struct map *incidents, *plans, *actions; /* struct kept */
	struct map *lines;                       /* struct evidence */
	struct map *loose;                       /* struct loose */
	struct map *sources;                     /* struct source */

	struct incident *v;
	size_t n;
	struct map *by_id; /* struct incident, after the sort */
};

struct dossier *
dossier_new(struct paths *paths, bool events)
{
	struct dossier *d = mem_new(1, sizeof *d);

	for (size_t i = 0; i < NSLOTS; i++)
		d->slot[i] = paths_add(paths, str_of(slot_names[i]));
	d->events = events;
	d->arena = arena_new();
	d->incidents = map_new();
	d->plans = map_new();
	d->actions = map_new();
	d->lines = map_new();
	d->loose = map_new();
	d->sources = map_new();
	d->by_id = map_new();
	return d;
}

static void
free_kept(struct map *m)
{
	struct str key;
	void *value;

	for (size_t i = 0; map_next(m, &i, &key, &value);) {
		struct kept *k = value;

		mem_free(k->line);
		mem_free(k);
	}
	map_free(m);
}

void
dossier_free(struct dossier *d)
{
	if (!d)
		return;
	free_kept(d->incidents);
	free_kept(d->plans);
	free_kept(d->actions);
	map_free(d->lines);
	map_free(d->loose);
	map_free(d->sources);
	map_free(d->by_id);
	arena_free(d->arena);
	mem_free(d->v);
	mem_free(d);
}

static struct str
field(struct dossier *d, struct rec *r, enum slot s)
{
	return rec_text(r, d->slot[s]);
}

/* Keep the record under `key`, in place of an older version. */
static void
keep(struct dossier *d, struct map *m, struct str key, struct rec *r, int64_t version)
{
	struct str line = rec_line(r);
	struct kept *k = map_get(m, key);

	if (k && k->version > version)
		return;
	if (d->bytes + line.n > DOSSIER_MAX) {
		d->full = true;
		return;
	}
	if (!k) {
		k = mem_new(1, sizeof *k);
		*map_put(m, key) = k;
		k->incident = arena_copy(d->arena, field(d, r, S_INCIDENT));
	}
	d->bytes += line.n;
	d->bytes -= k->n;
	mem_free(k->line);
	k->line = mem_new(line.n + JSON_PAD, 1);
	memcpy(k->line, line.p, line.n);
	k->n = line.n;
	k->version = version;
}

/* The record's line is evidence: kept once, under its event id. */
static void
keep_line(struct dossier *d, struct rec *r)
{
	struct str id = field(d, r, S_ID), line = field(d, r, S_ORIGINAL);
	struct evidence *e;

	if (!d->events || !id.n || map_get(d->lines, id))
		return;
	if (map_count(d->lines) >= DOSSIER_EVENTS) {
		d->full = true;
		return;
	}
	if (!line.p)
		line = field(d, r, S_MESSAGE);
	e = arena_zero(d->arena, sizeof *e);
	e->id = arena_copy(d->arena, id);
	e->time = arena_copy(d->arena, field(d, r, S_TIME));
	e->dataset = arena_copy(d->arena, field(d, r, S_DATASET));
	e->host = arena_copy(d->arena, field(d, r, S_HOST));
	e->line = arena_copy(d->arena, str_sub(line, 0, DOSSIER_LINE));
	e->cut = line.n > DOSSIER_LINE;
	*map_put(d->lines, id) = e;
}

static void
count_loose(struct dossier *d, struct rec *r)
{
	struct str rule = field(d, r, S_RULE), time = field(d, r, S_TIME);
	struct str severity = field(d, r, S_SEVERITY);
	struct loose *l = map_get(d->loose, rule.p ? rule : STR(""));
	int64_t n = 1;

	if (!l) {
		l = arena_zero(d->arena, sizeof *l);
		l->rule = arena_copy(d->arena, rule.p ? rule : STR(""));
		l->name = arena_copy(d->arena, field(d, r, S_NAME));
		l->first = l->last = arena_copy(d->arena, time);
		*map_put(d->loose, l->rule) = l;
	}
	if (severity_rank(severity) > severity_rank(l->severity))
		l->severity = arena_copy(d->arena, severity);
	if (time.p && str_cmp(time, l->first) < 0)
		l->first = arena_copy(d->arena, time);
	if (time.p && str_cmp(time, l->last) > 0)
		l->last = arena_copy(d->arena, time);
	rec_i64(r, d->slot[S_FOLD], &n);
	l->n += n > 0 ? n : 1;
}

static void
count_try(struct dossier *d, struct rec *r)
{
	struct str ip = field(d, r, S_SOURCE), action = field(d, r, S_ACTION);
	struct str outcome = field(d, r, S_OUTCOME);
	struct source *s;
	void **at;
	size_t i = 0;

	if (!ip.n || (!map_get(d->sources, ip) && map_count(d->sources) >= SOURCES))
		return;
	at = map_put(d->sources, ip);
	if (!*at)
		*at = arena_zero(d->arena, sizeof *s);
	s = *at;
	if (field(d, r, S_METHOD).n) {
		s->requests++;
		return;
	}
	if (!action.n || !outcome.n)
		return;
	while (i < KINDS && s->logon[i].action.p && !str_eq(s->logon[i].action, action))
		i++;
	if (i == KINDS)
		return;
	if (!s->logon[i].action.p)
		s->logon[i].action = arena_copy(d->arena, action);
	s->logon[i].failed += str_eq(outcome, STR("failure"));
	s->logon[i].succeeded += str_eq(outcome, STR("success"));
}

struct tries
dossier_tries(const struct dossier *d, struct str address)
{
	const struct source *s = map_get(d->sources, address);
	struct tries most = {0};

	for (size_t i = 0; s && i < KINDS; i++)
		if (s->logon[i].failed >= most.failed) {
			most.failed = s->logon[i].failed;
			most.succeeded = s->logon[i].succeeded;
		}
	most.requests = s ? s->requests : 0;
	return most;
}

void
dossier_add(struct dossier *d, struct rec *r)
{
	struct str kind = field(d, r, S_KIND), ecs = field(d, r, S_ECS_KIND), key;
	int64_t version = 0;

	if (!kind.p)
		kind = str_eq(ecs, STR("alert")) || str_eq(ecs, STR("signal"))
			   ? STR("alert")
			   : STR("event");
	if (str_eq(kind, STR("incident"))) {
		rec_i64(r, d->slot[S_VERSION], &version);
		if ((key = field(d, r, S_INCIDENT)).n)
			keep(d, d->incidents, key, r, version);
	} else if (str_eq(kind, STR("plan"))) {
		if ((key = field(d, r, S_PLAN)).n)
			keep(d, d->plans, key, r, 0);
	} else if (str_eq(kind, STR("action"))) {
		key = CAT(
		    rec_arena(r), field(d, r, S_PLAN), STR("\n"), field(d, r, S_KEY));
		keep(d, d->actions, key, r, 0);
	} else if (str_eq(kind, STR("alert"))) {
		keep_line(d, r);
		if (!field(d, r, S_INCIDENT).n)
			count_loose(d, r);
	} else if (str_eq(kind, STR("event"))) {
		keep_line(d, r);
		count_try(d, r);
	}
}

static const struct node *
tree(struct dossier *d, const struct kept *k)
{
	return node_json(d->arena, (struct str){k->line, k->n});
}

static struct str
text(const struct node *n, struct str path)
{
	return node_text(node_path(n, path));
}

static int
by_weight(const void *a, const void *b)
{
	const struct node *x = ((const struct incident *)a)->rec,
			  *y = ((const struct incident *)b)->rec;
	int dx = severity_rank(text(x, STR("ir.severity"))),
	    dy = severity_rank(text(y, STR("ir.severity")));
	int by_start;

	if (dx != dy)
		return dy - dx;
	by_start = str_cmp(text(x, STR("event.start")), text(y, STR("event.start")));
	if (by_start)
		return by_start;
	return str_cmp(text(x, STR("ir.incident.id")), text(y, STR("ir.incident.id")));
}

static struct incident *
home(struct dossier *d, const struct kept *k)
{
	return map_get(d->by_id, dossier_home(d, k->incident));
}

static void
hang(struct dossier *d, struct map *m, bool plans)
{
	struct str key;
	void *value;

	for (size_t i = 0; map_next(m, &i, &key, &value);) {
		struct incident *in = home(d, value);
		const struct node ***list;
		size_t *n;

		if (!in)
			continue;
		list = plans ? &in->plans : &in->actions;
		n = plans ? &in->nplans : &in->nactions;
		if (*list == NULL)
			*list = arena_zero(d->arena, map_count(m) * sizeof **list);
		(*list)[(*n)++] = tree(d, value);
	}
}

void
dossier_sort(struct dossier *d)
{
	struct str key;
	void *value;

	d->v = mem_new(map_count(d->incidents) + 1, sizeof *d->v);
	for (size_t i = 0; map_next(d->incidents, &i, &key, &value);)
		if (str_eq(dossier_home(d, key), key))
			d->v[d->n++] = (struct incident){
			    .id = key, .rec = tree(d, value)};
	qsort(d->v, d->n, sizeof *d->v, by_weight);
	for (size_t i = 0; i < d->n; i++)
		*map_put(d->by_id, d->v[i].id) = &d->v[i];
	hang(d, d->plans, true);
	hang(d, d->actions, false);
}

size_t
dossier_count(const struct dossier *d)
{
	return d->n;
}

const struct incident *
dossier_incident(const struct dossier *d, size_t i)
{
	return &d->v[i];
}

/* A chain of merges is followed at most so far: an attacker may not make a ring of it. */
#define MERGES 64

struct str
dossier_home(const struct dossier *d, struct str id)
{
	for (int i = 0; i < MERGES; i++) {
		const struct kept *k = map_get(d->incidents, id);
		const struct node *n;
		struct str into;

		if (!k)
			break;
		n = node_json(d->arena, (struct str){k->line, k->n});
		into = text(n, STR("ir.incident.into"));
		if (!str_eq(text(n, STR("ir.incident.state")), STR("merged")) ||
		    !into.n || !map_get(d->incidents, into))
			break;
		id = into;
	}
	return id;
}

size_t
dossier_loose_count(const struct dossier *d)
{
	return map_count(d->loose);
}

const struct loose *
dossier_loose(const struct dossier *d, size_t i)
{
	struct str key;
	void *value = NULL;

	for (size_t at = 0; map_next(d->loose, &at, &key, &value);)
		if (i-- == 0)
			return value;
	return NULL;
}

const struct evidence *
dossier_event(const struct dossier *d, struct str id)
{
	return map_get(d->lines, id);
}

bool
dossier_full(const struct dossier *d)
{
	return d->full;
}

static void
cite(const struct node *ids, void (*each)(void *, struct str), void *ctx)
{
	for (size_t i = 0; i < node_count(ids); i++) {
		struct str id = node_text(node_at(ids, i));

		if (id.n)
			each(ctx, id);
	}
}

void
dossier_cites(const struct incident *in, void (*each)(void *, struct str), void *ctx)
{
	const struct node *cause = node_path(in->rec, STR("ir.cause"));
	static const char *const lists[] = {"ir.alerts", "ir.attack"};

	cite(node_get(cause, STR("event")), each, ctx);
	cite(node_get(cause, STR("path")), each, ctx);
	for (size_t l = 0; l < 2; l++) {
		const struct node *list = node_path(in->rec, str_of(lists[l]));

		for (size_t i = 0; i < node_count(list); i++)
			cite(node_get(node_at(list, i), STR("events")), each, ctx);
	}
}
