/*
 * isolate-host, for this host: a table of its own that lets through only whom the
 * machine needs.  It drops while a set of the kernel says so; its elements end by
 * themselves, first when nobody confirmed in time, then with the deed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "contain.h"
#include "kernel.h"
#include "log.h"
#include "when.h"

#define TABLE "ir_isolate"

/* Neither kept by anybody nor routed by us: what goes there must be dropped. */
#define NOBODY "198.18.255.254"

static bool
this_host(const struct batch *b, struct str host)
{
	struct str name = str_of(b->host);
	size_t dot = str_chr(name, '.');

	return str_ieq(host, name) || str_ieq(host, str_sub(name, 0, dot));
}

static int
on(struct batch *b)
{
	if (!filter_picture(b, false)->readable)
		return -1;
	return kernel_count(filter_kernel(b), TABLE, "on");
}

/* --- who stays reachable --- */

static bool
kept(const struct guard_entry *g)
{
	struct str why = str_of(g->why);

	if (g->from == GUARD_MACHINE)
		return !str_starts(why, STR("own address")) &&
		       !str_starts(why, STR("broadcast"));
	return g->from == GUARD_SITE && (str_starts(why, STR("admin_workstations")) ||
					    str_starts(why, STR("monitoring")) ||
					    str_starts(why, STR("backup_server")));
}

/* A person, or a tool of one, can reach it from there. */
static bool
managing(const struct guard_entry *g)
{
	struct str why = str_of(g->why);

	return kept(g) && (str_find(why, STR("SSH")) != STR_NPOS ||
			      str_find(why, STR("logged in")) != STR_NPOS ||
			      str_starts(why, STR("admin_workstations")));
}

static void
keep(struct batch *b, struct buf *out, uint8_t v)
{
	const struct guard_entry *g;
	char net[IP_MAX];
	bool any = false;

	buf_fmt(out, "\tset keep%d { type ipv%d_addr; flags interval; auto-merge;", v, v);
	for (size_t at = 0; (g = guard_next(b->guard, &at));) {
		if (!kept(g) || g->net.ip.v != v)
			continue;
		net_text(net, &g->net);
		buf_fmt(out, "%s%s", any ? ", " : " elements = { ", net);
		any = true;
	}
	buf_add(out, any ? STR(" }; }\n") : STR(" }\n"));
}

static void
chain(struct buf *out, const char *hook, const char *side, const char *ifs)
{
	buf_fmt(out,
	    "\tchain %s {\n\t\ttype filter hook %s priority -20; policy accept;\n", hook,
	    hook);
	if (ifs)
		buf_fmt(out, "\t\t%s lo accept\n", ifs);
	buf_fmt(out, "\t\tip %s @keep4 accept\n\t\tip6 %s @keep6 accept\n", side, side);
	if (ifs)
		buf_add(
		    out, STR("\t\ticmpv6 type { nd-router-solicit, nd-router-advert, "
			     "nd-neighbor-solicit, nd-neighbor-advert } accept\n"
			     "\t\tudp sport . udp dport { 67 . 68, 68 . 67, 546 . 547, "
			     "547 . 546 } accept\n"));
	buf_add(out, STR("\t\tmeta nfproto @on drop\n\t}\n"));
}

static struct str
table(struct batch *b, int64_t ttl_s)
{
	struct buf out = buf_make((size_t)1 << 20);
	struct str s;

	buf_add(&out, STR("table inet " TABLE "\ndelete table inet " TABLE "\n"));
	buf_add(&out, STR("table inet " TABLE " {\n"));
	keep(b, &out, 4);
	keep(b, &out, 6);
	buf_fmt(&out,
	    "\tset on { type nf_proto; flags timeout; elements = { ipv4 timeout %llds, "
	    "ipv6 timeout %llds }; }\n",
	    (long long)ttl_s, (long long)ttl_s);
	chain(&out, "input", "saddr", "iif");
	chain(&out, "output", "daddr", "oif");
	chain(&out, "forward", "saddr", NULL);
	buf_add(&out, STR("}\n"));
	s = arena_copy(b->arena, buf_str(&out));
	buf_free(&out);
	return s;
}

/* --- the actuator --- */

