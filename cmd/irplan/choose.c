#include <stdlib.h>

#include "choose.h"

#include "bind.h"
#include "lost.h"
#include "traverse.h"

#define EVENTS 20 /* ids that a step cites */
#define CALLS  4  /* playbooks that call one another */

struct hunt {
	const struct choose *c;
	struct facts *f;
	struct binder binder;
	struct action *v;
	int *order; /* of each: -1 first in its phase, 1 last */
	size_t n;
	struct lost lost;
	unsigned depth;
	bool full;
};

/* Outcomes that were seen less often than this decide nothing. */
#define SEEN_LEAST 5

int64_t
choose_jitter(int64_t ttl_s, const char key[ACTION_KEY])
{
	unsigned h = 0;
	int64_t ttl;

	for (int i = 0; i < 8; i++)
		h = h * 16 + (unsigned)(key[i] <= '9' ? key[i] - '0' : key[i] - 'a' + 10);
	ttl = ttl_s * (9000 + (int64_t)(h % 2001)) / 10000;
	return ttl < 1 ? 1 : ttl > ACTION_TTL_MAX ? ACTION_TTL_MAX : ttl;
}

/* Twice as long for each earlier incident of the same address, up to the limit. */
static int64_t
ttl_for(const struct hunt *h, const struct action *a)
{
	int64_t ttl = a->ttl_s, most = h->c->ttl_max_s;
	unsigned offences = 1;

	/* counted once for each incident, and only where a step is new */
	if (a->what == DO_BLOCK_IP && !past_planned(h->c->past, h->f->id, a->key))
		offences = past_offences(h->c->past, a->target, h->f->id);
	for (unsigned i = 1; i < offences && ttl < most; i++)
		ttl *= 2;
	return choose_jitter(a->what == DO_BLOCK_IP && ttl > most ? most : ttl, a->key);
}

/* An id that stands in seen already is not cited twice. */
static bool
cited(const struct str *seen, size_t n, struct str id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(seen[i], id))
			return true;
	return false;
}

/* The ids of the first events of all alerts, in turn, as a JSON list. */
static struct str
evidence(struct arena *m, const struct facts *f)
{
	struct str seen[EVENTS], list;
	struct buf b = buf_make(4096);
	size_t n = 0;

	for (size_t turn = 0; turn < EVENTS && n < EVENTS; turn++)
		for (size_t i = 0; i < node_count(f->alerts) && n < EVENTS; i++) {
			const struct node *ids = node_get(
			    node_at(f->alerts, i), STR("events"));
			struct str id = STR_NONE;

			if (turn < node_count(ids))
				id = node_text(node_at(ids, turn));
			if (id.n == 0 || id.n > 64 || cited(seen, n, id))
				continue;
			buf_ch(&b, n ? ',' : '[');
			buf_json(&b, id);
			seen[n++] = id;
		}
	list = n ? CAT(m, buf_str(&b), STR("]")) : STR("");
	buf_free(&b);
	return list;
}

/* --- gathering --- */

static void
turn_down(struct hunt *h, enum action_do what, struct str target, struct str why)
{
	lost_step(&h->lost, str_of(action_verb(what)->name), target, why);
	h->c->refused(h->c->ctx, target, why);
}

/* How the action fared against the techniques of this incident. */
static struct beta
fared(const struct hunt *h, enum action_do what)
{
	struct beta all = {0};

	for (size_t i = 0; h->c->outcomes && i < node_count(h->f->attack); i++) {
		struct str id = node_text(
		    node_get(node_at(h->f->attack, i), STR("technique")));
		struct beta one = id.n ? outcomes_of(h->c->outcomes, id, what)
				       : (struct beta){0};

		/* one act counts for each technique: the one that was seen most speaks */
		if (one.good + one.bad > all.good + all.bad)
			all = one;
	}
	return all;
}

/* The past and the site's rules have their say.  False: the step is vetoed. */
static bool
weigh(struct hunt *h, struct action *a, int *order)
{
	struct beta past = fared(h, a->what);
	struct arena *m = h->c->arena;
	struct ruling r = {0};

	if (past.good + past.bad)
		a->why = action_cut(
		    CAT(m, a->why,
			arena_fmt(m,
			    "; in the past %u of %u were right (expected 0.%02u, at "
			    "least 0.%02u)",
			    past.good, past.good + past.bad, beta_mean(past) % 100,
			    beta_least(past) % 100)),
		    ACTION_TEXT);
	if (past.good + past.bad >= SEEN_LEAST && beta_mean(past) < 50 &&
	    a->approvals == 0)
		a->approvals = 1;
	if (h->c->rules)
		r = rules_apply(h->c->rules, m, h->c->line, a);
	*order = r.order;
	if (r.approvals > a->approvals)
		a->approvals = r.approvals;
	if (r.veto)
		turn_down(h, a->what, a->target, r.why);
	else if (r.why.p)
		a->why = action_cut(CAT(m, a->why, STR("; "), r.why), ACTION_TEXT);
	return !r.veto;
}

