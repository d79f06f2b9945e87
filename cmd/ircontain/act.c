/* A batch: look, judge, write the intent, act, look again, write the outcome. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "contain.h"
#include "log.h"
#include "machine.h"
#include "mem.h"
#include "when.h"

#define PROTECT "/etc/ir/protect"
#define HOUR    (INT64_C(3600) * WHEN_S)
#define NAP_MS  50

/* Everything but "there is no such file" counts, so that no privilege lifts it. */
static bool
there(const char *path)
{
	return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

bool
contain_stopped(const struct contain *c)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/stop", c->dir);

	if (n < 0 || (size_t)n >= sizeof(path))
		return true;
	return there(c->set->stop) || access(path, F_OK) == 0 ||
	       (c->set->apply && there(path));
}

/* --- beginning and end --- */

static bool
lists(struct contain *c, struct err *e)
{
	const char *own = arena_fmt(c->arena, "%s/protect", c->dir).p;

	if (access(PROTECT, F_OK) == 0 && !guard_list(c->guard, PROTECT, e))
		return false;
	if (access(own, F_OK) == 0 && !guard_list(c->guard, own, e))
		return false;
	for (size_t i = 0; i < c->set->protect_files.n; i++)
		if (!guard_list(c->guard, c->set->protect_files.v[i], e))
			return false;
	return true;
}

/* The lock is held for one batch only; wait a while for another run's. */
static struct ledger *
open_ledger(struct contain *c, struct err *e)
{
	struct timespec nap = {0, NAP_MS * 1000000L};
	int64_t left = c->set->wait_ms;
	bool write = c->set->apply || c->set->recover || c->set->expire;
	struct ledger *l;

	if (c->set->plan_only)
		write = false;
	while (!(l = ledger_open(c->dir, write, e)) && e->kind == ERR_LATER && left > 0) {
		nanosleep(&nap, NULL);
		left -= NAP_MS;
		*e = (struct err){0};
	}
	return l;
}

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
contain_begin(struct contain *c)
{
	if (c->open)
		return !c->broken;
	c->open = true;
	c->broken = false;
	c->why = (struct err){0};
	c->now = effect_now(c->run);
	c->began_ms = clock_ms();
	c->guard = guard_new();
	guard_site(c->guard, c->site);
	c->broken = !lists(c, &c->why) || !machine_guard(c->guard, &c->why) ||
		    !(c->ledger = open_ledger(c, &c->why)) ||
		    !nft_read(&c->picture, &c->why);
	if (!c->broken && c->set->apply && !c->picture.readable) {
		err_set(&c->why, ERR_SYS,
		    "no privilege to change the packet filter (CAP_NET_ADMIN)");
		c->broken = true;
	}
	if (!c->broken && c->picture.present && !c->picture.whole && !c->set->restore &&
	    c->set->apply) {
		err_set(&c->why, ERR_SYS,
		    "table inet ir is not as it was made; see --audit, repair with "
		    "--restore");
		c->broken = true;
	}
	if (c->broken)
		return false;
	if (ledger_last(c->ledger) > c->now)
		log_warn("the clock stands before the last entry of the ledger");
	c->hour = ledger_since(c->ledger, c->now - HOUR);
	if (c->set->apply && !c->set->plan_only)
		order_settle(c, false);
	return true;
}

void
contain_end(struct contain *c)
{
	if (!c->open)
		return;
	ledger_close(c->ledger);
	guard_free(c->guard);
	nft_free(&c->picture);
	c->ledger = NULL;
	c->guard = NULL;
	c->n = 0;
	arena_reset(c->arena);
	c->open = false;
}

struct job *
contain_job(struct contain *c, const struct action *a)
{
	struct job *j;

	c->jobs = mem_grow(c->jobs, &c->cap, c->n + 1, sizeof(*c->jobs));
	j = &c->jobs[c->n++];
	*j = (struct job){.a = *a, .plan = STR(""), .incident = STR("")};
	j->a.target = arena_copy(c->arena, a->target);
	j->a.on = arena_copy(c->arena, a->on);
	j->a.why = arena_copy(c->arena, a->why);
	j->a.events = STR("");
	return j;
}

/* --- doing --- */

static void
all(struct contain *c, enum job_status status, const char *code, struct str text)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->jobs[i].status == JOB_PLANNED) {
			c->jobs[i].status = status;
			c->jobs[i].code = code;
			c->jobs[i].text = text;
		}
}

static void
intend(struct contain *c, struct job *j)
{
	struct deed d = {.what = j->a.what,
	    .net = j->a.net,
	    .ttl_s = j->a.ttl_s,
	    .plan = j->plan,
	    .incident = j->incident,
	    .by = c->by,
	    .why = j->a.why};

	memcpy(d.key, j->a.key, sizeof(d.key));
	if (j->again)
		ledger_remark(c->ledger, "restore", &j->a.net, c->by, STR_NONE, c->now);
	else if (!j->lift)
		j->deed = ledger_intend(c->ledger, &d, c->now);
	else if (j->deed)
		ledger_outcome(c->ledger, j->deed, DEED_UNDOING, j->a.why, c->now);
	else
		ledger_remark(c->ledger, "unblock", &j->a.net, c->by, j->a.why, c->now);
}

