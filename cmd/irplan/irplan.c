/*
 * irplan - choose steps against an incident, checked and with their undo
 *
 * Reads incidents and passes everything on; behind an incident that calls for
 * new steps it writes a plan.  Nothing is changed by it: ircontain acts.
 */
#include "approval.h"
#include "choose.h"
#include "exhibit.h"
#include "filter.h"
#include "finds.h"
#include "mem.h"
#include "severity.h"
#include "tool.h"
#include "write.h"

#define HOUR (INT64_C(3600) * 1000) /* ms */

static const struct opt options[] = {
    OPT_CHOICE(0, "min-severity", "informational|low|medium|high|critical",
	"plan for incidents from this severity on", struct settings, severity),
    OPT_FILE(
	0, "site", "file", "what the owner knows (site file)", struct settings, site),
    OPT_FILES(0, "protect-file", "file",
	"plan nothing for the addresses in it; repeatable", struct settings, protect),
    OPT_SPAN(0, "ttl", "time", "how long a first block lasts", struct settings, ttl_ms),
    OPT_SPAN(0, "max-ttl", "time", "the longest block of a repeat offender",
	struct settings, ttl_max_ms),
    OPT_SPAN(
	0, "valid", "time", "how long a plan may be applied", struct settings, valid_ms),
    OPT_TEXT(0, "notify", "name", "whom to tell where a playbook says owner",
	struct settings, notify),
    OPT_COUNT(0, "max-steps", "count", "most steps in one plan", struct settings, steps),
    OPT_GROUP("playbooks"),
    OPT_FILES('p', "playbooks", "path",
	"more playbooks: a file, or a directory of them; repeatable", struct settings,
	playbooks),
    OPT_FILES(0, "history", "file",
	"learn from its actions, incidents and verdicts; repeatable", struct settings,
	history),
    OPT_FILE(0, "rules", "file", "let the expressions in it decide about steps",
	struct settings, rules),
    OPT_FLAG(0, "lint", "check the playbooks named, and end", struct settings, lint),
    OPT_FLAG(0, "compile", "write the playbooks named as CACAO 2.0, and end",
	struct settings, compile),
    OPT_CHOICE(0, "graph", "dot|mermaid", "draw the playbooks named, and end",
	struct settings, graph),
    OPT_FILE(0, "simulate", "playbook",
	"walk it for the incidents read, say which way and why, and end", struct settings,
	simulate),
    OPT_GROUP("approval"),
    OPT_FILE(0, "approve", "plan",
	"sign the plan in a file (- for standard input), and end", struct settings,
	approve),
    OPT_FILE(0, "key", "file", "the key to sign with", struct settings, key),
    OPT_TEXT(0, "actor", "name", "who approves, or proposes what is planned",
	struct settings, actor),
    OPT_TEXT(0, "reason", "text", "why it is approved", struct settings, reason),
    OPT_SPAN(
	0, "expires", "time", "how long the approval holds", struct settings, expires_ms),
    OPT_FILE(0, "keygen", "file",
	"make a key there, write its line for /etc/ir/approvers, and end",
	struct settings, keygen),
    OPT_GROUP("state"),
    OPT_COUNT(0, "max-keys", "count", "incidents and addresses remembered",
	struct settings, max),
    OPT_END};

static const struct settings defaults = {
    .severity = "medium",
    .ttl_ms = 4 * HOUR,
    .ttl_max_ms = 7 * 24 * HOUR,
    .valid_ms = HOUR / 2,
    .expires_ms = HOUR / 2,
    .steps = 100,
    .max = 100000,
};

static const char *const examples[] = {"irnorm auth.log | irdetect | ircorr | irplan",
    "ircorr < alerts.jsonl | irplan --site site.yaml | ircontain",
    "ircorr < alerts.jsonl | irplan --explain", NULL};

struct planner {
	const struct settings *set;
	struct choose choose;
	struct ground ground;
	struct shelf *shelf;
	struct compose *compose;
	struct outcomes *outcomes;
	struct rules *rules;
	struct past *past;
	struct finds *finds;
	struct look_slots slots;
	int kind, time;
};

static void
close_(void *state)
{
	struct planner *p = state;

	finds_free(p->finds);
	past_free(p->past);
	rules_free(p->rules);
	outcomes_free(p->outcomes);
	compose_free(p->compose);
	shelf_free(p->shelf);
	ground_free(&p->ground);
	mem_free(p);
}

static bool
load_judgement(struct planner *p, struct err *e)
{
	const struct settings *s = p->set;

	p->compose = compose_load(e);
	if (!p->compose)
		return false;
	if (s->rules && !(p->rules = rules_load(s->rules, e)))
		return false;
	if (s->history.n == 0)
		return true;
	p->outcomes = outcomes_new();
	for (size_t i = 0; i < s->history.n; i++)
		if (!outcomes_load(p->outcomes, s->history.v[i], e))
			return false;
	outcomes_settle(p->outcomes);
	return true;
}