static void
aim(struct hunt *h, const struct order *o, const struct node *entity)
{
	struct action a;
	int order;
	struct str value, no = bind_action(&h->binder, o, entity, &a, &value);

	if (no.p) {
		turn_down(h, o->what, value, no);
		return;
	}
	for (size_t i = 0; i < h->n; i++)
		if (memcmp(h->v[i].key, a.key, ACTION_KEY) == 0)
			return;
	if (h->n == h->c->max) {
		turn_down(h, o->what, a.target, STR("the plan is full (--max-steps)"));
		h->full = true;
		return;
	}
	if (!weigh(h, &a, &order))
		return;
	if (a.ttl_s)
		a.ttl_s = ttl_for(h, &a);
	h->order[h->n] = order;
	h->v[h->n++] = a;
}

static void
carry_out(struct hunt *h, const struct order *o)
{
	const struct node *e;
	size_t at = 0, n = 0;

	if (!o->set.p) {
		aim(h, o, NULL);
		return;
	}
	for (; (e = facts_each(h->f, o->set, &at)); n++)
		aim(h, o, e);
	if (n == 0)
		lost_step(&h->lost, str_of(action_verb(o->what)->name), STR_NONE,
		    CAT(h->c->arena, STR("the incident has none of "), o->set));
}

static void
one_step(struct hunt *h, const struct playbook_step *s)
{
	const struct node *list = node_get(s->node, STR("commands"));

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *c = node_at(list, i);
		struct str type = node_text(node_get(c, STR("type")));
		struct str command = node_text(node_get(c, STR("command")));
		struct order o;

		if (str_eq(type, STR("ir-action")) && command.p &&
		    order_read(h->c->arena, command, &o)) {
			o.terms = node_get(node_get(s->node, STR("step_extensions")),
			    STR(PLAYBOOK_EXTENSION));
			o.why = s->name;
			carry_out(h, &o);
			continue;
		}
		lost_step(&h->lost, type.p ? type : STR("command"), command,
		    STR("not a verb of ours: a person does it"));
	}
}

static void walk_book(struct hunt *, const struct playbook *);

static void
act(void *ctx, const struct playbook_step *s)
{
	struct hunt *h = ctx;
	struct str id = node_text(node_get(s->node, STR("playbook_id")));
	const struct book *b;

	if (s->type != PLAYBOOK_CALL) {
		one_step(h, s);
		return;
	}
	b = id.p ? shelf_find(h->c->shelf, id) : NULL;
	if (b && h->depth < CALLS)
		walk_book(h, &b->p);
	else
		lost_book(&h->lost, id,
		    b ? STR("playbooks call one another too deeply")
		      : STR("a playbook calls it, and it is not here"));
}

static void
walk_book(struct hunt *h, const struct playbook *p)
{
	const struct node *before = h->f->playbook;
	struct traverse w = {.p = p, .facts = h->f, .ctx = h, .act = act};

	h->depth++;
	h->f->playbook = node_get(p->root, STR("playbook_variables"));
	if (!traverse_all(&w))
		lost_book(&h->lost, p->name, STR("it goes on for too long: cut off"));
	h->f->playbook = before;
	h->depth--;
}

/* --- what is new, what is gone --- */

struct place {
	const struct action *a;
	int order;
};

static int
by_phase(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->a->phase != y->a->phase)
		return (int)x->a->phase - (int)y->a->phase;
	return x->order != y->order ? x->order - y->order : (x->a > y->a) - (x->a < y->a);
}

static bool
comes_before(const struct action *first, const struct action *then)
{
	if (!str_eq(first->on, then->on))
		return false;
	if (first->what == DO_STOP_PROCESS && then->what == DO_KILL_PROCESS &&
	    str_eq(first->target, then->target))
		return true;
	return (then->phase == PHASE_ERADICATE && first->phase == PHASE_PRESERVE) ||
	       (then->phase == PHASE_RECOVER && first->phase == PHASE_ERADICATE);
}

static struct str
those_before(struct arena *m, const struct choice *made, size_t i)
{
	struct buf b = buf_make(4096);
	struct str s;
	size_t n = 0;

	for (size_t k = 0; k < i && n < EVENTS; k++)
		if (comes_before(&made->v[k], &made->v[i]))
			buf_fmt(&b, "%s\"%s\"", n++ ? "," : "[", made->v[k].key);
	s = n ? CAT(m, buf_str(&b), STR("]")) : STR("");
	buf_free(&b);
	return s;
}

static void
keep_new(struct hunt *h, struct choice *made)
{
	struct arena *m = h->c->arena;
	struct place *order = arena_alloc(m, (h->n + 1) * sizeof(*order));
	size_t n = 0;

	made->v = arena_alloc(m, (h->n + 1) * sizeof(*made->v));
	for (size_t i = 0; i < h->n; i++)
		if (past_planned(h->c->past, h->f->id, h->v[i].key))
			h->c->refused(h->c->ctx, h->v[i].target,
			    STR("planned for this incident before"));
		else
			order[n++] = (struct place){&h->v[i], h->order[i]};
	qsort(order, n, sizeof(*order), by_phase);
	for (; made->n < n; made->n++)
		made->v[made->n] = *order[made->n].a;
	for (size_t i = 0; i < n; i++)
		made->v[i].after = those_before(m, made, i);
}

