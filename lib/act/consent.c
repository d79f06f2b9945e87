#include <unistd.h>

#include "consent.h"
#include "mem.h"

#define MOST ((size_t)1000) /* approvals that came by themselves */

/* Somebody who signed something, or did not. */
struct signer {
	struct approval a;
	const struct approver *who; /* NULL: nobody; `why` */
	const char *why;
};

struct consent {
	struct approvers *all;
	struct approval *loose;
	size_t n, cap;
	struct arena *texts, *shown; /* of what is loose; of the signers */

	/* of the plan that was asked for last */
	struct plan plan;
	struct signer *signers;
	size_t signed_n, signed_cap;
	bool known;
};

struct consent *
consent_new(const char *path, struct err *e)
{
	struct consent *c = mem_new(1, sizeof(*c));

	if (!path && access(CONSENT_APPROVERS, F_OK) == 0)
		path = CONSENT_APPROVERS;
	*c = (struct consent){.texts = arena_new(), .shown = arena_new()};
	c->all = approvers_load(path, e);
	if (c->all)
		return c;
	consent_free(c);
	return NULL;
}

void
consent_free(struct consent *c)
{
	if (!c)
		return;
	approvers_free(c->all);
	arena_free(c->texts);
	arena_free(c->shown);
	mem_free(c->loose);
	mem_free(c->signers);
	mem_free(c);
}

void
consent_note(struct consent *c, const struct approval *a)
{
	struct approval *to;

	for (size_t i = 0; i < c->n; i++)
		if (approval_same(&c->loose[i], a))
			return;
	if (c->n == MOST)
		return;
	c->loose = mem_grow(c->loose, &c->cap, c->n + 1, sizeof(*c->loose));
	to = &c->loose[c->n++];
	*to = *a;
	to->by = arena_copy(c->texts, a->by);
	to->why = arena_copy(c->texts, a->why);
	c->known = false;
}

void
consent_write(
    const struct consent *c, struct arena *m, const struct str hash, struct buf *b)
{
	for (size_t i = 0; i < c->n; i++) {
		if (!str_eq(str_of(c->loose[i].hash), hash))
			continue;
		buf_fmt(b, "{\"ir.kind\":\"approval\",\"ir.plan.hash\":\"%s\",",
		    c->loose[i].hash);
		buf_add(b, STR("\"ir.plan.approvals\":["));
		approval_write(m, &c->loose[i], b);
		buf_add(b, STR("]}\n"));
	}
}

/* --- the signers of a plan, looked at once --- */

static bool
same_plan(const struct plan *a, const struct plan *b)
{
	if (a->n != b->n || !str_eq(a->hash, b->hash))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!approval_same(&a->approved[i], &b->approved[i]))
			return false;
	return true;
}

static void
look_at(struct consent *c, const struct approval *a)
{
	struct signer *s;

	c->signers = mem_grow(
	    c->signers, &c->signed_cap, c->signed_n + 1, sizeof(*c->signers));
	s = &c->signers[c->signed_n++];
	*s = (struct signer){.a = *a};
	s->a.by = arena_copy(c->shown, a->by);
	s->a.why = arena_copy(c->shown, a->why);
	s->who = approvers_who(c->all, a, &s->why);
}

static void
learn(struct consent *c, const struct plan *p)
{
	if (c->known && same_plan(&c->plan, p))
		return;
	c->signed_n = 0;
	arena_reset(c->shown);
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(str_of(p->approved[i].hash), p->hash))
			look_at(c, &p->approved[i]);
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(str_of(c->loose[i].hash), p->hash))
			look_at(c, &c->loose[i]);
	c->plan = *p;
	c->plan.hash = arena_copy(c->shown, p->hash);
	for (size_t i = 0; i < p->n; i++) {
		c->plan.approved[i].by = arena_copy(c->shown, p->approved[i].by);
		c->plan.approved[i].why = arena_copy(c->shown, p->approved[i].why);
	}
	c->known = true;
}

/* --- counting --- */

struct count {
	struct arena *arena;
	struct consent_got got;
	struct str names; /* counted, a space behind each */
};

static bool
counted(const struct count *k, struct str name)
{
	struct str rest = k->names;

	while (rest.n > 0)
		if (str_eq(str_cut(&rest, ' '), name))
			return true;
	return false;
}

static struct str
joined(struct arena *m, struct str list, struct str what, struct str text)
{
	return CAT(m, list, list.n ? STR("; ") : STR(""), what, text);
}

static void
add(struct count *k, struct str name, struct str why)
{
	if (counted(k, name))
		return;
	k->names = CAT(k->arena, k->names, name, STR(" "));
	k->got.n++;
	k->got.who = joined(
	    k->arena, k->got.who, name, why.n ? CAT(k->arena, STR(": "), why) : STR(""));
}

/* Why this signer does not count for the step; NULL: he does. */
static const char *
short_of(const struct signer *s, const struct consent_ask *ask)
{
	enum action_risk grave = action_gravity(ask->step);
	const char *late = approval_late(&s->a, ask->now_ns);

	if (!s->who)
		return s->why;
	if (late)
		return late;
	if (!approver_may(s->who, ask->step->what, grave))
		return "may not agree to this kind";
	if (grave == RISK_HIGH && str_eq(s->who->name, ask->plan->by))
		return "proposed it, and it is grave";
	return NULL;
}

struct consent_got
consent_of(struct consent *c, struct arena *m, const struct consent_ask *ask)
{
	struct count k = {.arena = m, .got = {0, STR(""), STR("")}, .names = STR("")};

	if (ask->here.p && !(action_gravity(ask->step) == RISK_HIGH && ask->plan &&
			       str_eq(ask->here, ask->plan->by)))
		add(&k, ask->here, STR(""));
	if (!ask->plan)
		return k.got;
	learn(c, ask->plan);
	for (size_t i = 0; i < c->signed_n; i++) {
		const struct signer *s = &c->signers[i];
		const char *why = short_of(s, ask);

		if (why)
			k.got.except = joined(
			    m, k.got.except, s->a.by, CAT(m, STR(" "), str_of(why)));
		else
			add(&k, s->who->name, s->a.why);
	}
	return k.got;
}

unsigned
consent_need(const struct plan *p, const struct action *a, unsigned asked)
{
	return p && asked == 1 && action_gravity(a) == RISK_HIGH ? 2 : asked;
}
