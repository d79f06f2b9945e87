#include "touch.h"
#include "map.h"
#include "mem.h"

enum {
	T_INCIDENT,
	T_KIND,
	T_RULE,
	T_NAME,
	T_SRC,
	T_DST,
	T_HOST,
	T_USER,
	T_PROCESS,
	T_PARENT,
	T_LOGON,
	T_SUBJECT,
	T_EXE,
	T_FILE,
	T_URL,
	T_COUNT
};

static const char *const names[T_COUNT] = {"ir.incident.id", "ir.kind", "rule.id",
    "rule.name", "source.ip", "destination.ip", "host.name", "user.name",
    "process.entity_id", "process.parent.entity_id", "winlog.logon.id",
    "winlog.event_data.SubjectLogonId", "process.executable", "file.path", "url.path"};

struct chain {
	struct touch *first, *last;
	size_t n;
};

struct touches {
	int slot[T_COUNT];
	struct arena *a;
	struct map *chains;
	size_t n;
};

struct touches *
touches_new(struct filter_run *run)
{
	struct touches *t = mem_new(1, sizeof(*t));

	for (int i = 0; i < T_COUNT; i++)
		t->slot[i] = filter_slot(run, names[i]);
	t->a = arena_new();
	t->chains = map_new();
	return t;
}

void
touches_free(struct touches *t)
{
	if (!t)
		return;
	map_free(t->chains);
	arena_free(t->a);
	mem_free(t);
}

struct str
touches_incident(const struct touches *t, struct rec *r)
{
	return rec_text(r, t->slot[T_INCIDENT]);
}

static struct str
kept(const struct touches *t, struct rec *r, int slot)
{
	struct str s = rec_text(r, t->slot[slot]);

	return s.n && s.n <= 1024 ? arena_copy(t->a, s) : STR("");
}

static struct chain *
chain_of(struct touches *t, struct str incident)
{
	void **at = map_put(t->chains, incident);

	if (!*at)
		*at = arena_zero(t->a, sizeof(struct chain));
	return *at;
}

void
touches_add(struct touches *t, struct rec *r)
{
	struct str id = touches_incident(t, r);
	struct chain *c;
	struct touch *v;

	if (!id.n || id.n > 64 || t->n == TOUCH_MAX ||
	    str_eq(rec_text(r, t->slot[T_KIND]), STR("incident")))
		return;
	c = chain_of(t, id);
	if (c->n == TOUCH_OF)
		return;
	v = arena_zero(t->a, sizeof(*v));
	*v = (struct touch){.rule = kept(t, r, T_RULE),
	    .src = kept(t, r, T_SRC),
	    .dst = kept(t, r, T_DST),
	    .host = kept(t, r, T_HOST),
	    .user = kept(t, r, T_USER),
	    .process = kept(t, r, T_PROCESS),
	    .parent = kept(t, r, T_PARENT),
	    .session = kept(t, r, T_LOGON),
	    .exe = kept(t, r, T_EXE),
	    .file = kept(t, r, T_FILE),
	    .url = kept(t, r, T_URL)};
	if (!v->session.n)
		v->session = kept(t, r, T_SUBJECT);
	if (!v->rule.n)
		v->rule = kept(t, r, T_NAME);
	*(c->last ? &c->last->next : &c->first) = v;
	c->last = v;
	c->n++;
	t->n++;
}

void
touches_join(struct touches *t, struct str from, struct str to)
{
	const struct chain *gone = map_get(t->chains, from);
	struct chain *c;

	if (!gone || str_eq(from, to))
		return;
	map_del(t->chains, from);
	c = chain_of(t, to);
	*(c->last ? &c->last->next : &c->first) = gone->first;
	c->last = gone->last;
	c->n += gone->n;
}

const struct touch *
touches_of(const struct touches *t, struct str incident)
{
	const struct chain *c = map_get(t->chains, incident);

	return c ? c->first : NULL;
}
