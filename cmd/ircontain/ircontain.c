/*
 * ircontain - block, slow down or isolate, for a while, undoably
 *
 * Reads plans; without --apply it shows what would be done and changes nothing.
 */
#include "answer.h"
#include "contain.h"
#include "caps.h"
#include "mem.h"
#include "system.h"

#define STOP "/etc/ir/stop"

static const struct opt options[] = {
    OPT_FLAG(0, "apply", "do it; without, only show it", struct set, act.apply),
    OPT_FLAG(
	'n', "plan", "only show it, whatever else is said", struct set, act.plan_only),
    OPT_CHOICE(
	0, "format", "json|text", "records, or text for people", struct set, act.format),
    OPT_LIST(0, "block", "target",
	"contain it, by hand: address, user:, path: ...; repeatable", struct set, block),
    OPT_LIST(0, "unblock", "target", "take that back; repeatable", struct set, unblock),
    OPT_LIST(0, "protect", "target",
	"never touch it from now on, and take back what was done", struct set, protect),
    OPT_LIST(0, "undo", "id", "undo an action, a plan or an incident; repeatable",
	struct set, act.undo),
    OPT_TEXT(0, "collect", "what",
	"collect evidence: sockets,processes,modules,mounts,logins,jobs,files or all",
	struct set, collect),
    OPT_LIST(0, "confirm", "id", "the isolated machine can be reached: keep it isolated",
	struct set, confirm),
    OPT_SPAN(0, "confirm-within", "time",
	"how long an isolation lasts unconfirmed; 0: all its time", struct set,
	act.confirm_ms),
    OPT_SPAN(0, "ttl", "time", "how long a block by hand lasts", struct set, act.ttl_ms),
    OPT_FLAG(
	0, "openc2", "commands of OpenC2 in, their answers out", struct set, act.openc2),
    OPT_TEXT(
	0, "actor", "name", "who answers for it, for the ledger", struct set, act.actor),
    OPT_TEXT(0, "reason", "text", "why, for the ledger", struct set, act.reason),
    OPT_LIST(0, "approve", "id", "agree to this step (key) or plan; repeatable",
	struct set, act.approve),
    OPT_FILES(0, "approvals", "file", "signed approvals (irplan --approve); repeatable",
	struct set, act.approvals),
    OPT_FILE(0, "approvers", "file", "who may sign them; /etc/ir/approvers if not given",
	struct set, act.approvers),
    OPT_FLAG(
	0, "yes", "agree to everything that waits for approval", struct set, act.yes),
    OPT_TEXT(0, "force-protected", "address",
	"with --block: override a protection of the site for it", struct set, act.force),
    OPT_FILE(0, "root", "dir", "act on the system image that is mounted there",
	struct set, act.root),
    OPT_FILE(0, "resolvers", "file", "the resolvers that block domains", struct set,
	resolvers),
    OPT_FILE(0, "calls", "file", "the calls that the site uses", struct set, calls),
    OPT_LIST(0, "only", "key", "leave all other steps alone; repeatable", struct set,
	act.only),
    OPT_FLAG(0, "ssh", "carry steps for other hosts there, by ssh", struct set, act.ssh),
    OPT_FILE(0, "ssh-config", "file", "for ssh, instead of /etc/ssh/ssh_config",
	struct set, act.ssh_config),
    OPT_FILE(0, "site", "file", "what the owner knows (site file)", struct set, act.site),
    OPT_FILES(0, "protect-file", "file", "never block the addresses in it; repeatable",
	struct set, act.protect_files),
    OPT_FILE(0, "stop-file", "file", "while it is there nothing is done", struct set,
	act.stop),
    OPT_COUNT(
	0, "max-actions", "count", "most blocks in one run", struct set, act.max_actions),
    OPT_COUNT(
	0, "max-per-hour", "count", "most blocks in an hour", struct set, act.max_hour),
    OPT_COUNT(0, "max-burst", "count",
	"most blocks at once, before they get a slower pace", struct set, act.max_burst),
    OPT_LIST(0, "max-class", "verb=count", "most of one kind in an hour; repeatable",
	struct set, act.max_class),
    OPT_SPAN(
	0, "wait", "time", "how long to wait for another run", struct set, act.wait_ms),
    OPT_LIST(0, "emit", "kind=file",
	"write what is blocked there, for pf or ipset; repeatable", struct set, emit),
    OPT_FLAG(0, "list", "show what is in force", struct set, act.list),
    OPT_FLAG(0, "audit", "compare the ledger with the kernel", struct set, act.audit),
    OPT_FLAG(0, "restore", "put in force again what the ledger says is", struct set,
	act.restore),
    OPT_FLAG(0, "recover", "settle what a crash left open", struct set, act.recover),
    OPT_FLAG(0, "expire", "note in the ledger what has ended", struct set, act.expire),
    OPT_END};

