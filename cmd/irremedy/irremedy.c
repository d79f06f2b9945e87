/*
 * irremedy - clean, patch and restore a host after an incident, undoably
 *
 * Reads plans; without --apply it shows what would be done and changes nothing.
 */
#include "ansible.h"
#include "answer.h"
#include "leaver.h"
#include "log.h"
#include "mem.h"
#include "patch.h"
#include "persist.h"
#include "remedy.h"
#include "restore.h"
#include "rotate.h"
#include "upkeep.h"

#define STOP    "/etc/ir/stop"
#define SECRETS "/etc/ir/secrets.yaml"
#define DAY     (INT64_C(86400) * 1000)

static const struct opt options[] = {
    OPT_FLAG(0, "apply", "do it; without, only show it", struct remedy_set, act.apply),
    OPT_FLAG('n', "plan", "only show it, whatever else is said", struct remedy_set,
	act.plan_only),
    OPT_CHOICE(0, "format", "json|text", "records, or text for people", struct remedy_set,
	act.format),
    OPT_LIST(0, "undo", "id", "undo an action, a plan or an incident; repeatable",
	struct remedy_set, act.undo),
    OPT_FLAG(0, "openc2", "commands of OpenC2 in, their answers out", struct remedy_set,
	act.openc2),
    OPT_TEXT(0, "actor", "name", "who answers for it, for the ledger", struct remedy_set,
	act.actor),
    OPT_TEXT(0, "reason", "text", "why, for the ledger", struct remedy_set, act.reason),
    OPT_LIST(0, "approve", "id", "agree to this step (key) or plan; repeatable",
	struct remedy_set, act.approve),
    OPT_FILES(0, "approvals", "file", "signed approvals (irplan --approve); repeatable",
	struct remedy_set, act.approvals),
    OPT_FILE(0, "approvers", "file", "who may sign them; /etc/ir/approvers if not given",
	struct remedy_set, act.approvers),
    OPT_FLAG(0, "yes", "agree to everything that waits for approval", struct remedy_set,
	act.yes),
    OPT_FILE(0, "root", "dir", "act on the system image that is mounted there",
	struct remedy_set, act.root),
    OPT_FILE(0, "manifest", "file", "hashes of the backup, for sha256sum -c",
	struct remedy_set, manifest),
    OPT_SPAN(0, "max-backup-age", "time", "refuse a backup that is older",
	struct remedy_set, max_age_ms),
    OPT_FILE(
	0, "secrets", "file", "how secrets are replaced", struct remedy_set, secrets),
    OPT_DIR(0, "ansible", "dir", "write a playbook and an inventory instead of acting",
	struct remedy_set, ansible),
    OPT_LIST(0, "only", "key", "leave all other steps alone; repeatable",
	struct remedy_set, act.only),
    OPT_FLAG(0, "ssh", "carry steps for other hosts there, by ssh", struct remedy_set,
	act.ssh),
    OPT_FILE(0, "ssh-config", "file", "for ssh, instead of /etc/ssh/ssh_config",
	struct remedy_set, act.ssh_config),
    OPT_FILE(0, "site", "file", "what the owner knows (site file)", struct remedy_set,
	act.site),
    OPT_FILE(0, "stop-file", "file", "while it is there nothing is done",
	struct remedy_set, act.stop),
    OPT_COUNT(0, "max-actions", "count", "most actions in one run", struct remedy_set,
	act.max_actions),
    OPT_COUNT(0, "max-per-hour", "count", "most actions in an hour", struct remedy_set,
	act.max_hour),
    OPT_SPAN(0, "wait", "time", "how long to wait for another run", struct remedy_set,
	act.wait_ms),
    OPT_FLAG(0, "list", "show what is in force", struct remedy_set, act.list),
    OPT_FLAG(
	0, "audit", "compare the ledger with the system", struct remedy_set, act.audit),
    OPT_FLAG(
	0, "recover", "settle what a crash left open", struct remedy_set, act.recover),
    OPT_END};

