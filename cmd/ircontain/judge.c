/* May it be done?  The checks in their order; the guard is asked for every order. */
#include "contain.h"

static void
say(struct job *j, enum job_status status, const char *code, struct str text)
{
	j->status = status;
	j->code = code;
	j->text = text;
}

static bool
here(const struct contain *c, struct str on)
{
	struct str host = str_of(c->host);
	size_t dot = str_chr(host, '.');

	return on.n == 0 || str_ieq(on, host) || str_ieq(on, str_sub(host, 0, dot));
}

/* Is it a plan that may be carried out at all, and by us? */
static bool
wanted(struct contain *c, struct job *j)
{
	const struct plan *p = j->terms;

	if (p && !p->sealed)
		say(j, JOB_REFUSED, "hash",
		    STR("the plan is not the one that was made: its hash is wrong"));
	else if (p && p->expires_ns <= c->now)
		say(j, JOB_REFUSED, "expired",
		    STR("the plan has expired; make a new one"));
	else if (j->a.what != DO_BLOCK_IP)
		say(j, JOB_WAITING, "no-actuator",
		    CAT(c->arena, str_of(action_verb(j->a.what)->name),
			STR(" is not done by ircontain: a person has to")));
	else if (!here(c, j->a.on))
		say(j, JOB_WAITING, "other-host",
		    CAT(c->arena, STR("meant for "), j->a.on, STR(", this is "),
			str_of(c->host)));
	else
		return true;
	return false;
}

/* Is the guard overridden for exactly this address, by hand and with a reason? */
static bool
forced(const struct contain *c, const struct job *j, const struct guard_entry *hit)
{
	struct net net;

	return j->by_hand && c->set->force && guard_yields(hit) &&
	       net_parse(str_of(c->set->force), &net) && net.bits == j->a.net.bits &&
	       ip_eq(&net.ip, &j->a.net.ip);
}

static bool
harmless(struct contain *c, struct job *j)
{
	const struct guard_entry *hit = guard_check(c->guard, &j->a.net);
	char net[IP_MAX];

	if (j->a.net.bits == 0) {
		say(j, JOB_REFUSED, "everything", STR("that would block everybody"));
		return false;
	}
	if (!hit || forced(c, j, hit))
		return true;
	net_text(net, &hit->net);
	say(j, JOB_REFUSED, "protected",
	    arena_fmt(c->arena, "%s is protected: %s", net, hit->why));
	return false;
}

/* Nothing to do, or something of ours in the way. */
static bool
open_to_do(struct contain *c, struct job *j)
{
	const struct nft_elem *at = nft_overlap(&c->picture, &j->a.net);
	char net[IP_MAX];

	j->deed = ledger_live(c->ledger, j->a.key);
	if (!c->picture.readable) {
		if (!j->deed)
			return true;
		say(j, JOB_ALREADY, "in-force", STR("in force, as the ledger has it"));
		return false;
	}
	if (!at)
		return true;
	net_text(net, &at->net);
	if (at->net.bits > j->a.net.bits)
		say(j, JOB_REFUSED, "overlaps",
		    arena_fmt(c->arena,
			"%s inside it is blocked already; unblock that first", net));
	else
		say(j, JOB_ALREADY, "in-force",
		    at->net.bits < j->a.net.bits
			? arena_fmt(c->arena, "in force: %s covers it", net)
			: STR("in force"));
	return false;
}

static bool
approved(const struct contain *c, const struct job *j)
{
	if (c->set->yes)
		return true;
	for (size_t i = 0; i < c->set->approve.n; i++) {
		struct str id = str_of(c->set->approve.v[i]);

		if (str_eq(id, str_of(j->a.key)) || str_eq(id, j->plan))
			return true;
	}
	return false;
}

static bool
agreed(struct contain *c, struct job *j)
{
	bool wide = j->a.net.bits < (j->a.net.ip.v == 4 ? 24 : 48);
	bool inside = ip_scope(&j->a.net.ip) == IP_PRIVATE;
	unsigned need = j->by_hand ? 0 : j->a.approvals, have = approved(c, j);
	const char *why = "the step asks for approval";

	if (j->terms)
		have += plan_approvals(j->terms, c->now);
	if (!j->by_hand && inside) {
		need += need == 0;
		why = "the address is a private one";
	}
	if (!j->by_hand && !j->a.observed) {
		need += need == 0;
		why = "the address was claimed, not observed";
	}
	if (wide) {
		need += need == 0;
		why = "wider than /24 (IPv4) or /48 (IPv6)";
	}
	if (have >= need)
		return true;
	say(j, JOB_WAITING, "approval",
	    arena_fmt(c->arena, "%s: %u of %u persons agreed", why, have, need));
	return false;
}

static bool
within_caps(struct contain *c, struct job *j)
{
	if (c->accepted >= c->set->max_actions)
		say(j, JOB_WAITING, "cap",
		    arena_fmt(c->arena,
			"more than %zu actions in one run (--max-actions)",
			c->set->max_actions));
	else if (c->hour >= c->set->max_hour)
		say(j, JOB_WAITING, "cap",
		    arena_fmt(c->arena,
			"more than %zu actions in an hour (--max-per-hour)",
			c->set->max_hour));
	else
		return true;
	return false;
}

void
contain_judge(struct contain *c, struct job *j)
{
	bool fresh = !c->picture.present;
	size_t at;

	if (!wanted(c, j) || !harmless(c, j))
		return;
	if (!open_to_do(c, j)) {
		/* so that undoing one incident does not undo it for the other */
		if (j->status == JOB_ALREADY && j->deed && c->set->apply &&
		    !c->set->plan_only)
			ledger_share(c->ledger, j->deed, j->incident, c->now);
		return;
	}
	if (!agreed(c, j) || !within_caps(c, j))
		return;
	if (contain_stopped(c)) {
		say(j, JOB_STOPPED, "stopped",
		    CAT(c->arena, STR("everything is stopped by '"), str_of(c->set->stop),
			STR("' or the stop file of the state")));
		return;
	}
	if (j->a.ttl_s == 0)
		j->a.ttl_s = c->set->ttl_ms / 1000;
	j->status = JOB_PLANNED;
	c->accepted++;
	c->hour++;
	c->picture.present = true;
	at = nft_put(&c->picture, &j->a.net, j->a.ttl_s);
	show_change(c, j, at, fresh);
}
