/*
 * disable-service: mask a unit, as systemctl(1) does, and stop it.
 *
 * A mask is a link to /dev/null in the directory that wins over all others.  A unit
 * that is a file there itself goes to the vault first.
 */
#include "batch.h"
#include "system.h"
#include "units.h"

#define MASK "/dev/null"

struct service {
	struct str unit;  /* by its own name, not an alias */
	struct str place; /* where the mask is */
	struct str link;  /* where a link that stood there points; empty: none did */
	bool active, filed;
	struct vault_item item; /* the file that stood there, if `filed` */
};

/* --- looking --- */

/* False: the job says why not. */
static bool
find(struct batch *b, struct job *j, struct service *s)
{
	const struct rootfs *r = &b->hands.root;
	struct str given = j->a.to.text[TARGET_UNIT];

	s->unit = units_name(r, j->arena, given);
	if (!units_is(given)) {
		job_refuse(j, "target", "'" STR_FMT "' is no unit", STR_ARG(given));
	} else if (!s->unit.p) {
		job_refuse(j, "absent", "there is no unit " STR_FMT, STR_ARG(given));
	} else if (!units_may_go(given) || !units_may_go(s->unit)) {
		job_refuse(j, "protected", "the system needs the unit " STR_FMT,
		    STR_ARG(s->unit));
	} else {
		s->place = CAT(j->arena, STR(UNITS_ADMIN "/"), s->unit);
		return true;
	}
	return false;
}

static void
note(struct job *j, const struct service *s)
{
	struct buf b = buf_make((size_t)1 << 20);

	buf_add(&b, STR("{\"unit\":"));
	buf_json(&b, s->unit);
	buf_add(&b, STR(",\"link\":"));
	buf_json(&b, s->link);
	buf_fmt(&b, ",\"active\":%s", s->active ? "true" : "false");
	if (s->filed) {
		buf_add(&b, STR(",\"item\":"));
		vault_write(&s->item, &b);
	}
	buf_ch(&b, '}');
	j->prior = arena_copy(j->arena, buf_str(&b));
	buf_free(&b);
}

static void
look(struct batch *b, struct job *j)
{
	const struct rootfs *r = &b->hands.root;
	struct service s = {.active = false};
	struct err e = {0};

	if (!find(b, j, &s))
		return;
	s.link = rootfs_readlink(r, j->arena, s.place.p);
	s.active = units_active(r, s.unit);
	if (str_eq(s.link, STR(MASK)) && !s.active) {
		job_already(j, STR_FMT " is masked", STR_ARG(s.unit));
		return;
	}
	if (!s.link.p)
		s.filed = vault_look(r, j->arena, s.place, &s.item, &e) == VAULT_THERE;
	if (e.kind) {
		hands_fault(j, &e);
		return;
	}
	if (!s.link.p)
		s.link = STR("");
	note(j, &s);
	j->change = arena_fmt(j->arena, "mask " STR_FMT "%s%s", STR_ARG(s.unit),
	    s.active ? " and stop it" : "",
	    s.filed ? "; its file goes to the vault" : "");
	j->diff = hands_diff(j->arena, '+', s.place, STR("link to " MASK));
}

/* --- acting --- */

static bool
recall(const struct past *p, struct service *s, struct err *e)
{
	const struct node *item = node_get(p->prior, STR("item"));

	*s = (struct service){.unit = past_prior(p, "unit"),
	    .link = past_prior(p, "link"),
	    .active = node_true(node_get(p->prior, STR("active"))),
	    .filed = item != NULL};
	if (!s->unit.n || !units_is(s->unit) || !s->link.p)
		return past_silent(e, "which unit");
	s->place = CAT(p->arena, STR(UNITS_ADMIN "/"), s->unit);
	return !item || vault_read(p->arena, item, &s->item, e);
}

static struct str
link_at(struct batch *b, struct arena *a, const struct service *s)
{
	return rootfs_readlink(&b->hands.root, a, s->place.p);
}

/* Let the place be a link to `to`, or free (`to` empty). */
static bool
point(struct batch *b, struct arena *a, const struct service *s, struct str to,
    struct err *e)
{
	const struct rootfs *r = &b->hands.root;
	struct str now = link_at(b, a, s);

	if (str_eq(now, to) || (!now.p && !to.n))
		return true;
	return (!now.p || rootfs_remove(r, s->place.p, e)) &&
	       (!to.n || rootfs_link(r, s->place.p, to.p, e));
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct past p = past_of(j->arena, j->deed);
	const struct rootfs *r = &b->hands.root;
	struct service s;
	char id[33];

	hands_id(id, j->deed, 0);
	return recall(&p, &s, e) &&
	       (!s.filed || vault_take(b->hands.vault, id, r, &s.item, e)) &&
	       point(b, j->arena, &s, STR(MASK), e) && units_reload(r, e) &&
	       units_stop(r, s.unit, e);
}

static int
holds(struct batch *b, const struct past *p)
{
	struct err e = {0};
	struct service s;

	if (!recall(p, &s, &e))
		return -1;
	return str_eq(link_at(b, p->arena, &s), STR(MASK)) &&
	       !units_active(&b->hands.root, s.unit);
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	const struct rootfs *r = &b->hands.root;
	struct service s;
	char id[33];

	hands_id(id, p->deed, 0);
	if (!recall(p, &s, e))
		return false;
	/* what somebody else made of the place meanwhile stays */
	if (str_eq(link_at(b, p->arena, &s), STR(MASK)) &&
	    !point(b, p->arena, &s, s.link, e))
		return false;
	if ((s.filed && !vault_give(b->hands.vault, id, r, &s.item, e)) ||
	    !units_reload(r, e))
		return false;
	return !s.active || units_active(r, s.unit) || units_start(r, s.unit, e);
}

const struct actuator service_hands = {
    .what = DO_DISABLE_SERVICE,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
