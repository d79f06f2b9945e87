#include "account.h"

#define CITED   3  /* event ids to a clause */
#define CLAUSES 16 /* of a sentence */

/* "a and 3 other hosts"; how many there are of the role. */
static size_t
name_some(const struct incident *in, enum entity_type type, enum entity_role role,
    struct buf *b)
{
	const struct entity *first = NULL;
	const char *what = type == ENT_IP ? "address" : "host";
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
	if (n == 2)
		buf_fmt(b, " and one other %s", what);
	else if (n > 2)
		buf_fmt(
		    b, " and %zu other %s%s", n - 1, what, type == ENT_IP ? "es" : "s");
	return n;
}

static void
name_source(const struct incident *in, struct buf *b)
{
	if (in->office && judge_sourced(in))
		buf_add(b, STR("people behind "));
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

/* The next act in order of time; of those at one time, the earlier stage. */
static size_t
next_act(const struct incident *in, const bool *done)
{
	size_t best = in->acts_n;

	for (size_t i = 0; i < in->acts_n; i++) {
		const struct act *a = &in->acts[i], *b = &in->acts[best];

		if (done[i])
			continue;
		if (best == in->acts_n || a->first < b->first ||
		    (a->first == b->first &&
			attack_stage(a->tactic) < attack_stage(b->tactic)))
			best = i;
	}
	return best;
}

size_t
account_order(const struct incident *in, uint8_t order[INCIDENT_MAX])
{
	bool done[INCIDENT_MAX] = {false};

	for (size_t n = 0; n < in->acts_n; n++) {
		size_t i = next_act(in, done);

		done[i] = true;
		order[n] = (uint8_t)i;
	}
	return in->acts_n;
}

void
account_title(const struct incident *in, const struct attack *t, struct buf *b)
{
	static const char *const ends[] = {": it failed", "", ": it worked"};
	uint8_t order[INCIDENT_MAX];
	const struct technique *k = NULL;

	if (account_order(in, order))
		k = attack_find(t, in->acts[order[0]].technique);
	buf_add(b, k ? k->name : in->members_n ? in->members[0].name : STR("Incident"));
	buf_add(b, STR(" by "));
	name_source(in, b);
	name_host(in, b);
	buf_add(b, str_of(ends[judge_success(in, t)]));
}

/* --- the sentence --- */

struct clause {
	struct str words;
	bool tried; /* only; `words` name what would have been done */
	struct str ids[CITED];
	size_t n;
};

struct sentence {
	struct clause v[CLAUSES];
	size_t n, more; /* more: techniques that found no room */
};

static void
cite_too(struct clause *c, const struct ids *ids)
{
	for (size_t i = 0; i < ids_count(ids) && c->n < CITED; i++) {
		size_t k = 0;

		while (k < c->n && !str_eq(c->ids[k], ids_at(ids, i)))
			k++;
		if (k == c->n)
			c->ids[c->n++] = ids_at(ids, i);
	}
}

/* The clause of those words: a technique and its sub-techniques share them. */
static struct clause *
clause_of(struct sentence *s, struct str words, bool tried)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i].words, words))
			return &s->v[i];
	if (s->n == CLAUSES) {
		s->more++;
		return NULL;
	}
	s->v[s->n] = (struct clause){.words = words, .tried = tried};
	return &s->v[s->n++];
}

/* What a failed attack wanted to do once inside was only tried. */
static void
gather(const struct incident *in, const struct attack *t, bool failed, struct sentence *s)
{
	uint8_t order[INCIDENT_MAX];
	size_t n = account_order(in, order);

	for (size_t i = 0; i < n; i++) {
		const struct act *a = &in->acts[order[i]];
		const struct technique *k = attack_find(t, a->technique);
		bool inside = k &&
			      attack_stage(k->tactic) >
				  attack_stage(STR("initial-access")) &&
			      !str_eq(k->tactic, STR("credential-access"));
		bool tried = failed && (inside || !k);
		struct clause *c = clause_of(s,
		    !k      ? a->technique
		    : tried ? k->name
			    : k->phrase,
		    tried);

		if (c)
			cite_too(c, &a->events);
	}
}

static void
say(const struct clause *c, struct buf *b)
{
	/* of a technique that we have no words for, only the id is known */
	if (!c->tried && c->words.n > 1 && c->words.p[0] == 'T' && c->words.p[1] <= '9')
		buf_add(b, STR("used "));
	buf_add(b, c->words);
	for (size_t i = 0; i < c->n; i++) {
		buf_add(b, i ? STR(", ") : STR(" ["));
		buf_add(b, c->ids[i]);
	}
	if (c->n)
		buf_ch(b, ']');
}

static void
say_all(const struct sentence *s, struct buf *b)
{
	size_t said = 0, tried = 0, left = 0;

	for (size_t i = 0; i < s->n; i++) {
		left += s->v[i].tried;
		if (s->v[i].tried)
			continue;
		buf_add(b, said++ ? STR("; then ") : STR(" "));
		say(&s->v[i], b);
	}
	for (size_t i = 0; i < s->n; i++) {
		if (!s->v[i].tried)
			continue;
		left--;
		buf_add(b, tried++ ? left ? STR(", ") : STR(" and ")
			   : said ? STR("; then tried ")
				   : STR(" tried "));
		say(&s->v[i], b);
	}
	if (s->more)
		buf_fmt(b, "; and used %zu more technique%s", s->more,
		    s->more > 1 ? "s" : "");
}

/* How it ended, as far as the records show. */
static void
say_end(const struct incident *in, const struct attack *t, bool failed, struct buf *b)
{
	enum success success = judge_success(in, t);

	if (success == SUCCESS_YES && in->cause.event[0])
		buf_fmt(b, ": the attacker got in [%s].", in->cause.event);
	else if (success == SUCCESS_YES)
		buf_add(b, STR(": it worked."));
	else if (in->expected && judge_sourced(in))
		buf_add(b, STR(": it comes only from the owner's own machines."));
	else if (in->familiar || (in->office && judge_sourced(in)))
		buf_add(b, STR(": it looks like people who mistyped, and nothing shows "
			       "that an attacker got in."));
	else if (success == SUCCESS_UNKNOWN)
		buf_add(b, STR(": the records do not say whether it worked."));
	else if (incident_did(in, "T1078") || !failed)
		buf_add(b, STR(": nothing shows that an attacker got in."));
	else
		buf_add(b, STR(": all of it failed."));
}

void
account_method(const struct incident *in, const struct attack *t, struct buf *b)
{
	struct sentence s = {.n = 0};
	bool failed = judge_success(in, t) == SUCCESS_NO &&
		      !(in->expected && judge_sourced(in)) && !in->familiar;

	name_source(in, b);
	gather(in, t, failed, &s);
	if (s.n == 0 && in->members_n) {
		const struct member *m = &in->members[0];
		struct clause c = {.words = m->name.n ? m->name : m->rule, .tried = true};

		cite_too(&c, &m->events);
		buf_add(b, STR(" set off "));
		say(&c, b);
	}
	say_all(&s, b);
	say_end(in, t, failed, b);
}
