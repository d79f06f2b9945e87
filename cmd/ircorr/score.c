#include "judge.h"
#include "score.h"

#define RULES      4 /* whose best alerts count */
#define STAGES_MAX 10
#define BREADTH    6

struct sum {
	struct buf *to;
	int points;
	unsigned n;
};

/* A part of that many points; what it was made of is to follow, and shut(). */
static void
part(struct sum *s, const char *name, int points, const char *what)
{
	buf_add(s->to, s->n++ ? STR(",{\"name\":\"") : STR("{\"name\":\""));
	buf_add(s->to, str_of(name));
	buf_add(s->to, STR("\",\"points\":"));
	buf_i64(s->to, points);
	buf_add(s->to, STR(",\"from\":\""));
	buf_add(s->to, str_of(what));
	buf_ch(s->to, ' ');
	s->points += points;
}

static void
shut(struct sum *s)
{
	buf_add(s->to, STR("\"}"));
}

/* One part: the name, its points, and what they were made of. */
static void
add(struct sum *s, const char *name, int points, const char *what, int64_t value)
{
	if (points == 0)
		return;
	part(s, name, points, what);
	buf_i64(s->to, value);
	shut(s);
}

unsigned
score_of_alert(const struct sighting *g)
{
	static const unsigned by_severity[] = {[SEV_INFO] = 0,
	    [SEV_LOW] = 10,
	    [SEV_MEDIUM] = 25,
	    [SEV_HIGH] = 45,
	    [SEV_CRITICAL] = 60};

	return g->score >= 0 ? (unsigned)g->score : by_severity[g->severity];
}

/* --- the parts --- */

static void
severity(struct sum *s, enum severity is)
{
	static const int points[] = {[SEV_INFO] = 0,
	    [SEV_LOW] = 5,
	    [SEV_MEDIUM] = 20,
	    [SEV_HIGH] = 35,
	    [SEV_CRITICAL] = 45};

	if (points[is] == 0)
		return;
	part(s, "severity", points[is], "ir.severity");
	buf_add(s->to, severity_name(is));
	shut(s);
}

/* The best score of another rule than those of `taken`; NULL: there is none. */
static const struct member *
next_best(const struct incident *in, const struct member **taken, size_t n)
{
	const struct member *best = NULL;

	for (size_t i = 0; i < in->members_n; i++) {
		const struct member *m = &in->members[i];
		size_t k = 0;

		while (k < n && !str_eq(taken[k]->rule, m->rule))
			k++;
		if (k == n && (!best || m->score > best->score))
			best = m;
	}
	return best;
}

/* The best alert counts a quarter, that of each further rule half of the one before. */
static void
alerts(struct sum *s, const struct incident *in)
{
	static const char *const names[RULES] = {
	    "best-alert", "second-rule", "third-rule", "fourth-rule"};
	const struct member *taken[RULES], *m;

	for (size_t n = 0; n < RULES && (m = next_best(in, taken, n)); n++) {
		taken[n] = m;
		add(s, names[n], (int)m->score >> (n + 2), "score of an alert", m->score);
	}
}

static void
success(struct sum *s, enum success is)
{
	if (is == SUCCESS_UNKNOWN)
		return;
	part(s, "success", is == SUCCESS_YES ? 10 : -5, "ir.success");
	buf_add(s->to, is == SUCCESS_YES ? STR("yes") : STR("no"));
	shut(s);
}

/* Different tactics: how far it got. */
static void
stages(struct sum *s, const struct incident *in)
{
	unsigned seen = 0;
	int n;

	for (size_t i = 0; i < in->acts_n; i++)
		seen |= 1u << attack_stage(in->acts[i].tactic);
	n = __builtin_popcount(seen & ~1u);
	add(s, "stages", n > 1 ? n < 6 ? 2 * (n - 1) : STAGES_MAX : 0,
	    "tactics in ir.attack", n);
}

/* Hosts and accounts that the attacker has: two points for each doubling. */
static void
breadth(struct sum *s, const struct incident *in)
{
	unsigned n = 0;
	int points;

	for (size_t i = 0; i < in->entities_n; i++)
		n += in->entities[i].held;
	points = n ? 2 * (31 - __builtin_clz(n)) : 0;
	add(s, "breadth", points < BREADTH ? points : BREADTH, "held in ir.entities", n);
}

void
score_write(const struct incident *in, const struct attack *t, struct buf *b)
{
	struct sum s = {.to = b};

	buf_add(b, STR(",\"ir.score.parts\":["));
	severity(&s, judge_severity(in, t));
	alerts(&s, in);
	success(&s, judge_success(in, t));
	stages(&s, in);
	if (in->criticality)
		add(&s, "asset", 4 * (in->criticality - 3), "ir.asset.criticality",
		    in->criticality);
	breadth(&s, in);
	if (s.points < 0)
		add(&s, "floor", -s.points, "no score is below", 0);
	else if (s.points > 100)
		add(&s, "ceiling", 100 - s.points, "no score is above", 100);
	buf_add(b, STR("],\"ir.score.value\":"));
	buf_i64(b, s.points);
}