static void
look(struct batch *b, struct job *j)
{
	const struct guard_entry *g;
	bool any = false;

	if (!this_host(b, j->a.to.text[TARGET_HOST])) {
		job_say(j, JOB_WAITING, "other-host",
		    CAT(b->arena, STR("it is about "), j->a.to.text[TARGET_HOST],
			STR(", this is "), str_of(b->host)));
		return;
	}
	if (on(b) > 0) {
		job_already(j, "in force");
		return;
	}
	for (size_t at = 0; !any && (g = guard_next(b->guard, &at));)
		any = managing(g);
	if (!any)
		job_ask(j, 1,
		    "nobody who manages it is known (session, admin_workstations): it "
		    "could be reached from its console only");
	j->prior = arena_fmt(b->arena, "{\"ttl\":%lld}", (long long)j->a.ttl_s);
	/* until somebody confirms that the machine can still be reached */
	if (b->set->confirm_ms && j->a.ttl_s > b->set->confirm_ms / 1000)
		j->a.ttl_s = b->set->confirm_ms / 1000;
}

static void
accepted(struct batch *b, struct job *j)
{
	struct str text = j->lift ? STR("delete table inet " TABLE "\n")
				  : table(b, j->a.ttl_s),
		   rest = text;
	struct buf out = buf_make((size_t)2 << 20);

	j->change = text;
	buf_add(&out,
	    STR("--- table inet " TABLE " (now)\n+++ table inet " TABLE " (then)\n"));
	while (rest.n > 0) {
		buf_ch(&out, j->lift ? '-' : '+');
		buf_add(&out, str_cut(&rest, '\n'));
		buf_ch(&out, '\n');
	}
	j->diff = arena_copy(b->arena, buf_str(&out));
	buf_free(&out);
}

enum way { WAY_OPEN, WAY_SHUT, WAY_NONE };

/* May a packet leave for there?  The filter says no at once (EPERM). */
static enum way
way_to(const struct ip *ip)
{
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(9)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
	bool v4 = ip->v == 4;
	int fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	enum way way = WAY_NONE;

	memcpy(&four.sin_addr, ip->b, 4);
	memcpy(&six.sin6_addr, ip->b, 16);
	if (fd < 0)
		return WAY_NONE;
	if (sendto(fd, "", 0, MSG_DONTWAIT,
		v4 ? (struct sockaddr *)&four : (struct sockaddr *)&six,
		v4 ? sizeof(four) : sizeof(six)) >= 0)
		way = WAY_OPEN;
	else if (errno == EPERM)
		way = WAY_SHUT;
	close(fd);
	return way;
}

/* What must get out does, what must not does not; without a route nothing is shown. */
static bool
probe(struct batch *b, struct err *e)
{
	const struct guard_entry *g;
	char text[IP_MAX];
	struct ip nobody;

	for (size_t at = 0; (g = guard_next(b->guard, &at));)
		if (kept(g) && net_one(&g->net) && way_to(&g->net.ip) == WAY_SHUT) {
			net_text(text, &g->net);
			err_set(e, ERR_SYS, "probe failed: %s (%s) is cut off, too", text,
			    g->why);
			return false;
		}
	if (!ip_parse(STR(NOBODY), &nobody) || way_to(&nobody) != WAY_OPEN)
		return true;
	err_set(e, ERR_SYS, "probe failed: packets still leave for elsewhere");
	return false;
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	if (!nft_apply(table(b, j->a.ttl_s), e))
		return false;
	if (probe(b, e))
		return true;
	kernel_drop(filter_kernel(b), TABLE, &(struct err){0});
	return false;
}

static int
holds(struct batch *b, const struct past *p)
{
	int n = on(b);

	(void)p;
	return n < 0 ? -1 : n > 0;
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	(void)p;
	/* the table may be there with nothing in force */
	if (kernel_count(filter_kernel(b), TABLE, "on") == 0 &&
	    !nft_apply(STR("table inet " TABLE "\n"), e))
		return false;
	return kernel_drop(filter_kernel(b), TABLE, e);
}

bool
isolate_confirm(struct batch *b, struct deed *d, struct err *e)
{
	long long s = (long long)((d->until_ns - b->now) / WHEN_S + 1);

	return nft_apply(arena_fmt(b->arena,
			     "flush set inet " TABLE " on\nadd element inet " TABLE
			     " on { ipv4 timeout %llds, ipv6 timeout %llds }\n",
			     s, s),
	    e);
}

/* The kernel let the machine go; the table is there and drops nothing. */
static void
tidy(struct batch *b)
{
	struct err e = {0};

	if (kernel_there(filter_kernel(b), TABLE) > 0 && on(b) == 0 &&
	    !kernel_drop(filter_kernel(b), TABLE, &e))
		log_err(&e);
}

const struct actuator isolate_hands = {
    .what = DO_ISOLATE_HOST,
    .ends = true,
    .look = look,
    .accepted = accepted,
    .apply = apply,
    .holds = holds,
    .undo = undo,
    .tidy = tidy,
};
