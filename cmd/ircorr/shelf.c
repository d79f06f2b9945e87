#include "mem.h"
#include "shelf.h"

/* What a flag's bit is; the order is that of the file. */
#define FLAGS(in)                                                               \
	{                                                                       \
		&(in)->expected, &(in)->shared, &(in)->office, &(in)->familiar, \
		    &(in)->exploited, &(in)->changed                            \
	}
#define FLAGS_N 6

static void
save_ids(const struct ids *ids, struct buf *b)
{
	pack_u64(b, ids->kept);
	for (size_t i = 0; i < ids_count(ids); i++)
		pack_str(b, str_of(ids->v[i]));
}

static void
load_ids(struct ids *ids, struct unpack *u)
{
	ids->kept = unpack_u64(u);
	if (u->bad)
		ids->kept = 0;
	if (ids_count(ids))
		ids->v = mem_grow(NULL, &ids->cap, ids_count(ids), sizeof(*ids->v));
	for (size_t i = 0; i < ids_count(ids); i++)
		unpack_into(u, ids->v[i], sizeof(ids->v[i]));
}

static void
save_members(const struct incident *in, struct buf *b)
{
	pack_u64(b, in->members_n);
	for (size_t i = 0; i < in->members_n; i++) {
		const struct member *m = &in->members[i];

		pack_str(b, m->id);
		pack_str(b, m->rule);
		pack_str(b, m->name);
		pack_u64(b, m->severity);
		pack_u64(b, m->score);
		pack_u64(b, m->n);
		pack_i64(b, m->first);
		pack_i64(b, m->last);
		save_ids(&m->events, b);
	}
}

static void
load_members(struct incident *in, struct unpack *u)
{
	size_t n = (size_t)unpack_max(u, INCIDENT_MAX);

	in->members = mem_grow(NULL, &in->members_cap, n, sizeof(*in->members));
	for (in->members_n = 0; in->members_n < n && !u->bad; in->members_n++) {
		struct member *m = &in->members[in->members_n];

		m->id = keep_text(unpack_str(u));
		m->rule = keep_text(unpack_str(u));
		m->name = keep_text(unpack_str(u));
		m->severity = (enum severity)unpack_max(u, SEV_CRITICAL);
		m->score = (uint8_t)unpack_max(u, 100);
		m->n = unpack_u64(u);
		m->first = unpack_i64(u);
		m->last = unpack_i64(u);
		load_ids(&m->events, u);
	}
}

static void
save_entities(const struct incident *in, struct buf *b)
{
	pack_u64(b, in->entities_n);
	for (size_t i = 0; i < in->entities_n; i++) {
		const struct entity *e = &in->entities[i];

		pack_u64(b, e->type);
		pack_str(b, e->value);
		pack_str(b, e->host);
		pack_u64(b, e->role);
		pack_u64(b, e->prov);
		pack_u64(b, e->held);
		pack_i64(b, e->first);
		pack_i64(b, e->last);
		pack_u64(b, e->n);
	}
}

static void
load_entities(struct incident *in, struct unpack *u)
{
	size_t n = (size_t)unpack_max(u, INCIDENT_MAX);

	in->entities = mem_grow(NULL, &in->entities_cap, n, sizeof(*in->entities));
	for (in->entities_n = 0; in->entities_n < n && !u->bad; in->entities_n++) {
		struct entity *e = &in->entities[in->entities_n];

		e->type = (enum entity_type)unpack_max(u, ENT_FILE);
		e->value = keep_text(unpack_str(u));
		e->host = keep_text(unpack_str(u));
		e->role = (enum entity_role)unpack_max(u, ROLE_ATTACKER);
		e->prov = (enum entity_prov)unpack_max(u, PROV_OBSERVED);
		e->held = unpack_max(u, 1);
		e->first = unpack_i64(u);
		e->last = unpack_i64(u);
		e->n = unpack_u64(u);
	}
}

