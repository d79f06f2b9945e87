/* block-ip: elements of our own table in the packet filter. */
#include "contain.h"
#include "log.h"
#include "mem.h"
#include "span.h"
#include "upkeep.h"

#define CONTEXT 3 /* lines around a change */

struct filter {
	struct nft picture; /* of the kernel, with what was planned in this batch */
	struct nft after;   /* of the kernel after the transaction */
	bool acted;
};

static struct filter *
filter_of(const struct batch *b)
{
	return b->mine[DO_BLOCK_IP];
}

struct nft *
filter_picture(struct batch *b)
{
	return &filter_of(b)->picture;
}

static bool
begin(struct batch *b, struct err *e)
{
	struct filter *f = mem_new(1, sizeof(*f));
	const struct nft *n = &f->picture;

	b->mine[DO_BLOCK_IP] = f;
	if (!nft_read(&f->picture, e))
		return false;
	if (b->set->apply && !n->readable) {
		err_set(e, ERR_SYS,
		    "no privilege to change the packet filter (CAP_NET_ADMIN)");
		return false;
	}
	if (n->present && !n->whole && !b->set->restore && b->set->apply) {
		err_set(e, ERR_SYS,
		    "table inet ir is not as it was made; see --audit, repair with "
		    "--restore");
		return false;
	}
	if (b->set->restore && n->readable)
		nft_clear(&f->picture);
	return true;
}

static void
end(struct batch *b)
{
	struct filter *f = filter_of(b);

	if (!f)
		return;
	nft_free(&f->picture);
	nft_free(&f->after);
	mem_free(f);
	b->mine[DO_BLOCK_IP] = NULL;
}

/* --- may it be done? --- */

static bool
harmless(struct batch *b, struct job *j)
{
	const struct guard_entry *hit = guard_check(b->guard, &j->a.net);
	char net[IP_MAX];

	if (j->a.net.bits == 0) {
		job_refuse(j, "everything", "that would block everybody");
		return false;
	}
	if (!hit || (j->forced && guard_yields(hit)))
		return true;
	net_text(net, &hit->net);
	job_refuse(j, "protected", "%s is protected: %s", net, hit->why);
	return false;
}

/* Nothing to do, or something of ours in the way. */
static bool
open_to_do(struct batch *b, struct job *j)
{
	const struct nft *n = filter_picture(b);
	const struct nft_elem *at = nft_overlap(n, &j->a.net);
	char net[IP_MAX];

	if (!n->readable) {
		if (j->deed)
			job_already(j, "in force, as the ledger has it");
		return !j->deed;
	}
	if (!at)
		return true;
	net_text(net, &at->net);
	if (at->net.bits > j->a.net.bits)
		job_refuse(j, "overlaps",
		    "%s inside it is blocked already; unblock that first", net);
	else if (at->net.bits < j->a.net.bits)
		job_already(j, "in force: %s covers it", net);
	else
		job_already(j, "in force");
	return false;
}

static void
look(struct batch *b, struct job *j)
{
	if (!harmless(b, j) || !open_to_do(b, j))
		return;
	if (!j->by_hand && ip_scope(&j->a.net.ip) == IP_PRIVATE)
		job_ask(j, 1, "the address is a private one");
	if (!j->by_hand && !j->a.observed)
		job_ask(j, 1, "the address was claimed, not observed");
	if (j->a.net.bits < (j->a.net.ip.v == 4 ? 24 : 48))
		job_ask(j, 1, "wider than /24 (IPv4) or /48 (IPv6)");
}

/* --- what it would change --- */

static void
lines(struct batch *b, struct buf *out, char mark, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		buf_ch(out, mark);
		buf_add(out, nft_line(b->arena, filter_picture(b), i));
		buf_ch(out, '\n');
	}
}

/* `at` is the element in the picture, which holds it: just put in, or not yet taken out. */
static void
diff(struct batch *b, struct job *j, size_t at, bool fresh, struct buf *out)
{
	const struct nft *n = filter_picture(b);
	size_t all = nft_lines(n), line = nft_line_of(n, at);
	size_t from = line > CONTEXT ? line - CONTEXT : 0;
	size_t to = line + 1 + CONTEXT < all ? line + 1 + CONTEXT : all;

	if (!n->readable && fresh)
		buf_add(out, STR("# without the privilege to read it, the present state "
				 "is taken for empty\n"));
	buf_add(out, STR("--- table inet ir (now)\n+++ table inet ir (then)\n"));
	if (fresh) {
		buf_fmt(out, "@@ -0,0 +1,%zu @@\n", all);
		lines(b, out, '+', 0, all);
		return;
	}
	buf_fmt(out, "@@ -%zu,%zu +%zu,%zu @@\n", from + 1, to - from - !j->lift,
	    from + 1, to - from - j->lift);
	lines(b, out, ' ', from, line);
	lines(b, out, j->lift ? '-' : '+', line, line + 1);
	lines(b, out, ' ', line + 1, to);
}