static const struct remedy_set defaults = {
    .act.stop = STOP,
    .act.format = "json",
    .act.ttl_ms = INT64_C(4) * 3600 * 1000,
    .act.wait_ms = 2000,
    .act.max_actions = 20,
    .act.max_hour = 60,
    .max_age_ms = 8 * DAY,
    .secrets = SECRETS,
};

static const char *const examples[] = {
    "ircorr < alerts.jsonl | irplan | irremedy --format text",
    "ircorr < alerts.jsonl | irplan | sudo ircontain --apply | sudo irremedy --apply",
    "sudo irremedy --undo 3f2a90c1d4e5b6a7089f1c2d3e4a5b6c --reason 'it was ours'",
    "sudo irremedy --audit --format text", NULL};

static const struct actuator *const hands[] = {&patch_package, &restore_path,
    &remove_persistence, &remove_account, &rotate_secret, NULL};

static bool
sensible(const struct remedy_set *s, struct err *e)
{
	const struct act_set *act = &s->act;

	if ((act->yes || act->approve.n) && (!act->reason || !*act->reason))
		err_set(e, ERR_CONFIG, "--approve and --yes need a --reason");
	else if (s->ansible && (act->apply || act->openc2 || upkeep_asked(act)))
		err_set(e, ERR_CONFIG, "--ansible only writes what could be done");
	else if (answer_options(act))
		err_set(e, ERR_CONFIG, "%s", answer_options(act));
	return e->kind == ERR_NONE;
}

struct remedy {
	const struct remedy_set *set;
	struct effect_run *run;
	struct batch *batch;
	struct ansible *ansible; /* NULL: steps are carried out here */
};

static void
close_(void *state)
{
	struct remedy *r = state;

	ansible_free(r->ansible);
	batch_free(r->batch);
	mem_free(r);
}

static void *
open_(struct effect_run *run, void *set, struct err *e)
{
	struct remedy *r = mem_new(1, sizeof(*r));

	r->set = set;
	r->run = run;
	if (sensible(r->set, e))
		r->batch = batch_new("irremedy", run, &r->set->act, hands, e);
	if (r->batch && r->set->ansible)
		r->ansible = ansible_new(r->set->ansible, r->batch->site, r->batch->host);
	if (r->batch)
		return r;
	mem_free(r);
	return NULL;
}

static bool
by_hand(void *state)
{
	struct batch *b = ((struct remedy *)state)->batch;

	if (!upkeep_asked(b->set))
		return false;
	if (batch_begin(b))
		upkeep_orders(b);
	batch_act(b);
	return true;
}

static void
failed(struct remedy *r, const struct err *e)
{
	log_err(e);
	effect_ended(r->run, e->kind);
}

static void
step(void *state, const struct plan *plan, const struct action *a)
{
	struct remedy *r = state;
	struct err e = {0};

	if (!r->ansible)
		batch_step(r->batch, plan, a);
	else if (!ansible_step(r->ansible, plan, a, effect_now(r->run), &e))
		failed(r, &e);
}

/* A playbook for Ansible has the steps of all programs. */
static bool
every(const void *set)
{
	return ((const struct remedy_set *)set)->ansible != NULL;
}

static const struct opt_list *
approvals(const void *set)
{
	return &((const struct remedy_set *)set)->act.approvals;
}

static void
approval(void *state, const struct approval *a)
{
	batch_approval(((struct remedy *)state)->batch, a);
}

static bool
commands(const void *set)
{
	return ((const struct remedy_set *)set)->act.openc2;
}

static void
command(void *state, struct openc2 *c)
{
	answer_command(((struct remedy *)state)->batch, c);
}

static void
act(void *state)
{
	struct remedy *r = state;
	struct err e = {0};

	if (!r->ansible)
		batch_act(r->batch);
	else if (!ansible_write(r->ansible, &e))
		failed(r, &e);
}

static const struct effect irremedy = {
    .name = "irremedy",
    .summary = "clean, patch and restore a host after an incident, undoably",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct remedy_set),
    .open = open_,
    .by_hand = by_hand,
    .step = step,
    .every = every,
    .approvals = approvals,
    .approval = approval,
    .commands = commands,
    .command = command,
    .act = act,
    .close = close_,
};

EFFECT_MAIN(irremedy)
