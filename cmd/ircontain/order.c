/* Orders by hand, and the upkeep of what was done: under the same guard and ledger. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "contain.h"
#include "escape.h"
#include "log.h"
#include "out.h"
#include "when.h"

static struct job *
job_of(struct contain *c, struct deed *d, bool lift)
{
	struct action a;
	struct job *j;

	action_for_net(c->arena, &a, d->what, &d->net);
	a.ttl_s = d->ttl_s;
	a.why = d->why.p ? d->why : STR("");
	j = contain_job(c, &a);
	j->plan = d->plan.p ? d->plan : STR("");
	j->incident = d->incident.p ? d->incident : STR("");
	j->deed = d;
	j->lift = lift;
	j->by_hand = true;
	return j;
}

static struct str
reason(const struct contain *c)
{
	return c->set->reason ? action_cut(str_of(c->set->reason), ACTION_TEXT) : STR("");
}

/* --- taking away --- */

/* Plan to lift a block; `d` may be NULL where the ledger knows of none. */
static void
lift(struct contain *c, const struct net *net, struct deed *d)
{
	const struct nft_elem *in = nft_find(&c->picture, net);
	struct action a;
	struct job *j;

	action_for_net(c->arena, &a, DO_BLOCK_IP, net);
	j = d ? job_of(c, d, true) : contain_job(c, &a);
	j->lift = true;
	j->by_hand = true;
	j->a.why = reason(c);
	if (!d && c->picture.readable && !in) {
		j->status = JOB_ALREADY;
		j->code = "not-in-force";
		j->text = STR("it is not blocked");
	} else if (contain_stopped(c)) {
		j->status = JOB_STOPPED;
		j->code = "stopped";
		j->text = STR("everything is stopped by a stop file");
	} else {
		j->status = JOB_PLANNED;
		if (in) {
			show_change(c, j, (size_t)(in - c->picture.v), false);
			nft_drop(&c->picture, net);
		}
	}
}

static bool
named(const struct deed *d, struct str id)
{
	return str_eq(id, str_of(d->id)) || str_eq(id, str_of(d->key)) ||
	       str_eq(id, d->plan) || str_eq(id, d->incident);
}

/* A block that another incident wants as well is kept for that one. */
static bool
stays(struct contain *c, struct deed *d, struct str incident)
{
	struct job *j;

	if (d->also.n == 0 || !deed_wanted_by(d, incident))
		return false;
	if (c->set->apply && !c->set->plan_only)
		ledger_leave(c->ledger, d, incident, c->now);
	j = job_of(c, d, false);
	j->status = JOB_ALREADY;
	j->code = "shared";
	j->text = STR("it stays: another incident wants it, too");
	return true;
}

/* Newest first, as undoing asks. */
static void
undo(struct contain *c, const char *name)
{
	struct deed *d;
	size_t n = 0, found = 0;

	for (size_t at = 0; ledger_next(c->ledger, &at);)
		n = at;
	while (n-- > 0) {
		size_t at = n;

		d = ledger_next(c->ledger, &at);
		if (!d || !named(d, str_of(name)))
			continue;
		found++;
		if (deed_live(d)) {
			if (!stays(c, d, str_of(name)))
				lift(c, &d->net, d);
			continue;
		}
		if (str_eq(str_of(name), str_of(d->id))) {
			struct job *j = job_of(c, d, true);

			j->status = JOB_ALREADY;
			j->code = "not-in-force";
			j->text = CAT(
			    c->arena, STR("it is "), str_of(deed_state_name(d->state)));
		}
	}
	if (found == 0) {
		log_error("no action, plan or incident '%s' in the ledger", name);
		effect_ended(c->run, ERR_DATA);
	}
}

static bool
address(struct contain *c, const char *word, struct net *net)
{
	if (net_parse(str_of(word), net))
		return true;
	log_error("'%s' is no address or network in canonical form", word);
	effect_ended(c->run, ERR_DATA);
	return false;
}

static struct deed *
deed_for(struct contain *c, const struct net *net)
{
	struct action a;

	action_for_net(c->arena, &a, DO_BLOCK_IP, net);
	return ledger_live(c->ledger, a.key);
}