static const struct set defaults = {
    .resolvers = "/etc/ir/resolvers.yaml",
    .calls = "/etc/ir/calls.yaml",
    .act.stop = STOP,
    .act.format = "json",
    .act.ttl_ms = INT64_C(4) * 3600 * 1000,
    .act.wait_ms = 2000,
    .act.confirm_ms = 120 * 1000,
    .act.max_actions = 10,
    .act.max_hour = 60,
};

static const char *const examples[] = {
    "ircorr < alerts.jsonl | irplan | ircontain --format text",
    "ircorr < alerts.jsonl | irplan | sudo ircontain --apply",
    "sudo ircontain --apply --block 203.0.113.7 --ttl 1h --reason 'attacks the shop'",
    "sudo ircontain --apply --unblock 203.0.113.7", "sudo ircontain --list --format text",
    NULL};

static bool
sensible(const struct set *s, struct err *e)
{
	const struct act_set *act = &s->act;
	const char *why = NULL;

	if (act->ttl_ms < 1000 || act->ttl_ms > ACTION_TTL_MAX * 1000)
		why = "--ttl must be between 1s and 30d";
	else if ((s->block.n || s->protect.n || act->yes || act->approve.n ||
		     act->force) &&
		 (!act->reason || !*act->reason))
		why = "--block, --protect, --approve, --yes and --force-protected need a "
		      "--reason";
	else if (act->force && !s->block.n)
		why = "--force-protected goes with --block only";
	else if (act->restore &&
		 (s->block.n || s->unblock.n || act->undo.n || s->protect.n))
		why = "--restore goes alone";
	else
		why = answer_options(act);
	if (why)
		err_set(e, ERR_CONFIG, "%s", why);
	return !why;
}

struct contain {
	const struct set *set;
	struct batch *batch;
};

static const struct actuator *const hands[] = {&block_hands, &limit_hands, &isolate_hands,
    &quarantine_hands, &kill_hands, &stop_hands, &lock_hands, &expire_hands, &keys_hands,
    &sessions_hands, &service_hands, &domain_hands, &evidence_hands, &call_hands, NULL};

static void
close_(void *state)
{
	struct contain *c = state;

	batch_free(c->batch);
	mem_free(c);
}

static void *
open_(struct effect_run *run, void *set, struct err *e)
{
	struct contain *c = mem_new(1, sizeof(*c));

	c->set = set;
	if (sensible(c->set, e) && caps_valid(&c->set->act.max_class, e) &&
	    emit_valid(&c->set->emit, e))
		c->batch = batch_new("ircontain", run, &c->set->act, hands, e);
	if (c->batch)
		return c;
	mem_free(c);
	return NULL;
}

static bool
by_hand(void *state)
{
	struct contain *c = state;

	return order_all(c->batch, c->set);
}

static void
step(void *state, const struct plan *plan, const struct action *a)
{
	batch_step(((struct contain *)state)->batch, plan, a);
}

static const struct opt_list *
approvals(const void *set)
{
	return &((const struct set *)set)->act.approvals;
}

static void
approval(void *state, const struct approval *a)
{
	batch_approval(((struct contain *)state)->batch, a);
}

static bool
commands(const void *set)
{
	return ((const struct set *)set)->act.openc2;
}

static void
command(void *state, struct openc2 *c)
{
	answer_command(((struct contain *)state)->batch, c);
}

static void
act(void *state)
{
	batch_act(((struct contain *)state)->batch);
}

static const struct effect ircontain = {
    .name = "ircontain",
    .summary = "block, slow down or isolate, for a while, undoably",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct set),
    .open = open_,
    .by_hand = by_hand,
    .step = step,
    .approvals = approvals,
    .approval = approval,
    .commands = commands,
    .command = command,
    .act = act,
    .close = close_,
};

EFFECT_MAIN(ircontain)
