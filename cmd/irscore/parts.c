#include <math.h>

#include "json.h"
#include "parts.h"

void
part_slots(struct part_slots *s, struct filter_run *run)
{
	*s = (struct part_slots){
	    .severity = filter_slot(run, "ir.severity"),
	    .outcome = filter_slot(run, "event.outcome"),
	    .status = filter_slot(run, "http.response.status_code"),
	    .technique = filter_slot(run, "threat.technique.id"),
	    .subtechnique = filter_slot(run, "threat.technique.subtechnique.id"),
	    .asset = filter_slot(run, "ir.asset.criticality"),
	    .user = filter_slot(run, "ir.user.criticality"),
	    .intel = filter_slot(run, "ir.intel"),
	    .kev = filter_slot(run, "ir.vuln.kev"),
	    .epss = filter_slot(run, "ir.vuln.epss"),
	    .ssvc = filter_slot(run, "ir.vuln.ssvc"),
	    .benign = filter_slot(run, "ir.benign"),
	    .incident_success = filter_slot(run, "ir.success"),
	};
}

static void
add(struct parts *o, const char *name, int points, struct str from)
{
	if (points == 0 || o->n == PARTS_MAX)
		return;
	o->v[o->n++] = (struct part){name, points, from};
	o->sum += points;
}

/* --- what the record says --- */

static void
severity(const struct part_slots *s, struct rec *r, struct parts *o)
{
	static const struct {
		const char *name;
		int points;
	} levels[] = {{"low", 10}, {"medium", 25}, {"high", 45}, {"critical", 60}};
	struct str is = rec_text(r, s->severity);

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (str_eq(is, str_of(levels[i].name)))
			add(o, "severity", levels[i].points,
			    CAT(rec_arena(r), STR("ir.severity "), is));
}

/* From 1 to 5, where 3 is what most are. */
static void
criticality(struct rec *r, int slot, const char *name, int step, struct str field,
    struct parts *o)
{
	int64_t v;

	if (rec_i64(r, slot, &v) && v >= 1 && v <= 5)
		add(o, name, (int)(v - 3) * step,
		    CAT(rec_arena(r), field, STR(" "), rec_text(r, slot)));
}

static void
intelligence(const struct part_slots *s, struct rec *r, struct parts *o)
{
	struct str best = {0}, one, text;
	int64_t confidence, highest = -1;
	size_t at = 0;

	while (rec_each(r, s->intel, &at, &one)) {
		if (json_type(one) != JSON_MAP)
			continue;
		if (!json_i64(
			json_get(rec_arena(r), one, STR("confidence")), &confidence))
			confidence = 50;
		text = json_text(rec_arena(r), json_get(rec_arena(r), one, STR("feed")));
		if (confidence > highest) {
			highest = confidence;
			best = text.p ? text : STR("a list");
		}
	}
	if (highest >= 0)
		add(o, "intelligence",
		    highest >= 75   ? 15
		    : highest >= 40 ? 10
				    : 5,
		    CAT(rec_arena(r), STR("ir.intel "), best));
}

/* Known to be exploited; likely to be; what the decision tree says. */
static void
vulnerability(const struct part_slots *s, struct rec *r, struct parts *o)
{
	struct str kev = rec_raw(r, s->kev), ssvc = rec_text(r, s->ssvc);
	double epss;

	if (str_eq(kev, STR("true")) || json_type(kev) == JSON_MAP ||
	    json_type(kev) == JSON_TEXT)
		add(o, "exploited-vulnerability", 10, STR("ir.vuln.kev"));
	else if (rec_num(r, s->epss, &epss) && epss >= 0.1 && epss <= 1)
		add(o, "exploitable-vulnerability", epss >= 0.5 ? 8 : 4,
		    STR("ir.vuln.epss"));
	if (str_ieq(ssvc, STR("act")))
		add(o, "ssvc", 8, STR("ir.vuln.ssvc act"));
	else if (str_ieq(ssvc, STR("attend")))
		add(o, "ssvc", 4, STR("ir.vuln.ssvc attend"));
}

/* How far into an attack the technique is used: the furthest of several. */
static void
stage(const struct part_slots *s, struct rec *r, const struct attack *t, struct parts *o)
{
	const struct technique *furthest = NULL;
	struct str raw;
	size_t at = 0;

	while (rec_each(r, s->technique, &at, &raw)) {
		struct str id = json_text(rec_arena(r), raw);
		const struct technique *k = id.p ? attack_find(t, id) : NULL;

		if (k && (!furthest ||
			     attack_stage(k->tactic) > attack_stage(furthest->tactic)))
			furthest = k;
	}
	if (furthest)
		add(o, "stage", (int)attack_stage(furthest->tactic) * 10 / 14,
		    CAT(rec_arena(r), furthest->id, STR(" "), furthest->tactic));
}