static void
save_acts(const struct incident *in, struct buf *b)
{
	pack_u64(b, in->acts_n);
	for (size_t i = 0; i < in->acts_n; i++) {
		const struct act *a = &in->acts[i];

		pack_str(b, a->technique);
		pack_str(b, a->tactic);
		pack_i64(b, a->first);
		pack_u64(b, a->conf);
		save_ids(&a->events, b);
	}
}

static void
load_acts(struct incident *in, struct unpack *u)
{
	size_t n = (size_t)unpack_max(u, INCIDENT_MAX);

	in->acts = mem_grow(NULL, &in->acts_cap, n, sizeof(*in->acts));
	for (in->acts_n = 0; in->acts_n < n && !u->bad; in->acts_n++) {
		struct act *a = &in->acts[in->acts_n];

		a->technique = keep_text(unpack_str(u));
		a->tactic = keep_text(unpack_str(u));
		a->first = unpack_i64(u);
		a->conf = (unsigned)unpack_max(u, 100);
		load_ids(&a->events, u);
	}
}

static void
save_cause(const struct incident *in, struct buf *b)
{
	pack_str(b, str_of(in->cause.event));
	pack_i64(b, in->cause.ns);
	pack_str(b, in->cause.vector);
	pack_str(b, in->cause.weakness);
	pack_u64(b, in->cause.conf);
	pack_str(b, in->root.members);
	pack_i64(b, in->root.ns);
	pack_str(b, in->before);
}

/* A text that is absent where there is none. */
static struct str
load_text(struct unpack *u)
{
	struct str s = unpack_str(u);

	return s.n ? keep_text(s) : STR_NONE;
}

static void
load_cause(struct incident *in, struct unpack *u)
{
	unpack_into(u, in->cause.event, sizeof(in->cause.event));
	in->cause.ns = unpack_i64(u);
	in->cause.vector = load_text(u);
	in->cause.weakness = load_text(u);
	in->cause.conf = (unsigned)unpack_max(u, 100);
	in->root.members = load_text(u);
	in->root.ns = unpack_i64(u);
	in->before = load_text(u);
}

void
shelf_save(const struct incident *in, struct buf *b)
{
	const bool *flags[FLAGS_N] = FLAGS(in);

	pack_str(b, str_of(in->id));
	pack_str(b, str_of(in->into));
	pack_u64(b, in->version);
	pack_u64(b, in->state);
	pack_i64(b, in->first);
	pack_i64(b, in->last);
	pack_i64(b, in->reach);
	pack_u64(b, in->n);
	pack_u64(b, in->top);
	pack_u64(b, in->criticality);
	for (size_t i = 0; i < FLAGS_N; i++)
		pack_u64(b, *flags[i]);
	save_cause(in, b);
	save_members(in, b);
	save_entities(in, b);
	save_acts(in, b);
	pack_u64(b, in->written);
	pack_u64(b, in->written_n);
}

struct incident *
shelf_load(struct unpack *u)
{
	struct incident *in = incident_new(STR(""));
	bool *flags[FLAGS_N] = FLAGS(in);

	unpack_into(u, in->id, sizeof(in->id));
	unpack_into(u, in->into, sizeof(in->into));
	in->version = unpack_u64(u);
	in->state = (enum state)unpack_max(u, STATE_SPLIT);
	in->first = unpack_i64(u);
	in->last = unpack_i64(u);
	in->reach = unpack_i64(u);
	in->n = unpack_u64(u);
	in->top = (enum severity)unpack_max(u, SEV_CRITICAL);
	in->criticality = (uint8_t)unpack_max(u, 5);
	for (size_t i = 0; i < FLAGS_N; i++)
		*flags[i] = unpack_max(u, 1);
	load_cause(in, u);
	load_members(in, u);
	load_entities(in, u);
	load_acts(in, u);
	in->written = unpack_u64(u);
	in->written_n = unpack_u64(u);
	if (!u->bad && strlen(in->id) == 32 && in->members_n > 0)
		return in;
	u->bad = true;
	incident_free(in);
	return NULL;
}
