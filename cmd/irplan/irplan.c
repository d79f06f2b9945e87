/*
 * irplan - choose steps against an incident, checked and with their undo
 *
 * Reads incidents and passes everything on; behind an incident that calls for
 * new steps it writes a plan.  Nothing is changed by it: ircontain acts.
 */
#include <unistd.h>

#include "approval.h"
#include "choose.h"
#include "filter.h"
#include "mem.h"
#include "tool.h"
#include "write.h"

#define PROTECT "/etc/ir/protect"
#define HOUR    (INT64_C(3600) * 1000) /* ms */

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
    OPT_TEXT(0, "notify", "name", "plan to tell them when an attack succeeded",
	struct settings, notify),
    OPT_COUNT(0, "max-steps", "count", "most steps in one plan", struct settings, steps),
    OPT_GROUP("playbooks"),
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
	struct guard *guard;
	struct site *site;
	struct past *past;
	struct victims *victims;
	struct slots slots;
};

static void
close_(void *state)
{
	struct planner *p = state;

	victims_free(p->victims);
	past_free(p->past);
	guard_free(p->guard);
	site_free(p->site);
	mem_free(p);
}

static bool
load_guard(struct planner *p, struct err *e)
{
	p->site = site_load(p->set->site, e);
	if (!p->site)
		return false;
	p->guard = guard_new();
	guard_site(p->guard, p->site);
	if (access(PROTECT, R_OK) == 0 && !guard_list(p->guard, PROTECT, e))
		return false;
	for (size_t i = 0; i < p->set->protect.n; i++)
		if (!guard_list(p->guard, p->set->protect.v[i], e))
			return false;
	return true;
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
	if (!load_guard(p, e)) {
		close_(p);
		return NULL;
	}
	p->past = past_new(s->max);
	p->victims = victims_new(s->max);
	p->slots = slots_of(run);
	p->choose = (struct choose){.guard = p->guard,
	    .site = p->site,
	    .past = p->past,
	    .victims = p->victims,
	    .notify = str_of(s->notify),
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

static enum filter_do
step(void *state, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	struct planner *p = state;
	struct hand hand = {run, rec};
	struct choose c = p->choose;
	struct incident in;
	struct steps s;

	(void)line;
	if (!incident_read(&p->slots, rec, &in)) {
		alert_note(&p->slots, rec, p->victims);
		return FILTER_PASS;
	}
	c.arena = filter_arena(run);
	c.refused = say_no;
	c.ctx = &hand;
	if (in.id.n == 0) {
		err_set(e, ERR_DATA, "incident without 'ir.incident.id'");
		return FILTER_REJECT;
	}
	if (incident_passed_over(&p->slots, rec, str_of(p->set->severity), say_no, &hand))
		return FILTER_PASS;
	s = choose_steps(&c, &in);
	if (s.n > 0)
		filter_emit_after(run,
		    plan_write(&p->slots, rec, &in, &s, p->past, str_of(p->set->actor),
			filter_now(run) + p->set->valid_ms * 1000000));
	filter_evicted(run, past_forgotten(p->past));
	return FILTER_PASS;
}

static void
save(void *state, struct buf *b)
{
	past_save(((struct planner *)state)->past, b);
}

static bool
load(void *state, struct str bytes, struct err *e)
{
	return past_load(((struct planner *)state)->past, bytes, e);
}

static const struct filter irplan = {
    .name = "irplan",
    .summary = "choose steps against an incident, checked and with their undo",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct settings),
    .kinds = "incident alert",
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
