/* Orders by hand: under the same guard and ledger. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "contain.h"
#include "escape.h"
#include "json.h"
#include "log.h"
#include "out.h"
#include "upkeep.h"

static bool
address(struct batch *b, const char *word, struct net *net)
{
	if (net_parse(str_of(word), net))
		return true;
	log_error("'%s' is no address or network in canonical form", word);
	effect_ended(b->run, ERR_DATA);
	return false;
}

/* --- taking away --- */

/* Plan to lift a block, also one that the ledger does not know. */
static void
lift(struct batch *b, const struct net *net)
{
	struct action a;
	struct deed *d;
	struct job *j;

	action_for_net(b->arena, &a, DO_BLOCK_IP, net);
	d = ledger_live(b->ledger, a.key);
	j = d ? batch_job_of(b, d, true) : batch_job(b, &a);
	j->by_hand = true;
	j->lift = true;
	j->a.why = upkeep_reason(b);
	if (!d && filter_has(b, net) == 0)
		job_already(j, "it is not blocked");
	else
		batch_lift(b, j);
}

static void
unblock(struct batch *b, const char *word)
{
	struct net net;

	if (address(b, word, &net))
		lift(b, &net);
}

/* --- protecting --- */

/* Add to the list of the state directory, once and for all. */
static bool
list_add(struct batch *b, const struct net *net)
{
	const char *path = arena_fmt(b->arena, "%s/protect", b->dir).p;
	char text[IP_MAX];
	struct str line;
	struct err e = {0};
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0;
	struct buf why = buf_make(1024);

	net_text(text, net);
	escape_text(&why, upkeep_reason(b));
	line = CAT(b->arena, str_of(text), STR(" # "), buf_str(&why), STR("\n"));
	buf_free(&why);
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
		effect_ended(b->run, ERR_SYS);
	}
	return ok;
}

static bool
note_protection(struct batch *b, const struct net *net)
{
	struct action a;

	action_for_net(b->arena, &a, DO_BLOCK_IP, net);
	ledger_remark(b->ledger, "protect", a.target, b->by, upkeep_reason(b), b->now);
	if (!ledger_sync(b->ledger, &b->why)) {
		b->broken = true;
		return false;
	}
	return list_add(b, net);
}

/* Everything of ours that overlaps it is lifted. */
static void
protect(struct batch *b, const char *word)
{
	const struct nft *n = filter_picture(b, true);
	struct net net;

	if (!address(b, word, &net) || (batch_acts(b) && !note_protection(b, &net)))
		return;
	for (size_t i = 0; i < n->n; i++)
		if (guard_overlap(&n->v[i].net, &net))
			lift(b, &n->v[i].net);
}

/* --- blocking --- */

static void
block(struct batch *b, const char *word)
{
	struct action a;
	struct job *j;
	struct net net, forced;

	if (!address(b, word, &net))
		return;
	action_for_net(b->arena, &a, DO_BLOCK_IP, &net);
	a.ttl_s = b->set->ttl_ms / 1000;
	a.why = upkeep_reason(b);
	j = batch_job(b, &a);
	j->by_hand = true;
	j->forced = b->set->force && net_parse(str_of(b->set->force), &forced) &&
		    forced.bits == net.bits && ip_eq(&forced.ip, &net.ip);
	batch_judge(b, j);
}

/* --- confirming --- */

/* The whole time that was asked for, as noted before the act. */
static int64_t
asked_for(struct batch *b, const struct deed *d)
{
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD};
	struct str json = CAT(b->arena, d->prior, pad);
	int64_t ttl_s = 0;

	json.n = d->prior.n;
	if (!json_valid(json, NULL) ||
	    !json_i64(json_get(b->arena, json, STR("ttl")), &ttl_s))
		return 0;
	return ttl_s;
}

static void
confirm(struct batch *b, struct str id)
{
	struct err e = {0};
	struct deed *d, *found = NULL;
	struct job *j;
	int64_t ttl_s;

	for (size_t at = 0; (d = ledger_next(b->ledger, &at));)
		if (d->what == DO_ISOLATE_HOST && d->state == DEED_APPLIED &&
		    !deed_over(d, b->now) &&
		    (str_eq(id, str_of(d->id)) || str_eq(id, str_of(d->key))))
			found = d;
	if (!found || (ttl_s = asked_for(b, found)) == 0) {
		log_error("nothing in force with the id '" STR_FMT "' waits for that",
		    STR_ARG(id));
		effect_ended(b->run, ERR_DATA);
		return;
	}
	j = batch_job_of(b, found, false);
	j->a.ttl_s = ttl_s;
	if (!batch_acts(b))
		return;
	ledger_extend(b->ledger, found, ttl_s, b->now);
	if (batch_stopped(b))
		job_say(j, JOB_STOPPED, "stopped", STR("a stop file is there"));
	else if (ledger_sync(b->ledger, &e) && isolate_confirm(b, found, &e))
		job_say(j, JOB_APPLIED, "confirmed", STR("confirmed"));
	else
		job_say(j, JOB_FAILED, "act", arena_copy(b->arena, str_of(e.msg)));
}

bool
order_all(struct batch *b, const struct set *s)
{
	if (!s->block.n && !s->unblock.n && !s->protect.n && !s->confirm.n &&
	    !upkeep_asked(&s->act))
		return false;
	if (batch_begin(b)) {
		upkeep_orders(b);
		for (size_t i = 0; i < s->confirm.n; i++)
			confirm(b, str_of(s->confirm.v[i]));
		for (size_t i = 0; i < s->unblock.n; i++)
			unblock(b, s->unblock.v[i]);
		for (size_t i = 0; i < s->protect.n; i++)
			protect(b, s->protect.v[i]);
		for (size_t i = 0; i < s->block.n; i++)
			block(b, s->block.v[i]);
	}
	batch_act(b);
	return true;
}