static void
unblock(struct contain *c, const char *word)
{
	struct net net;

	if (address(c, word, &net))
		lift(c, &net, deed_for(c, &net));
}

/* --- protecting --- */

/* Add to the list of the state directory, once and for all. */
static bool
list_add(struct contain *c, const struct net *net)
{
	const char *path = arena_fmt(c->arena, "%s/protect", c->dir).p;
	char text[IP_MAX];
	struct str why = reason(c), line;
	struct err e = {0};
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0;
	struct buf b = buf_make(1024);

	net_text(text, net);
	escape_text(&b, why);
	line = CAT(c->arena, str_of(text), STR(" # "), buf_str(&b), STR("\n"));
	buf_free(&b);
	if (!ok)
		err_sys(&e, ERR_SYS, "cannot open '%s'", path);
	ok = ok && out_write(fd, line, &e);
	if (ok && fsync(fd) < 0) {
		err_sys(&e, ERR_SYS, "cannot sync '%s'", path);
		ok = false;
	}
	if (fd >= 0)
		close(fd);
	if (!ok) {
		log_err(&e);
		effect_ended(c->run, ERR_SYS);
	}
	return ok;
}

/* Everything of ours that overlaps it is lifted. */
static void
protect(struct contain *c, const char *word)
{
	bool lifted = true;
	struct net net;

	if (!address(c, word, &net))
		return;
	if (c->set->apply && !c->set->plan_only) {
		ledger_remark(c->ledger, "protect", &net, c->by, reason(c), c->now);
		if (!ledger_sync(c->ledger, &c->why)) {
			c->broken = true;
			return;
		}
		if (!list_add(c, &net))
			return;
	}
	while (lifted) {
		lifted = false;
		for (size_t i = 0; i < c->picture.n && !lifted; i++) {
			struct net hit = c->picture.v[i].net;

			if (!guard_overlap(&hit, &net))
				continue;
			lift(c, &hit, deed_for(c, &hit));
			/* a stopped one stays in the picture */
			lifted = c->jobs[c->n - 1].status == JOB_PLANNED;
		}
	}
}

/* --- blocking --- */

static void
block(struct contain *c, const char *word)
{
	struct action a;
	struct job *j;
	struct net net;

	if (!address(c, word, &net))
		return;
	action_for_net(c->arena, &a, DO_BLOCK_IP, &net);
	a.ttl_s = c->set->ttl_ms / 1000;
	a.why = reason(c);
	j = contain_job(c, &a);
	j->by_hand = true;
	contain_judge(c, j);
}

/* --- upkeep --- */

static void
settle_one(struct contain *c, struct deed *d, bool tell)
{
	bool in = nft_find(&c->picture, &d->net) != NULL;
	enum deed_state was = d->state, now = was;

	if (was == DEED_INTENT)
		now = in ? DEED_APPLIED : DEED_FAILED;
	else if (was == DEED_UNDOING)
		now = in ? DEED_APPLIED : DEED_UNDONE;
	if (now == DEED_APPLIED && d->until_ns <= c->now && !in)
		now = DEED_EXPIRED;
	if (now == was)
		return;
	ledger_outcome(c->ledger, d, now, STR("as found in the kernel"), c->now);
	if (tell) {
		struct job *j = job_of(c, d, was == DEED_UNDOING);

		j->status = now == DEED_APPLIED   ? JOB_APPLIED
			    : now == DEED_UNDONE  ? JOB_UNDONE
			    : now == DEED_EXPIRED ? JOB_EXPIRED
						  : JOB_FAILED;
		j->drift = true;
		j->verify = now == DEED_APPLIED ? "ok" : NULL;
		j->code = "recovered";
		j->text = CAT(c->arena, STR("the ledger said "),
		    str_of(deed_state_name(was)), STR(", the kernel says "),
		    str_of(deed_state_name(now)));
	}
}

void
order_settle(struct contain *c, bool tell)
{
	struct err e = {0};
	struct deed *d;

	if (!c->picture.readable) {
		err_set(&c->why, ERR_SYS,
		    "no privilege to ask the kernel which of the two holds");
		c->broken = true;
		return;
	}
	for (size_t at = 0; (d = ledger_next(c->ledger, &at));)
		if (deed_live(d))
			settle_one(c, d, tell);
	if (!ledger_sync(c->ledger, &e)) {
		c->why = e;
		c->broken = true;
	}
}

