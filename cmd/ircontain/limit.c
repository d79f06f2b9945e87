/* rate-limit: a table of its own, with a set for each rate and the rule that asks it. */
#include "contain.h"
#include "kernel.h"
#include "log.h"
#include "span.h"

#define TABLE "ir_limit"

struct rate {
	struct str tag; /* "4_10_second", of the sets l4_10_second and m4_10_second */
	const char *family, *type;
};

static struct rate
rate_of(struct batch *b, const struct action *a)
{
	bool four = a->net.ip.v == 4;
	struct str rate = a->to.text[TARGET_RATE];
	size_t slash = str_chr(rate, '/');

	return (struct rate){
	    .tag = arena_fmt(b->arena, "%d_" STR_FMT "_" STR_FMT, four ? 4 : 6,
		STR_ARG(str_sub(rate, 0, slash)), STR_ARG(str_from(rate, slash + 1))),
	    .family = four ? "ip" : "ip6",
	    .type = four ? "ipv4_addr" : "ipv6_addr"};
}

/* 1: it is limited; 0: not; -1: cannot say.  `there`: its set is. */
static int
limited(struct batch *b, const struct action *a, bool *there)
{
	struct rate r = rate_of(b, a);
	struct nft n = {0};
	struct err e = {0};
	int got = -1;

	if (filter_picture(b, false)->readable &&
	    kernel_list(filter_kernel(b), TABLE,
		arena_fmt(b->arena, "l" STR_FMT, STR_ARG(r.tag)).p, &n, &e))
		got = nft_find(&n, &a->net) != NULL;
	*there = n.present;
	nft_free(&n);
	return got;
}

static void
rules(struct buf *out, const struct rate *r, const char *chain, const struct action *a)
{
	buf_fmt(out,
	    "add rule inet " TABLE " %s %s saddr @l" STR_FMT " update @m" STR_FMT
	    " { %s saddr limit rate over " STR_FMT " } drop\n",
	    chain, r->family, STR_ARG(r->tag), STR_ARG(r->tag), r->family,
	    STR_ARG(a->to.text[TARGET_RATE]));
}

static struct str
change(struct batch *b, const struct job *j, bool there)
{
	struct rate r = rate_of(b, &j->a);
	struct buf out = buf_make(8192);
	char net[IP_MAX];
	struct str s;

	net_text(net, &j->a.net);
	if (!j->lift && !there) {
		buf_add(&out, STR("add table inet " TABLE "\n"));
		for (int i = 0; i < 2; i++)
			buf_fmt(&out,
			    "add chain inet " TABLE
			    " %s { type filter hook %s priority -9; policy accept; }\n",
			    i ? "forward" : "input", i ? "forward" : "input");
		buf_fmt(&out,
		    "add set inet " TABLE " l" STR_FMT
		    " { type %s; flags interval,timeout; }\n",
		    STR_ARG(r.tag), r.type);
		buf_fmt(&out,
		    "add set inet " TABLE " m" STR_FMT
		    " { type %s; flags dynamic,timeout; timeout 1m; size 65535; }\n",
		    STR_ARG(r.tag), r.type);
		rules(&out, &r, "input", &j->a);
		rules(&out, &r, "forward", &j->a);
	}
	buf_fmt(&out, "%s element inet " TABLE " l" STR_FMT " { %s",
	    j->lift ? "delete" : "add", STR_ARG(r.tag), net);
	if (!j->lift)
		buf_fmt(&out, " timeout %llds", (long long)j->a.ttl_s);
	buf_add(&out, STR(" }\n"));
	s = arena_copy(b->arena, buf_str(&out));
	buf_free(&out);
	return s;
}

static void
look(struct batch *b, struct job *j)
{
	bool there;

	if (!filter_harmless(b, j))
		return;
	if (limited(b, &j->a, &there) > 0) {
		job_already(j, "in force");
		return;
	}
	filter_ask(j);
}

static void
accepted(struct batch *b, struct job *j)
{
	bool there;

	limited(b, &j->a, &there);
	j->change = change(b, j, there);
	j->diff = CAT(b->arena,
	    STR("--- table inet " TABLE " (now)\n+++ table inet " TABLE " (then)\n@@ "),
	    j->a.target, j->lift ? STR(" @@\n-") : STR(" @@\n+"),
	    j->a.to.text[TARGET_RATE], STR("\n"));
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	bool there;

	limited(b, &j->a, &there);
	return nft_apply(change(b, j, there), e);
}

static int
holds(struct batch *b, const struct past *p)
{
	const struct deed *d = p->deed;
	struct action a;
	struct err e = {0};
	bool there;

	if (!action_of(b->arena, d->what, d->target, d->on, &a, &e))
		return -1;
	return limited(b, &a, &there);
}

/* Does another deed still need the table? */
static bool
last(struct batch *b, const struct deed *but)
{
	const struct deed *d;

	for (size_t at = 0; (d = ledger_next_live(b->ledger, DO_RATE_LIMIT, &at));)
		if (d != but && !deed_over(d, b->now))
			return false;
	return true;
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	const struct deed *d = p->deed;
	struct job j = {.lift = true};
	bool there;

	if (!action_of(b->arena, d->what, d->target, d->on, &j.a, e))
		return false;
	/* nft may end badly after the kernel took it: the kernel has the last word */
	if (limited(b, &j.a, &there) > 0 && !nft_apply(change(b, &j, there), e) &&
	    limited(b, &j.a, &there) != 0)
		return false;
	return !there || !last(b, d) || kernel_drop(filter_kernel(b), TABLE, e);
}

/* The kernel ended the last one; its table is there and limits nobody. */
static void
tidy(struct batch *b)
{
	struct err e = {0};

	if (ledger_in_force(b->ledger, DO_RATE_LIMIT, b->now) == 0 &&
	    kernel_there(filter_kernel(b), TABLE) > 0 &&
	    !kernel_drop(filter_kernel(b), TABLE, &e))
		log_err(&e);
}

const struct actuator limit_hands = {
    .what = DO_RATE_LIMIT,
    .ends = true,
    .look = look,
    .accepted = accepted,
    .apply = apply,
    .holds = holds,
    .undo = undo,
    .tidy = tidy,
};