/* The one transaction for all jobs. */
static bool
transact(struct contain *c, const struct nft *before, struct err *e)
{
	struct nft_elem *add = mem_new(c->n + 1, sizeof(*add));
	struct net *del = mem_new(c->n + 1, sizeof(*del));
	struct buf b = buf_make((size_t)1 << 28);
	size_t adds = 0, dels = 0;
	bool ok;

	for (size_t i = 0; i < c->n; i++) {
		const struct job *j = &c->jobs[i];

		if (j->status != JOB_PLANNED)
			continue;
		if (!j->lift)
			add[adds++] = (struct nft_elem){
			    .net = j->a.net, .timeout_s = j->a.ttl_s};
		else if (nft_find(before, &j->a.net))
			del[dels++] = j->a.net;
	}
	nft_change(&b, before, add, adds, del, dels, c->set->restore);
	ok = b.n == 0 || nft_apply(buf_str(&b), e);
	buf_free(&b);
	mem_free(add);
	mem_free(del);
	return ok;
}

/* Does the kernel hold what it should? */
static void
verify(struct contain *c, const struct nft *after)
{
	for (size_t i = 0; i < c->n; i++) {
		struct job *j = &c->jobs[i];
		bool in;

		if (j->status != JOB_PLANNED)
			continue;
		in = nft_find(after, &j->a.net) != NULL;
		j->verify = in != j->lift ? "ok" : "bad";
		if (in != j->lift) {
			j->status = j->lift ? JOB_UNDONE : JOB_APPLIED;
			continue;
		}
		j->status = JOB_FAILED;
		j->code = "verify";
		j->text = STR("the kernel does not hold what it was given");
	}
}

static void
outcomes(struct contain *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct job *j = &c->jobs[i];

		if (!j->deed)
			continue;
		if (j->again && j->status == JOB_APPLIED &&
		    j->deed->state == DEED_APPLIED)
			continue;
		if (j->status == JOB_APPLIED)
			ledger_outcome(
			    c->ledger, j->deed, DEED_APPLIED, STR_NONE, c->now);
		else if (j->status == JOB_UNDONE)
			ledger_outcome(c->ledger, j->deed, DEED_UNDONE, STR_NONE, c->now);
		else if (j->deed->state == DEED_INTENT)
			ledger_outcome(c->ledger, j->deed, DEED_FAILED, j->text, c->now);
		else if (j->deed->state == DEED_UNDOING)
			ledger_outcome(c->ledger, j->deed, DEED_APPLIED, j->text, c->now);
	}
}

static bool
any_planned(const struct contain *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->jobs[i].status == JOB_PLANNED)
			return true;
	return false;
}

/* Between intent and outcome; what fails here is said of every job. */
static void
carry_out(struct contain *c)
{
	struct nft before = {0}, after = {0};
	struct err e = {0};

	for (size_t i = 0; i < c->n; i++)
		if (c->jobs[i].status == JOB_PLANNED)
			intend(c, &c->jobs[i]);
	if (!ledger_sync(c->ledger, &e)) {
		all(c, JOB_FAILED, "ledger", arena_copy(c->arena, str_of(e.msg)));
		log_err(&e);
		return;
	}
	if (!nft_read(&before, &e)) {
		all(c, JOB_FAILED, "nft", arena_copy(c->arena, str_of(e.msg)));
	} else if (contain_stopped(c)) {
		all(c, JOB_STOPPED, "stopped", STR("the stop file appeared"));
	} else if (!transact(c, &before, &e) || !nft_read(&after, &e)) {
		all(c, JOB_FAILED, "nft", arena_copy(c->arena, str_of(e.msg)));
		log_err(&e);
	} else {
		verify(c, &after);
	}
	outcomes(c);
	e = (struct err){0};
	if (!ledger_sync(c->ledger, &e)) {
		log_err(&e);
		effect_ended(c->run, ERR_SYS);
	}
	nft_free(&before);
	nft_free(&after);
}

static void
note(struct contain *c, const struct job *j)
{
	switch (j->status) {
	case JOB_REFUSED:
	case JOB_STOPPED:
		effect_ended(c->run, ERR_DATA);
		break;
	case JOB_WAITING:
		/* without --apply everything waits; that is no news */
		if (c->set->apply && !c->set->plan_only)
			effect_ended(c->run, ERR_LATER);
		break;
	case JOB_FAILED:
		effect_ended(c->run, j->drift ? ERR_DATA : ERR_SYS);
		break;
	case JOB_PLANNED:
	case JOB_APPLIED:
	case JOB_ALREADY:
	case JOB_UNDONE:
	case JOB_EXPIRED:
		break;
	}
}

void
contain_act(struct contain *c)
{
	sigset_t every, old;

	if (!c->open)
		return;
	if (c->broken) {
		all(c, c->why.kind == ERR_LATER ? JOB_WAITING : JOB_FAILED, "not-ready",
		    str_of(c->why.msg));
		log_err(&c->why);
		effect_ended(c->run, c->why.kind == ERR_LATER ? ERR_LATER : ERR_SYS);
	} else if (c->set->apply && !c->set->plan_only && any_planned(c)) {
		/* a signal waits until the ledger says what was done */
		sigfillset(&every);
		sigprocmask(SIG_BLOCK, &every, &old);
		carry_out(c);
		sigprocmask(SIG_SETMASK, &old, NULL);
	}
	if (!c->broken && !ledger_sync(c->ledger, &c->why)) {
		log_err(&c->why);
		effect_ended(c->run, ERR_SYS);
	}
	for (size_t i = 0; i < c->n; i++) {
		show_job(c, &c->jobs[i]);
		note(c, &c->jobs[i]);
	}
	contain_end(c);
}
