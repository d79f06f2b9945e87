#include "mem.h"
#include "shelf.h"
#include "union.h"

#define BEFORE_MAX ((size_t)16 * 1024 * 1024)

void
union_make(struct incident *older, struct incident *other)
{
	struct buf b = buf_make(BEFORE_MAX);

	shelf_save(older, &b);
	drop_text(&other->before);
	other->before = keep_text(buf_str(&b));
	buf_free(&b);
	incident_merge(older, other);
	other->state = STATE_MERGED;
	memcpy(other->into, older->id, sizeof(other->into));
}

static const struct member *
member_of(const struct incident *in, struct str id)
{
	for (size_t i = 0; i < in->members_n; i++)
		if (str_eq(in->members[i].id, id))
			return &in->members[i];
	return NULL;
}

static bool
act_of(const struct incident *in, struct str technique)
{
	for (size_t i = 0; i < in->acts_n; i++)
		if (str_eq(in->acts[i].technique, technique))
			return true;
	return false;
}

/* What the union has and neither had is kept in `rest`: it came later. */
static void
keep_later(struct incident *rest, const struct incident *all, const struct incident *was,
    const struct incident *other)
{
	for (size_t i = 0; i < all->members_n; i++) {
		const struct member *m = &all->members[i];
		const struct member *a = member_of(was, m->id),
				    *b = member_of(other, m->id);

		if (!a && !b)
			incident_take_member(rest, m);
	}
	for (size_t i = 0; i < all->entities_n; i++) {
		const struct entity *e = &all->entities[i];

		if (!incident_find(was, e->type, e->value, e->host) &&
		    !incident_find(other, e->type, e->value, e->host))
			incident_take_entity(rest, e);
	}
	for (size_t i = 0; i < all->acts_n; i++) {
		const struct act *a = &all->acts[i];

		if (act_of(was, a->technique) || act_of(other, a->technique))
			continue;
		for (size_t k = 0; k < ids_count(&a->events); k++)
			incident_act(rest, a->technique, a->tactic, ids_at(&a->events, k),
			    a->first, a->conf);
	}
}

/* What is its own leads to it again. */
static void
lead_back(struct links *l, const struct incident *other, const struct incident *was)
{
	for (size_t i = 0; i < other->entities_n; i++) {
		const struct entity *e = &other->entities[i];

		if (incident_find(was, e->type, e->value, e->host))
			continue;
		if (e->type == ENT_IP && e->role >= ROLE_PIVOT)
			links_set(l, LINK_IP, e->value, STR_NONE, other, e->last);
		if (e->type == ENT_USER && e->held)
			links_set(l, LINK_USER, e->value, e->host, other, e->last);
		if (e->type == ENT_HOST && e->held)
			links_set(l, LINK_HOST, e->value, STR_NONE, other, e->last);
	}
	for (size_t i = 0; i < other->members_n; i++)
		links_set(l, LINK_ALERT, other->members[i].id, STR_NONE, other,
		    other->members[i].last);
}

/* The other as it was before the merge. */
static struct incident *
before(const struct incident *merged)
{
	struct unpack u = {.rest = merged->before};

	return merged->before.n ? shelf_load(&u) : NULL;
}

struct incident *
union_undo(struct links *l, struct incident *other)
{
	struct incident *in = links_incident(l, str_of(other->into)), all;
	struct incident *was, *old;

	if (other->state != STATE_MERGED || !in || in->state == STATE_MERGED)
		return NULL;
	was = before(other);
	old = before(other);
	if (!was || !old) {
		incident_free(was);
		incident_free(old);
		return NULL;
	}
	/* `in` is what it was, in its place; `was` is the union now, and goes */
	all = *in;
	*in = *was;
	*was = all;
	keep_later(in, was, old, other);
	in->n = was->n > other->n ? was->n - other->n : 1;
	in->version = was->version;
	in->written = 0;
	in->changed = other->changed = true;
	incident_free(was);
	incident_free(old);
	drop_text(&other->before);
	other->state = STATE_SPLIT;
	lead_back(l, other, in);
	links_part(l, in, other);
	return in;
}
