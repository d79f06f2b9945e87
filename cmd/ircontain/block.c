/* block-ip: elements of our own table in the packet filter. */
#include "contain.h"
#include "kernel.h"
#include "log.h"
#include "map.h"
#include "mem.h"
#include "span.h"
#include "upkeep.h"

#define CONTEXT 3 /* lines around a change */

#define FEW 256 /* single addresses that are asked for one by one */

struct filter {
	struct netlink *kernel;
	struct nft picture;  /* as it is, without single addresses unless `all` */
	struct nft after;    /* the same after the transaction */
	struct map *planned; /* networks of this batch, to be put in */
	size_t asked;
	bool all, acted, told; /* ... the whole table was shown */
};

static struct filter *
filter_of(const struct batch *b)
{
	return b->mine[DO_BLOCK_IP];
}

const struct nft *
filter_picture(struct batch *b, bool all)
{
	struct filter *f = filter_of(b);

	if (all && !f->all && f->picture.readable) {
		f->all = true;
		if (!kernel_look_all(f->kernel, &f->picture, &b->why))
			b->broken = true;
	}
	return &f->picture;
}

struct netlink *
filter_kernel(const struct batch *b)
{
	return filter_of(b)->kernel;
}

static bool
begin(struct batch *b, struct err *e)
{
	struct filter *f = mem_new(1, sizeof(*f));
	const struct nft *n = &f->picture;

	b->mine[DO_BLOCK_IP] = f;
	f->planned = map_new();
	f->kernel = netlink_open(e);
	if (!f->kernel || !kernel_look(f->kernel, &f->picture, e))
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
	if (b->set->restore && n->readable) {
		nft_clear(&f->picture);
		f->all = true;
	}
	return true;
}

static void
end(struct batch *b)
{
	struct filter *f = filter_of(b);

	if (!f)
		return;
	netlink_close(f->kernel);
	map_free(f->planned);
	nft_free(&f->picture);
	nft_free(&f->after);
	mem_free(f);
	b->mine[DO_BLOCK_IP] = NULL;
}

/* Is exactly this in the kernel?  1 yes, 0 no, -1 cannot say. */
int
filter_has(struct batch *b, const struct net *net)
{
	struct filter *f = filter_of(b);
	struct nft *n = f->acted ? &f->after : &f->picture;

	if (!n->readable)
		return -1;
	if (!n->present)
		return 0;
	if (!f->all && net_one(net) && f->asked++ >= FEW) {
		f->all = true;
		if (!kernel_look_all(f->kernel, n, &b->why))
			return -1;
	}
	if (nft_find(n, net))
		return 1;
	/* a set that grows while it is listed is not listed whole */
	return net_one(net) ? kernel_has(f->kernel, net) : 0;
}

static struct str
bytes(const struct net *n)
{
	return (struct str){(const char *)n, sizeof(*n)};
}

/* --- may it be done? --- */

bool
filter_harmless(struct batch *b, struct job *j)
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

/* What a person has to agree to. */
void
filter_ask(struct job *j)
{
	if (!j->by_hand && ip_scope(&j->a.net.ip) == IP_PRIVATE)
		job_ask(j, 1, "the address is a private one");
	if (!j->by_hand && !j->a.observed)
		job_ask(j, 1, "the address was claimed, not observed");
	if (j->a.net.bits < (j->a.net.ip.v == 4 ? 24 : 48))
		job_ask(j, 1, "wider than /24 (IPv4) or /48 (IPv6)");
}

/* Nothing to do, or something of ours in the way. */
static bool
open_to_do(struct batch *b, struct job *j)
{
	struct filter *f = filter_of(b);
	const struct nft_elem *at = nft_overlap(&f->picture, &j->a.net);
	char net[IP_MAX];

	if (!f->picture.readable) {
		if (j->deed)
			job_already(j, "in force, as the ledger has it");
		return !j->deed;
	}
	if (map_get(f->planned, bytes(&j->a.net)) || filter_has(b, &j->a.net) > 0) {
		job_already(j, "in force");
		return false;
	}
	if (!at)
		return true;
	net_text(net, &at->net);
	if (at->net.bits > j->a.net.bits)
		job_refuse(j, "overlaps",
		    "%s inside it is blocked already; unblock that first", net);
	else
		job_already(j, "in force: %s covers it", net);
	return false;
}

static void
look(struct batch *b, struct job *j)
{
	if (!filter_harmless(b, j) || !open_to_do(b, j))
		return;
	filter_ask(j);
}

/* --- what it would change --- */

static void
lines(struct batch *b, struct buf *out, char mark, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		buf_ch(out, mark);
		buf_add(out, nft_line(b->arena, &filter_of(b)->picture, i));
		buf_ch(out, '\n');
	}
}

/* With its surroundings if they were read; `at` is the element in the picture. */
static void
diff(struct batch *b, struct job *j, size_t at, bool fresh, struct buf *out)
{
	const struct filter *f = filter_of(b);
	const struct nft *n = &f->picture;
	size_t all = nft_lines(n), line = nft_line_of(n, at);
	size_t from = line > CONTEXT ? line - CONTEXT : 0;
	size_t to = line + 1 + CONTEXT < all ? line + 1 + CONTEXT : all;

	if (!n->readable)
		buf_add(out, STR("# without the privilege to read it, the present state "
				 "is taken for empty\n"));
	buf_add(out, STR("--- table inet ir (now)\n+++ table inet ir (then)\n"));
	if (fresh) {
		buf_fmt(out, "@@ -0,0 +1,%zu @@\n", all);
		lines(b, out, '+', 0, all);
	} else if (!f->all) {
		buf_fmt(out, "@@ set %s @@\n", nft_set(&j->a.net));
		lines(b, out, j->lift ? '-' : '+', line, line + 1);
	} else {
		buf_fmt(out, "@@ -%zu,%zu +%zu,%zu @@\n", from + 1, to - from - !j->lift,
		    from + 1, to - from - j->lift);
		lines(b, out, ' ', from, line);
		lines(b, out, j->lift ? '-' : '+', line, line + 1);
		lines(b, out, ' ', line + 1, to);
	}
}

