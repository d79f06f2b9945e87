/*
 * ircontain - block attackers in the packet filter, for a while, undoably
 *
 * Reads plans; without --apply it shows what would be done and changes nothing.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "contain.h"
#include "mem.h"

#define STOP "/etc/ir/stop"

static const struct opt options[] = {
    OPT_FLAG(0, "apply", "do it; without, only show it", struct set, apply),
    OPT_FLAG('n', "plan", "only show it, whatever else is said", struct set, plan_only),
    OPT_CHOICE(
	0, "format", "json|text", "records, or text for people", struct set, format),
    OPT_LIST(0, "block", "address", "block it, by hand; repeatable", struct set, block),
    OPT_LIST(0, "unblock", "address", "lift its block; repeatable", struct set, unblock),
    OPT_LIST(0, "protect", "address", "never block it from now on, and lift its block",
	struct set, protect),
    OPT_LIST(0, "undo", "id", "undo an action, a plan or an incident; repeatable",
	struct set, undo),
    OPT_SPAN(0, "ttl", "time", "how long a block by hand lasts", struct set, ttl_ms),
    OPT_TEXT(0, "reason", "text", "why, for the ledger", struct set, reason),
    OPT_LIST(0, "approve", "id", "agree to this step (key) or plan; repeatable",
	struct set, approve),
    OPT_FLAG(0, "yes", "agree to everything that waits for approval", struct set, yes),
    OPT_TEXT(0, "force-protected", "address",
	"with --block: override a protection of the site for it", struct set, force),
    OPT_FILE(0, "site", "file", "what the owner knows (site file)", struct set, site),
    OPT_FILES(0, "protect-file", "file", "never block the addresses in it; repeatable",
	struct set, protect_files),
    OPT_FILE(
	0, "stop-file", "file", "while it is there nothing is done", struct set, stop),
    OPT_COUNT(
	0, "max-actions", "count", "most blocks in one run", struct set, max_actions),
    OPT_COUNT(0, "max-per-hour", "count", "most blocks in an hour", struct set, max_hour),
    OPT_SPAN(0, "wait", "time", "how long to wait for another run", struct set, wait_ms),
    OPT_FLAG(0, "list", "show what is in force", struct set, list),
    OPT_FLAG(0, "audit", "compare the ledger with the kernel", struct set, audit),
    OPT_FLAG(
	0, "restore", "put in force again what the ledger says is", struct set, restore),
    OPT_FLAG(0, "recover", "settle what a crash left open", struct set, recover),
    OPT_FLAG(0, "expire", "note in the ledger what has ended", struct set, expire),
    OPT_END};

static const struct set defaults = {
    .stop = STOP,
    .format = "json",
    .ttl_ms = INT64_C(4) * 3600 * 1000,
    .wait_ms = 2000,
    .max_actions = 10,
    .max_hour = 60,
};

static const char *const examples[] = {
    "ircorr < alerts.jsonl | irplan | ircontain --format text",
    "ircorr < alerts.jsonl | irplan | sudo ircontain --apply",
    "sudo ircontain --apply --block 203.0.113.7 --ttl 1h --reason 'attacks the shop'",
    "sudo ircontain --apply --unblock 203.0.113.7", "sudo ircontain --list --format text",
    NULL};

/* "uid 0 (sudo ann)": without NSS, which may ask the network. */
static struct str
ordered_by(struct arena *a)
{
	struct str sudo = str_of(getenv("SUDO_USER"));

	if (getuid() == 0 && target_user(sudo))
		return arena_fmt(a, "uid 0 (sudo " STR_FMT ")", STR_ARG(sudo));
	return arena_fmt(a, "uid %u", (unsigned)getuid());
}

static const char *
state_dir(struct arena *a, const char *given)
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (given)
		return given;
	if (geteuid() == 0)
		return "/var/lib/ir/ircontain";
	if (xdg && xdg[0] == '/')
		return arena_fmt(a, "%s/ir/ircontain", xdg).p;
	return arena_fmt(a, "%s/.local/state/ir/ircontain", home && *home ? home : "").p;
}

static bool
sensible(const struct set *s, struct err *e)
{
	const char *why = NULL;

	if (s->ttl_ms < 1000 || s->ttl_ms > ACTION_TTL_MAX * 1000)
		why = "--ttl must be between 1s and 30d";
	else if ((s->block.n || s->protect.n || s->yes || s->approve.n || s->force) &&
		 (!s->reason || !*s->reason))
		why = "--block, --protect, --approve, --yes and --force-protected need a "
		      "--reason";
	else if (s->force && !s->block.n)
		why = "--force-protected goes with --block only";
	else if (s->restore && (s->block.n || s->unblock.n || s->undo.n || s->protect.n))
		why = "--restore goes alone";
	if (why)
		err_set(e, ERR_CONFIG, "%s", why);
	return !why;
}

static void
close_(void *state)
{
	struct contain *c = state;

	contain_end(c);
	site_free(c->site);
	arena_free(c->arena);
	arena_free(c->texts);
	mem_free(c->jobs);
	mem_free(c);
}

static void *
open_(struct effect_run *run, void *set, struct err *e)
{
	struct contain *c = mem_new(1, sizeof(*c));

	*c = (struct contain){
	    .set = set, .run = run, .arena = arena_new(), .texts = arena_new()};
	c->dir = state_dir(c->texts, effect_state(run));
	c->by = ordered_by(c->texts);
	gethostname(c->host, sizeof(c->host) - 1);
	if (strcmp(c->set->format, "text") == 0)
		effect_text(run);
	if (!sensible(c->set, e) || !(c->site = site_load(c->set->site, e))) {
		close_(c);
		return NULL;
	}
	return c;
}

static bool
by_hand(void *state)
{
	return order_all(state);
}

static void
step(void *state, const struct plan *plan, const struct action *a)
{
	struct contain *c = state;
	bool ready = contain_begin(c);
	struct job *j = contain_job(c, a);

	if (plan) {
		j->plan = arena_copy(c->arena, plan->id);
		j->incident = arena_copy(c->arena, plan->incident);
	}
	if (!ready)
		return;
	j->terms = plan;
	contain_judge(c, j);
	j->terms = NULL; /* it ends with the call */
}

static void
act(void *state)
{
	contain_act(state);
}

static const struct effect ircontain = {
    .name = "ircontain",
    .summary = "block attackers in the packet filter, for a while, undoably",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct set),
    .open = open_,
    .by_hand = by_hand,
    .step = step,
    .act = act,
    .close = close_,
};

EFFECT_MAIN(ircontain)