static bool
uses(const struct part_slots *s, struct rec *r, const char *const *ids)
{
	struct str raw;

	for (; *ids; ids++)
		for (size_t at = 0; rec_each(r, s->technique, &at, &raw);)
			if (str_eq(json_text(rec_arena(r), raw), str_of(*ids)))
				return true;
	return false;
}

/* Did it work?  What an attack left behind says more than that there was one. */
static void
success(const struct part_slots *s, struct rec *r, struct parts *o)
{
	static const char *const logons[] = {"T1110", "T1078", "T1021", "T1133", NULL};
	static const char *const exploits[] = {"T1190", "T1505", "T1210", "T1203", NULL};
	static const char *const inside[] = {"T1059", "T1136", "T1098", "T1003", "T1543",
	    "T1053", "T1547", "T1548", "T1486", "T1490", "T1070", NULL};
	struct str outcome = rec_text(r, s->outcome);
	int64_t status;

	if (str_eq(rec_text(r, s->incident_success), STR("yes")))
		add(o, "success", 20, STR("ir.success yes"));
	else if (str_eq(outcome, STR("failure")))
		add(o, "failure", -8, STR("event.outcome failure"));
	else if (uses(s, r, logons) && str_eq(outcome, STR("success")))
		add(o, "success", 20, STR("a logon that event.outcome says succeeded"));
	else if (uses(s, r, exploits) && rec_i64(r, s->status, &status))
		add(o, status >= 200 && status < 300 ? "success" : "failure",
		    status >= 200 && status < 300 ? 15 : -8,
		    CAT(rec_arena(r), STR("http.response.status_code "),
			rec_text(r, s->status)));
	else if (uses(s, r, inside))
		add(o, "success", 10, STR("a technique of somebody who is inside"));
}

static void
benign(const struct part_slots *s, struct rec *r, struct parts *o)
{
	struct str one, class;
	size_t at = 0;

	if (!rec_each(r, s->benign, &at, &one) || json_type(one) != JSON_MAP)
		return;
	class = json_text(rec_arena(r), json_get(rec_arena(r), one, STR("class")));
	add(o, "benign", -25, CAT(rec_arena(r), STR("ir.benign "), class));
}

/* --- what surrounds it --- */

static void
surroundings(const struct moment *m, struct parts *o)
{
	int size = m->burst ? 63 - __builtin_clzll(m->burst) : 0;

	/* on the first day everything is new */
	if (m->age_s >= 86400 && m->novel == NOVEL_RULE)
		add(o, "novelty", 10, STR("this rule never matched before"));
	else if (m->age_s >= 86400 && m->novel == NOVEL_HOST)
		add(o, "novelty", 6, STR("this rule never matched on this host before"));
	if (size > 2)
		add(o, "burst", size - 2 < 8 ? size - 2 : 8,
		    STR("alerts of one rule on one host within an hour"));
}

/* The learned odds, 5 points for each factor of e; what is as likely as not is 0. */
static void
learned(double p, struct rec *r, struct parts *o)
{
	double odds = log(fmax(p, 1e-4) / fmax(1 - p, 1e-4));

	add(o, "learned", (int)lround(fmin(fmax(5 * odds, -20), 25)),
	    arena_fmt(rec_arena(r), "ir.score.p %.4f", p));
}

void
parts_of(const struct part_slots *s, struct rec *r, const struct attack *t,
    const struct moment *m, double p, struct parts *o)
{
	o->n = 0;
	o->sum = 0;
	severity(s, r, o);
	success(s, r, o);
	stage(s, r, t, o);
	criticality(r, s->asset, "asset", 5, STR("ir.asset.criticality"), o);
	criticality(r, s->user, "user", 4, STR("ir.user.criticality"), o);
	intelligence(s, r, o);
	vulnerability(s, r, o);
	surroundings(m, o);
	benign(s, r, o);
	if (p >= 0)
		learned(p, r, o);
	if (o->sum < 0)
		add(o, "floor", -o->sum, STR("no score is below 0"));
	else if (o->sum > 100)
		add(o, "ceiling", 100 - o->sum, STR("no score is above 100"));
}
