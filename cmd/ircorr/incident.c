#include "incident.h"
#include "mem.h"
#include "score.h"
#include "sha256.h"

/* Most incidents have one of each: their arrays start small. */
static void *
more(void *array, size_t *cap, size_t want, size_t size)
{
	if (array)
		return mem_grow(array, cap, want, size);
	*cap = want;
	return mem_new(want, size);
}

/* --- ids --- */

void
ids_add(struct ids *ids, struct str id)
{
	size_t n = ids_count(ids), at;

	if (id.n == 0 || id.n > ID_MAX || (n && str_eq(ids_at(ids, n - 1), id)))
		return;
	for (size_t i = 0; i < n && n < IDS_FIRST; i++)
		if (str_eq(ids_at(ids, i), id))
			return;
	at = ids->kept < IDS_FIRST
		 ? (size_t)ids->kept
		 : IDS_FIRST + (size_t)((ids->kept - IDS_FIRST) % IDS_LAST);
	ids->v = more(ids->v, &ids->cap, at + 1, sizeof(*ids->v));
	memcpy(ids->v[at], id.p, id.n);
	ids->v[at][id.n] = '\0';
	ids->kept++;
}

size_t
ids_count(const struct ids *ids)
{
	return ids->kept < IDS_FIRST + IDS_LAST ? (size_t)ids->kept
						: IDS_FIRST + IDS_LAST;
}

struct str
ids_at(const struct ids *ids, size_t i)
{
	if (i >= IDS_FIRST && ids->kept > IDS_FIRST + IDS_LAST)
		i = IDS_FIRST +
		    (size_t)((ids->kept - IDS_FIRST + (i - IDS_FIRST)) % IDS_LAST);
	return str_of(ids->v[i]);
}

/* --- the whole --- */

struct str
keep_text(struct str s)
{
	return (struct str){mem_text(s), s.n};
}

void
drop_text(struct str *s)
{
	mem_free((char *)(uintptr_t)s->p);
	*s = STR_NONE;
}

struct incident *
incident_new(struct str first)
{
	struct incident *in = mem_new(1, sizeof(*in));

	sha256_id(in->id, 2, (struct str[]){STR("incident"), first});
	in->first = INT64_MAX;
	in->last = in->reach = INT64_MIN;
	in->expected = in->shared = in->office = true;
	return in;
}

void
incident_free(struct incident *in)
{
	if (!in)
		return;
	for (size_t i = 0; i < in->members_n; i++) {
		mem_free(in->members[i].events.v);
		drop_text(&in->members[i].id);
		drop_text(&in->members[i].rule);
		drop_text(&in->members[i].name);
	}
	for (size_t i = 0; i < in->entities_n; i++) {
		drop_text(&in->entities[i].value);
		drop_text(&in->entities[i].host);
	}
	for (size_t i = 0; i < in->acts_n; i++) {
		mem_free(in->acts[i].events.v);
		drop_text(&in->acts[i].technique);
		drop_text(&in->acts[i].tactic);
	}
	drop_text(&in->before);
	drop_text(&in->cause.vector);
	drop_text(&in->cause.weakness);
	drop_text(&in->root.members);
	mem_free(in->members);
	mem_free(in->entities);
	mem_free(in->acts);
	mem_free(in);
}

/* --- members --- */

static struct member *
find_member(struct incident *in, struct str id)
{
	for (size_t i = in->members_n; i-- > 0;)
		if (str_eq(in->members[i].id, id))
			return &in->members[i];
	return NULL;
}

/* When there is no room: the last member of the same rule counts it, else the last. */
static struct member *
stand_in(struct incident *in, struct str rule)
{
	for (size_t i = in->members_n; i-- > 0;)
		if (str_eq(in->members[i].rule, rule))
			return &in->members[i];
	return &in->members[in->members_n - 1];
}

static struct member *
member_for(struct incident *in, struct str id, struct str rule, struct str name)
{
	struct member *m = find_member(in, id);

	if (m)
		return m;
	if (in->members_n == INCIDENT_MAX)
		return stand_in(in, rule);
	in->members = more(
	    in->members, &in->members_cap, in->members_n + 1, sizeof(*in->members));
	m = &in->members[in->members_n++];
	m->id = keep_text(id);
	m->rule = keep_text(rule);
	m->name = keep_text(name);
	m->first = INT64_MAX;
	m->last = INT64_MIN;
	return m;
}

static void
widen(int64_t *first, int64_t *last, int64_t from, int64_t to)
{
	if (from < *first)
		*first = from;
	if (to > *last)
		*last = to;
}

/* The highest counts. */
static void
raise(uint8_t *to, unsigned v)
{
	if (v > *to)
		*to = (uint8_t)v;
}

void
incident_member(struct incident *in, const struct sighting *g, bool passed)
{
	struct member *m = member_for(
	    in, g->fold_of.p ? g->fold_of : g->id, g->rule, g->name);

	m->n += g->n;
	if (g->severity > m->severity)
		m->severity = g->severity;
	raise(&m->score, score_of_alert(g));
	raise(&in->criticality, (unsigned)g->criticality);
	widen(&m->first, &m->last, g->start, g->ns);
	for (size_t i = 0; i < g->events_n; i++)
		ids_add(&m->events, g->events[i]);
	/* what an informational one looks back on is daily work */
	widen(&in->first, &in->last, g->severity > SEV_INFO ? g->start : g->ns, g->ns);
	if (passed && g->ns > in->reach)
		in->reach = g->ns;
	in->n += g->n;
	if (g->severity > in->top)
		in->top = g->severity;
	in->changed = true;
}