/* The diff is against the present state, without what else is planned. */
static void
show_change(struct batch *b, struct job *j)
{
	struct nft *n = &filter_of(b)->picture;
	struct buf out = buf_make((size_t)1 << 20);
	bool fresh = !n->present && !(batch_acts(b) && filter_of(b)->told),
	     had = nft_find(n, &j->a.net);
	struct nft was = {.readable = true, .present = !fresh};
	struct nft_elem one = {.net = j->a.net, .timeout_s = j->a.ttl_s};
	bool present = n->present;

	filter_of(b)->told = true;
	n->present = true;
	if (!had)
		nft_put(n, &j->a.net, j->a.ttl_s);
	diff(b, j, (size_t)(nft_find(n, &j->a.net) - n->v), fresh, &out);
	if (!had)
		nft_drop(n, &j->a.net);
	n->present = present;
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
	struct filter *f = filter_of(b);

	if (!batch_acts(b))
		filter_picture(b, true);
	undo_text(b, j);
	if (j->lift && filter_has(b, &j->a.net) == 0)
		return;
	show_change(b, j);
	if (j->lift)
		return;
	*map_put(f->planned, bytes(&j->a.net)) = f;
	if (!net_one(&j->a.net))
		nft_put(&f->picture, &j->a.net, j->a.ttl_s); /* for overlaps */
}

/* --- doing --- */

struct change {
	struct nft_elem *add;
	struct net *del;
	size_t adds, dels;
};

static bool
is_ours(const struct job *j)
{
	return j->status == JOB_PLANNED && j->a.what == DO_BLOCK_IP;
}

static struct change
changes(struct batch *b)
{
	struct change c = {.add = mem_new(b->n + 1, sizeof(*c.add)),
	    .del = mem_new(b->n + 1, sizeof(*c.del))};

	for (size_t i = 0; i < b->n; i++) {
		const struct job *j = &b->jobs[i];

		if (!is_ours(j))
			continue;
		if (!j->lift)
			c.add[c.adds++] = (struct nft_elem){
			    .net = j->a.net, .timeout_s = j->a.ttl_s};
		else if (filter_has(b, &j->a.net) > 0)
			c.del[c.dels++] = j->a.net;
	}
	return c;
}

/* The one transaction for all jobs; a table that is not there is made first. */
static bool
transact(struct batch *b, const struct change *c, struct err *e)
{
	struct filter *f = filter_of(b);
	struct buf out = buf_make((size_t)1 << 28);
	bool made = !f->after.present && c->adds > 0, ok = true;

	if (b->set->restore)
		nft_change(&out, &f->after, c->add, c->adds, NULL, 0, true);
	else if (made)
		nft_change(&out, &f->after, NULL, 0, NULL, 0, true);
	if (out.n > 0)
		ok = nft_apply(buf_str(&out), e);
	buf_free(&out);
	if (!ok || b->set->restore)
		return ok;
	ok = kernel_change(f->kernel, c->add, c->adds, c->del, c->dels, e);
	if (!ok && made)
		kernel_drop(f->kernel, "ir", &(struct err){0});
	return ok;
}

/* Whoever takes the last one away takes the table away. */
static bool
tidy(struct batch *b, const struct change *c, struct err *e)
{
	struct filter *f = filter_of(b);
	struct nft left = {0};
	bool ok = true;

	if (c->dels == 0 || c->adds > 0)
		return true;
	if (!kernel_look(f->kernel, &left, e) || !kernel_look_all(f->kernel, &left, e))
		ok = false;
	else if (left.present && left.n == 0)
		ok = kernel_drop(f->kernel, "ir", e);
	nft_free(&left);
	return ok;
}

static bool
commit(struct batch *b, struct err *e)
{
	struct filter *f = filter_of(b);
	bool ok = kernel_look(f->kernel, &f->after, e);
	struct change c = changes(b);

	ok = ok && transact(b, &c, e) && tidy(b, &c, e) &&
	     kernel_look(f->kernel, &f->after, e);
	mem_free(c.add);
	mem_free(c.del);
	f->acted = true;
	f->all = false;
	f->asked = 0;
	return ok;
}

/* The kernel ended the last one; the table is there and blocks nobody. */
static void
empty_goes(struct batch *b)
{
	static const char *const sets[] = {"block4", "net4", "block6", "net6"};
	struct filter *f = filter_of(b);
	struct err e = {0};

	if (!f->picture.present || !f->picture.whole ||
	    ledger_in_force(b->ledger, DO_BLOCK_IP, b->now) > 0)
		return;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if (kernel_count(f->kernel, "ir", sets[i]) != 0)
			return;
	if (kernel_drop(f->kernel, "ir", &e))
		nft_clear(&f->picture);
	else
		log_err(&e);
}

static int
holds(struct batch *b, const struct past *p)
{
	return filter_has(b, &p->deed->net);
}

/* What is in the kernel and not in the ledger, or protected by now. */
static void
audit(struct batch *b)
{
	const struct nft *n = filter_picture(b, true);

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
    .tidy = empty_goes,
    .audit = audit,
};