static void
list(struct contain *c)
{
	struct deed *d;

	for (size_t at = 0; (d = ledger_next(c->ledger, &at));)
		if (deed_live(d) && d->until_ns > c->now)
			job_of(c, d, false)->status = d->state == DEED_APPLIED
							  ? JOB_APPLIED
							  : JOB_WAITING;
}

static void
drift(struct job *j, const char *code, struct str text)
{
	j->status = JOB_FAILED;
	j->drift = true;
	j->verify = "bad";
	j->code = code;
	j->text = text;
}

/* What the ledger wants against what the kernel has; status 1 if they differ. */
static void
audit(struct contain *c)
{
	struct deed *d;
	size_t bad = 0;

	if (!c->picture.readable) {
		err_set(&c->why, ERR_SYS, "no privilege to read the packet filter");
		c->broken = true;
		return;
	}
	for (size_t at = 0; (d = ledger_next(c->ledger, &at));)
		if (deed_live(d) && d->until_ns > c->now &&
		    !nft_find(&c->picture, &d->net)) {
			drift(job_of(c, d, false), "missing",
			    STR("in the ledger, not in the kernel; see --restore"));
			bad++;
		}
	for (size_t i = 0; i < c->picture.n; i++) {
		const struct guard_entry *hit = guard_check(
		    c->guard, &c->picture.v[i].net);
		struct action a;

		action_for_net(c->arena, &a, DO_BLOCK_IP, &c->picture.v[i].net);
		if (!ledger_live(c->ledger, a.key)) {
			drift(contain_job(c, &a), "foreign",
			    STR("in the kernel, not in the ledger; see --unblock"));
			bad++;
		} else if (hit) {
			drift(contain_job(c, &a), "protected",
			    arena_fmt(
				c->arena, "blocked, though protected: %s", hit->why));
			bad++;
		}
	}
	if (c->picture.present && !c->picture.whole) {
		log_error(
		    "table inet ir is not as it was made; repair it with --restore");
		bad++;
	}
	if (bad > 0)
		effect_ended(c->run, ERR_DATA);
}

/* After a boot, or drift: the table anew, with what the ledger says is in force. */
static void
restore(struct contain *c)
{
	struct deed *d;
	struct nft empty = {.readable = c->picture.readable};

	nft_free(&c->picture);
	c->picture = empty;
	for (size_t at = 0; (d = ledger_next(c->ledger, &at));) {
		bool fresh = !c->picture.present;
		const struct guard_entry *hit;
		struct job *j;

		if (!deed_live(d) || d->until_ns <= c->now)
			continue;
		j = job_of(c, d, false);
		j->a.ttl_s = (d->until_ns - c->now) / WHEN_S + 1;
		hit = guard_check(c->guard, &d->net);
		if (hit) {
			j->status = JOB_REFUSED;
			j->code = "protected";
			j->text = arena_fmt(c->arena, "protected by now: %s", hit->why);
			continue;
		}
		j->again = true;
		j->status = JOB_PLANNED;
		c->picture.present = true;
		show_change(c, j, nft_put(&c->picture, &d->net, j->a.ttl_s), fresh);
	}
}

bool
order_all(struct contain *c)
{
	const struct set *s = c->set;
	bool any = s->block.n || s->unblock.n || s->protect.n || s->undo.n ||
		   s->recover || s->expire || s->list || s->audit || s->restore;

	if (!any)
		return false;
	if (contain_begin(c)) {
		if (s->recover || s->expire)
			order_settle(c, true);
		if (s->restore)
			restore(c);
		for (size_t i = 0; i < s->undo.n; i++)
			undo(c, s->undo.v[i]);
		for (size_t i = 0; i < s->unblock.n; i++)
			unblock(c, s->unblock.v[i]);
		for (size_t i = 0; i < s->protect.n; i++)
			protect(c, s->protect.v[i]);
		for (size_t i = 0; i < s->block.n; i++)
			block(c, s->block.v[i]);
		if (s->list)
			list(c);
		if (s->audit)
			audit(c);
	}
	contain_act(c);
	return true;
}