static void
show_change(struct batch *b, struct job *j, size_t at, bool fresh)
{
	struct buf out = buf_make((size_t)1 << 20);
	struct nft was = {.readable = true, .present = !fresh};
	struct nft_elem one = {.net = j->a.net, .timeout_s = j->a.ttl_s};

	diff(b, j, at, fresh, &out);
	j->diff = arena_copy(b->arena, buf_str(&out));
	buf_reset(&out);
	nft_change(&out, &was, &one, !j->lift, &j->a.net, j->lift, false);
	j->change = arena_copy(b->arena, buf_str(&out));
	buf_free(&out);
}

static void
undo_text(struct batch *b, struct job *j)
{
	char net[IP_MAX], span[SPAN_MAX];

	net_text(net, &j->a.net);
	if (j->lift)
		j->undo = arena_fmt(b->arena,
		    "--block %s --ttl %s --reason 'undo of an unblock'", net,
		    span_text(span, (j->a.ttl_s ? j->a.ttl_s : 14400) * 1000));
	else if (!batch_acts(b))
		j->undo = arena_fmt(b->arena, "--unblock %s", net);
}

static void
accepted(struct batch *b, struct job *j)
{
	struct nft *n = filter_picture(b);
	const struct nft_elem *in = nft_find(n, &j->a.net);
	bool fresh = !n->present;

	undo_text(b, j);
	if (j->lift) {
		if (in) {
			show_change(b, j, (size_t)(in - n->v), false);
			nft_drop(n, &j->a.net);
		}
		return;
	}
	n->present = true;
	show_change(b, j, nft_put(n, &j->a.net, j->a.ttl_s), fresh);
}

/* --- doing --- */

/* The one transaction for all jobs. */
static bool
transact(struct batch *b, const struct nft *before, struct err *e)
{
	struct nft_elem *add = mem_new(b->n + 1, sizeof(*add));
	struct net *del = mem_new(b->n + 1, sizeof(*del));
	struct buf out = buf_make((size_t)1 << 28);
	size_t adds = 0, dels = 0;
	bool ok;

	for (size_t i = 0; i < b->n; i++) {
		const struct job *j = &b->jobs[i];

		if (j->status != JOB_PLANNED || j->a.what != DO_BLOCK_IP)
			continue;
		if (!j->lift)
			add[adds++] = (struct nft_elem){
			    .net = j->a.net, .timeout_s = j->a.ttl_s};
		else if (nft_find(before, &j->a.net))
			del[dels++] = j->a.net;
	}
	nft_change(&out, before, add, adds, del, dels, b->set->restore);
	ok = out.n == 0 || nft_apply(buf_str(&out), e);
	buf_free(&out);
	mem_free(add);
	mem_free(del);
	return ok;
}

static bool
commit(struct batch *b, struct err *e)
{
	struct filter *f = filter_of(b);
	struct nft before = {0};
	bool ok = nft_read(&before, e);

	ok = ok && transact(b, &before, e) && nft_read(&f->after, e);
	f->acted = true;
	nft_free(&before);
	return ok;
}

static int
holds(struct batch *b, const struct deed *d)
{
	const struct filter *f = filter_of(b);
	const struct nft *n = f->acted ? &f->after : &f->picture;

	return n->readable ? nft_find(n, &d->net) != NULL : -1;
}

/* What is in the kernel and not in the ledger, or protected by now. */
static void
audit(struct batch *b)
{
	const struct nft *n = filter_picture(b);

	for (size_t i = 0; i < n->n; i++) {
		const struct guard_entry *hit = guard_check(b->guard, &n->v[i].net);
		struct action a;

		action_for_net(b->arena, &a, DO_BLOCK_IP, &n->v[i].net);
		if (!ledger_live(b->ledger, a.key))
			upkeep_drift(b, &a, "foreign",
			    STR("in the kernel, not in the ledger; see --unblock"));
		else if (hit)
			upkeep_drift(b, &a, "protected",
			    arena_fmt(
				b->arena, "blocked, though protected: %s", hit->why));
	}
	if (!n->present || n->whole)
		return;
	log_error("table inet ir is not as it was made; repair it with --restore");
	effect_ended(b->run, ERR_DATA);
}

const struct actuator block_hands = {
    .what = DO_BLOCK_IP,
    .ends = true,
    .begin = begin,
    .end = end,
    .look = look,
    .accepted = accepted,
    .commit = commit,
    .holds = holds,
    .audit = audit,
};