static struct str
withdraw(const struct choose *c, struct str incident, const struct action *v, size_t n,
    struct str why)
{
	struct buf b = buf_make(SIZE_MAX);
	char key[ACTION_KEY];
	struct str s;

	for (size_t at = 0; past_next(c->past, incident, &at, key);) {
		bool holds = false;

		for (size_t i = 0; i < n && !holds; i++)
			holds = memcmp(v[i].key, key, ACTION_KEY) == 0;
		if (holds)
			continue;
		buf_fmt(&b, "%s{\"key\":\"%s\",\"why\":", b.n ? "," : "[", key);
		buf_json(&b, why);
		buf_ch(&b, '}');
		past_forget(c->past, incident, key);
		at -= ACTION_KEY - 1;
	}
	s = b.n ? CAT(c->arena, buf_str(&b), STR("]")) : STR_NONE;
	buf_free(&b);
	return s;
}

static bool
anything_left(const struct choose *c, struct str incident)
{
	char key[ACTION_KEY];
	size_t at = 0;

	return past_next(c->past, incident, &at, key);
}

/* --- the whole --- */

/* What the actions of a book did in the past: up to five points more or less. */
static int
past_points(const struct hunt *h, const struct book *b)
{
	unsigned sum = 0, n = 0;

	for (size_t i = 0; i < b->p.n; i++) {
		const struct node *c = node_get(b->p.step[i].node, STR("commands"));
		struct str text = node_text(node_get(node_at(c, 0), STR("command")));
		enum action_do what = text.p ? action_find(str_cut(&text, ' ')) : DO_NONE;
		struct beta past = what ? fared(h, what) : (struct beta){0};

		if (past.good + past.bad < SEEN_LEAST)
			continue;
		sum += beta_mean(past);
		n++;
	}
	return n ? ((int)(sum / n) - 50) / 10 : 0;
}

static int
by_points(const void *a, const void *b)
{
	const struct fit *x = a, *y = b;

	return x->points != y->points ? y->points - x->points
				      : str_cmp(x->book->name, y->book->name);
}

static void
by_past(const struct hunt *h, struct fit *fits, size_t n)
{
	for (size_t i = 0; h->c->outcomes && i < n; i++) {
		int more = fits[i].points ? past_points(h, fits[i].book) : 0;

		if (!more || fits[i].points + more < 1)
			continue;
		fits[i].points += more;
		fits[i].why = arena_fmt(h->c->arena, STR_FMT ", %+d by past outcomes",
		    STR_ARG(fits[i].why), more);
	}
	qsort(fits, n, sizeof(*fits), by_points);
}

static void
composed(void *ctx, const struct order *o)
{
	carry_out(ctx, o);
}

static void
select_book(struct hunt *h, struct choice *made)
{
	struct fit *fits;
	size_t n = shelf_fits(h->c->shelf, h->f, &fits);
	const struct book *b;

	by_past(h, fits, n);
	b = n && fits[0].points ? fits[0].book : NULL;
	if (b) {
		made->playbook = arena_fmt(h->c->arena, STR_FMT " %lld", STR_ARG(b->name),
		    (long long)b->version);
		made->why = CAT(h->c->arena, b->p.name, STR(" ("), fits[0].why, STR(")"));
		walk_book(h, &b->p);
	} else {
		h->c->refused(h->c->ctx, h->f->class, STR("no playbook fits"));
		made->playbook = STR("composed");
		made->why = STR(
		    "no playbook fits; composed from what answers its techniques");
		compose_orders(h->c->compose, h->f, composed, h);
	}
	for (size_t i = b ? 1 : 0; i < n; i++)
		if (fits[i].points)
			lost_book(&h->lost, fits[i].book->name, fits[i].why);
}

struct choice
choose(const struct choose *c, struct facts *f)
{
	struct choice made = {.playbook = STR_NONE};
	struct hunt h = {.c = c,
	    .f = f,
	    .lost = lost_make(),
	    .v = arena_alloc(c->arena, (c->max + 1) * sizeof(struct action)),
	    .order = arena_alloc(c->arena, (c->max + 1) * sizeof(int))};

	h.binder = (struct binder){.arena = c->arena,
	    .ground = c->ground,
	    .facts = f,
	    .owner = c->owner,
	    .events = evidence(c->arena, f),
	    .ttl_s = c->ttl_s};
	select_book(&h, &made);
	keep_new(&h, &made);
	if (!h.full)
		made.withdrawn = withdraw(c, f->id, h.v, h.n,
		    STR("this version of the incident does not call for it"));
	made.alternatives = lost_end(&h.lost, c->arena);
	made.empty = made.n == 0 && !anything_left(c, f->id);
	return made;
}

struct choice
choose_nothing(const struct choose *c, const struct facts *f, struct str why)
{
	struct choice made = {.why = why, .empty = true};

	made.withdrawn = withdraw(c, f->id, NULL, 0, why);
	return made;
}
