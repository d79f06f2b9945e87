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
#include "word.h"

static bool
meant(struct batch *b, const char *word, struct action *a)
{
	struct err e = {0};

	if (word_action(b->arena, str_of(word), a, &e))
		return true;
	log_err(&e);
	effect_ended(b->run, ERR_DATA);
	return false;
}

/* --- taking away --- */

/* Plan to take it back; a block also if the ledger does not know it. */
static void
lift(struct batch *b, const struct action *a)
{
	struct deed *d = ledger_live(b->ledger, a->key);
	struct job *j = d ? batch_job_of(b, d, true) : batch_job(b, a);

	j->by_hand = true;
	j->lift = true;
	j->a.why = upkeep_reason(b);
	if (!d && (a->what != DO_BLOCK_IP || filter_has(b, &a->net) == 0))
		job_already(j, "it is not in force");
	else
		batch_lift(b, j);
}

static void
unblock(struct batch *b, const char *word)
{
	struct action a;

	if (meant(b, word, &a))
		lift(b, &a);
}

/* --- protecting --- */

/* Add to the list of the state directory, once and for all. */
static bool
list_add(struct batch *b, struct str name)
{
	const char *path = arena_fmt(b->arena, "%s/protect", b->dir).p;
	struct str line;
	struct err e = {0};
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0;
	struct buf why = buf_make(1024);

	escape_text(&why, upkeep_reason(b));
	line = CAT(b->arena, name, STR(" # "), buf_str(&why), STR("\n"));
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
note_protection(struct batch *b, const struct action *a, const char *word)
{
	ledger_remark(b->ledger, "protect", a->target, b->by, upkeep_reason(b), b->now);
	if (!ledger_sync(b->ledger, &b->why)) {
		b->broken = true;
		return false;
	}
	return list_add(
	    b, word[0] == '/' ? CAT(b->arena, STR("path:"), str_of(word)) : str_of(word));
}

/* Can it stand in a line of the list? */
static bool
listable(struct batch *b, const struct action *a, const char *word)
{
	bool ok = a->what != DO_STOP_PROCESS && !strchr(word, '#');

	for (const char *p = word; *p && ok; p++)
		ok = (unsigned char)*p >= 0x20 && *p != 0x7f;
	if (ok)
		return true;
	log_error("this cannot be protected by name");
	effect_ended(b->run, ERR_DATA);
	return false;
}

/* Everything of ours that touches it is taken back. */
static void
protect(struct batch *b, const char *word)
{
	const struct nft *n = filter_picture(b, true);
	struct action a, hit;

	if (!meant(b, word, &a) || !listable(b, &a, word) ||
	    (batch_acts(b) && !note_protection(b, &a, word)))
		return;
	if (a.what != DO_BLOCK_IP && ledger_live(b->ledger, a.key))
		lift(b, &a);
	for (size_t i = 0; a.what == DO_BLOCK_IP && i < n->n; i++)
		if (guard_overlap(&n->v[i].net, &a.net)) {
			action_for_net(b->arena, &hit, DO_BLOCK_IP, &n->v[i].net);
			lift(b, &hit);
		}
}

/* --- blocking --- */

static void
block(struct batch *b, const char *word)
{
	struct action a;
	struct job *j;
	struct net forced;

	if (!meant(b, word, &a))
		return;
	a.ttl_s = b->set->ttl_ms / 1000;
	a.why = upkeep_reason(b);
	j = batch_job(b, &a);
	j->by_hand = true;
	j->forced = b->set->force && net_parse(str_of(b->set->force), &forced) &&
		    a.net.ip.v && forced.bits == a.net.bits &&
		    ip_eq(&forced.ip, &a.net.ip);
	batch_judge(b, j);
}

/* --- collecting --- */

static void
collect(struct batch *b, const char *what)
{
	struct buf target = buf_make(TARGET_MAX);
	struct err e = {0};
	struct action a;
	struct job *j;

	buf_add(&target, STR("{\"what\":"));
	buf_json(&target, str_of(what));
	buf_ch(&target, '}');
	if (action_of(b->arena, DO_COLLECT_EVIDENCE, buf_str(&target), STR(""), &a, &e)) {
		a.why = upkeep_reason(b);
		a.phase = PHASE_PRESERVE;
		j = batch_job(b, &a);
		j->by_hand = true;
		batch_judge(b, j);
	} else {
		log_err(&e);
		effect_ended(b->run, ERR_DATA);
	}
	buf_free(&target);
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

	for (size_t at = 0; (d = ledger_next_live(b->ledger, DO_ISOLATE_HOST, &at));)
		if (d->state == DEED_APPLIED && !deed_over(d, b->now) &&
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
	if (!s->collect && !s->block.n && !s->unblock.n && !s->protect.n &&
	    !s->confirm.n && !s->emit.n && !upkeep_asked(&s->act))
		return false;
	if (batch_begin(b)) {
		upkeep_orders(b);
		if (s->collect)
			collect(b, s->collect);
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
	if (s->emit.n) { /* what is in force now */
		if (batch_begin(b))
			emit_all(b, &s->emit);
		batch_act(b);
	}
	return true;
}