static bool
load_all(struct planner *p, struct filter_run *run, struct err *e)
{
	const struct settings *s = p->set;

	if (!ground_load(&p->ground, s->site, s->protect.v, s->protect.n, e))
		return false;
	p->shelf = shelf_new();
	if (!shelf_load_own(p->shelf, e))
		return false;
	for (size_t i = 0; i < s->playbooks.n; i++)
		if (!shelf_load(p->shelf, s->playbooks.v[i], e))
			return false;
	if (shelf_faulty(p->shelf))
		filter_failed(run);
	if (shelf_count(p->shelf) > 0)
		return true;
	err_set(e, ERR_CONFIG, "no usable playbook");
	return false;
}

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	const struct settings *s = set;
	struct planner *p = mem_new(1, sizeof(*p));

	p->set = s;
	if (s->ttl_ms < 1000 || s->ttl_max_ms < s->ttl_ms ||
	    s->ttl_max_ms > ACTION_TTL_MAX * 1000 || s->valid_ms < 1000 ||
	    s->steps > PLAN_STEPS) {
		err_set(e, ERR_CONFIG,
		    "need 1s <= --ttl <= --max-ttl <= 30d, --valid from 1s on and "
		    "--max-steps "
		    "of at most %zu",
		    PLAN_STEPS);
		close_(p);
		return NULL;
	}
	if (s->actor && !approval_name(str_of(s->actor))) {
		err_set(e, ERR_CONFIG, "--actor is not the name of a person");
		close_(p);
		return NULL;
	}
	if (!load_all(p, run, e) || !load_judgement(p, e)) {
		close_(p);
		return NULL;
	}
	p->past = past_new(s->max);
	p->finds = finds_new(s->max);
	p->slots = look_slots(run);
	p->kind = filter_slot(run, "ir.kind");
	p->time = filter_slot(run, "@timestamp");
	p->choose = (struct choose){.ground = &p->ground,
	    .shelf = p->shelf,
	    .compose = p->compose,
	    .outcomes = p->outcomes,
	    .rules = p->rules,
	    .past = p->past,
	    .owner = str_of(s->notify),
	    .ttl_s = s->ttl_ms / 1000,
	    .ttl_max_s = s->ttl_max_ms / 1000,
	    .max = s->steps};
	return p;
}

struct hand {
	struct filter_run *run;
	struct rec *rec;
};

static void
say_no(void *ctx, struct str what, struct str why)
{
	const struct hand *h = ctx;

	filter_why(h->run, h->rec, why, STR("ir.entities"), what);
}

/* What is to be done about it, for all that it may call for nothing. */
static struct choice
answer(struct planner *p, const struct choose *c, struct facts *f)
{
	struct str into = node_text(node_path(f->rec, STR("ir.incident.into")));

	if (str_eq(f->state, STR("merged")) || str_eq(f->state, STR("split"))) {
		c->refused(
		    c->ctx, f->state, STR("another incident took this one's place"));
		if (into.n) {
			finds_merge(p->finds, into, f->id);
			past_merge(p->past, into, f->id);
		}
		return (struct choice){.n = 0};
	}
	if (severity_rank(f->severity) < severity_rank(str_of(p->set->severity)) &&
	    !f->benign) {
		c->refused(c->ctx, f->severity, STR("incident is below --min-severity"));
		return choose_nothing(c, f, STR("the incident is below --min-severity"));
	}
	return choose(c, f);
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	struct planner *p = state;
	struct hand hand = {run, rec};
	struct choose c = p->choose;
	struct choice made;
	struct facts f;
	struct str kind = rec_text(rec, p->kind);

	if (!str_eq(kind, STR("incident"))) {
		if (str_eq(kind, STR("alert")))
			exhibit_alert(&p->slots, rec, p->finds);
		else
			exhibit_event(&p->slots, rec, p->finds);
		return FILTER_PASS;
	}
	c.arena = filter_arena(run);
	c.line = line;
	c.refused = say_no;
	c.ctx = &hand;
	facts_read(c.arena, node_json(c.arena, line), p->finds, &f);
	if (f.id.n == 0) {
		err_set(e, ERR_DATA, "incident without 'ir.incident.id'");
		return FILTER_REJECT;
	}
	ground_place(&p->ground, &f);
	made = answer(p, &c, &f);
	if (made.n > 0 || made.withdrawn.p)
		filter_emit_after(run, plan_write(rec, rec_raw(rec, p->time), &f, &made,
					   p->past, str_of(p->set->actor),
					   filter_now(run) + p->set->valid_ms * 1000000));
	filter_evicted(run, past_forgotten(p->past));
	return FILTER_PASS;
}

static void
save(void *state, struct buf *b)
{
	const struct planner *p = state;

	past_save(p->past, b);
	finds_save(p->finds, b);
}

static bool
load(void *state, struct str bytes, struct err *e)
{
	struct planner *p = state;
	size_t at = str_starts(bytes, STR("find\t")) ? 0
						     : str_find(bytes, STR("\nfind\t"));
	struct str finds;

	at = at == STR_NPOS ? bytes.n : at ? at + 1 : 0;
	finds = str_from(bytes, at);
	if (!past_load(p->past, str_sub(bytes, 0, at), e))
		return false;
	while (finds.n)
		if (!finds_load(p->finds, str_cut(&finds, '\n'), e))
			return false;
	return true;
}

static const struct filter irplan = {
    .name = "irplan",
    .summary = "choose steps against an incident, checked and with their undo",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct settings),
    .kinds = "incident alert event",
    .open = open_,
    .step = step,
    .close = close_,
    .save = save,
    .load = load,
};

int
main(int argc, char **argv)
{
	if (tool_wanted(argc, argv))
		return tool_main(options, &defaults, argc, argv);
	return filter_main(&irplan, argc, argv);
}