/* --- entities --- */

struct entity *
incident_find(
    const struct incident *in, enum entity_type type, struct str value, struct str host)
{
	for (size_t i = 0; i < in->entities_n; i++) {
		struct entity *e = &in->entities[i];

		if (e->type == type && str_eq(e->value, value) &&
		    (type != ENT_USER || str_ieq(e->host, host)))
			return e;
	}
	return NULL;
}

static struct entity *
entity_for(struct incident *in, enum entity_type type, struct str value, struct str host)
{
	struct entity *e = incident_find(in, type, value, host);

	if (e || in->entities_n == INCIDENT_MAX)
		return e;
	in->entities = more(
	    in->entities, &in->entities_cap, in->entities_n + 1, sizeof(*in->entities));
	e = &in->entities[in->entities_n++];
	e->type = type;
	e->value = keep_text(value);
	e->host = keep_text(type == ENT_USER && host.p ? host : STR(""));
	e->first = INT64_MAX;
	e->last = INT64_MIN;
	return e;
}

struct entity *
incident_entity(struct incident *in, enum entity_type type, struct str value,
    struct str host, enum entity_role role, enum entity_prov prov, int64_t ns)
{
	struct entity *e;

	if (value.n == 0)
		return NULL;
	e = entity_for(in, type, value, host);
	if (!e)
		return NULL;
	if (role > e->role)
		e->role = role;
	if (prov > e->prov)
		e->prov = prov;
	widen(&e->first, &e->last, ns, ns);
	e->n++;
	in->changed = true;
	return e;
}

/* --- techniques --- */

void
incident_act(struct incident *in, struct str technique, struct str tactic,
    struct str event, int64_t ns, unsigned conf)
{
	struct act *a = NULL;

	for (size_t i = 0; i < in->acts_n && !a; i++)
		if (str_eq(in->acts[i].technique, technique))
			a = &in->acts[i];
	if (!a && in->acts_n == INCIDENT_MAX)
		return;
	if (!a) {
		in->acts = more(
		    in->acts, &in->acts_cap, in->acts_n + 1, sizeof(*in->acts));
		a = &in->acts[in->acts_n++];
		a->technique = keep_text(technique);
		a->tactic = keep_text(tactic);
		a->first = ns;
	}
	if (ns < a->first)
		a->first = ns;
	if (conf > a->conf)
		a->conf = conf;
	ids_add(&a->events, event);
}

bool
incident_did(const struct incident *in, const char *base)
{
	for (size_t i = 0; i < in->acts_n; i++)
		if (str_starts(in->acts[i].technique, str_of(base)))
			return true;
	return false;
}

/* --- two become one --- */

static void
merge_ids(struct ids *to, const struct ids *from)
{
	for (size_t i = 0; i < ids_count(from); i++)
		ids_add(to, ids_at(from, i));
}

void
incident_take_member(struct incident *in, const struct member *o)
{
	struct member *m = member_for(in, o->id, o->rule, o->name);

	m->n += o->n;
	if (o->severity > m->severity)
		m->severity = o->severity;
	if (o->severity > in->top)
		in->top = o->severity;
	raise(&m->score, o->score);
	widen(&m->first, &m->last, o->first, o->last);
	widen(&in->first, &in->last, o->first, o->last);
	if (o->last > in->reach)
		in->reach = o->last;
	merge_ids(&m->events, &o->events);
}

void
incident_take_entity(struct incident *in, const struct entity *o)
{
	struct entity *e = incident_entity(
	    in, o->type, o->value, o->host, o->role, o->prov, o->first);

	if (!e)
		return;
	e->n += o->n - 1;
	e->held |= o->held;
	widen(&e->first, &e->last, o->first, o->last);
}

static void
merge_cause(struct incident *in, const struct incident *other)
{
	const struct cause *o = &other->cause;

	if (!o->event[0] || (in->cause.event[0] && in->cause.ns <= o->ns))
		return;
	drop_text(&in->cause.vector);
	drop_text(&in->cause.weakness);
	in->cause = *o;
	in->cause.vector = keep_text(o->vector);
	in->cause.weakness = keep_text(o->weakness);
}

void
incident_root(struct incident *in, struct str members, int64_t ns)
{
	if (in->root.members.n && in->root.ns <= ns)
		return;
	drop_text(&in->root.members);
	in->root = (struct root){keep_text(members), ns};
	in->changed = true;
}

void
incident_merge(struct incident *in, const struct incident *other)
{
	if (other->root.members.n)
		incident_root(in, other->root.members, other->root.ns);
	for (size_t i = 0; i < other->members_n; i++)
		incident_take_member(in, &other->members[i]);
	for (size_t i = 0; i < other->entities_n; i++)
		incident_take_entity(in, &other->entities[i]);
	for (size_t i = 0; i < other->acts_n; i++) {
		const struct act *o = &other->acts[i];

		for (size_t k = 0; k < ids_count(&o->events); k++)
			incident_act(in, o->technique, o->tactic, ids_at(&o->events, k),
			    o->first, o->conf);
	}
	merge_cause(in, other);
	widen(&in->first, &in->last, other->first, other->last);
	if (other->reach > in->reach)
		in->reach = other->reach;
	in->n += other->n;
	if (other->top > in->top)
		in->top = other->top;
	in->expected &= other->expected;
	in->shared &= other->shared;
	in->office &= other->office;
	in->familiar &= other->familiar;
	in->exploited |= other->exploited;
	raise(&in->criticality, other->criticality);
	in->changed = true;
}
