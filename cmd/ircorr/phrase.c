#include "account.h"

#define CITED 3 /* event ids to a clause */

/* Addresses, accounts and hosts of a role: "a and 3 others"; how many there are. */
static size_t
name_some(const struct incident *in, enum entity_type type, enum entity_role role,
    struct buf *b)
{
	const struct entity *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < in->entities_n; i++) {
		const struct entity *e = &in->entities[i];

		if (e->type != type || e->role < role)
			continue;
		if (!first || (e->held && !first->held))
			first = e;
		n++;
	}
	if (first)
		buf_add(b, first->value);
	if (n > 1)
		buf_fmt(b, " and %zu other%s", n - 1, n > 2 ? "s" : "");
	return n;
}

static void
name_source(const struct incident *in, struct buf *b)
{
	if (name_some(in, ENT_IP, ROLE_PIVOT, b) == 0 &&
	    name_some(in, ENT_IP, ROLE_UNKNOWN, b) == 0)
		buf_add(b, STR("somebody"));
}

/* " on web01", or nothing: many logs do not say whose they are. */
static void
name_host(const struct incident *in, struct buf *b)
{
	size_t before = b->n;

	buf_add(b, STR(" on "));
	if (name_some(in, ENT_HOST, ROLE_VICTIM, b) == 0 &&
	    name_some(in, ENT_HOST, ROLE_UNKNOWN, b) == 0)
		b->n = before;
}

void
account_title(const struct incident *in, const struct attack *t, struct buf *b)
{
	static const char *const ends[] = {": it failed", "", ": it worked"};
	const struct act *top = NULL;
	const struct technique *k;

	for (size_t i = 0; i < in->acts_n; i++)
		if (!top || in->acts[i].first < top->first)
			top = &in->acts[i];
	k = top ? attack_find(t, top->technique) : NULL;
	buf_add(b, k ? k->name : in->members_n ? in->members[0].name : STR("Incident"));
	buf_add(b, STR(" by "));
	name_source(in, b);
	name_host(in, b);
	buf_add(b, str_of(ends[judge_success(in, t)]));
}

static void
cite(const struct ids *ids, struct buf *b)
{
	size_t n = ids_count(ids);

	buf_add(b, STR(" ["));
	for (size_t i = 0; i < n && i < CITED; i++) {
		if (i)
			buf_add(b, STR(", "));
		buf_add(b, ids_at(ids, i));
	}
	buf_ch(b, ']');
}

/* The next act after `ns` and place `after`, in order of time. */
static size_t
next_act(const struct incident *in, const bool *done)
{
	size_t best = in->acts_n;

	for (size_t i = 0; i < in->acts_n; i++)
		if (!done[i] &&
		    (best == in->acts_n || in->acts[i].first < in->acts[best].first))
			best = i;
	return best;
}

/* What was done; what a failed attack wanted to do once inside was only tried. */
static void
name_act(const struct technique *k, struct str id, bool failed, struct buf *b)
{
	bool inside = k && attack_stage(k->tactic) > attack_stage(STR("initial-access"));

	if (k && !(failed && inside && !str_eq(k->tactic, STR("credential-access")))) {
		buf_add(b, k->phrase);
		return;
	}
	buf_add(b, failed ? STR("tried ") : STR("used "));
	buf_add(b, k ? k->name : id);
}

void
account_method(const struct incident *in, const struct attack *t, struct buf *b)
{
	bool done[INCIDENT_MAX] = {false};
	struct str said = STR("");
	bool failed;

	failed = judge_success(in, t) == SUCCESS_NO && !in->expected && !in->familiar;
	name_source(in, b);
	for (size_t n = 0; n < in->acts_n; n++) {
		size_t i = next_act(in, done);
		const struct technique *k = attack_find(t, in->acts[i].technique);

		done[i] = true;
		/* a technique and its sub-technique have the same words: say them once */
		if (!k || !str_eq(said, k->phrase)) {
			buf_add(b, n ? STR("; then ") : STR(" "));
			name_act(k, in->acts[i].technique, failed, b);
		}
		said = k ? k->phrase : STR("");
		cite(&in->acts[i].events, b);
	}
	if (in->acts_n == 0 && in->members_n) {
		buf_add(b, STR(" set off "));
		buf_add(
		    b, in->members[0].name.n ? in->members[0].name : in->members[0].rule);
		cite(&in->members[0].events, b);
	}
	buf_add(b, failed ? STR(": all of it failed.") : STR("."));
}
