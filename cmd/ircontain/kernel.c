#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "kernel.h"
#include "mem.h"

#define TABLE "ir"
#define SETS  4
#define HOOKS 3
#define RULES 16
#define CHUNK 1000 /* elements in a message: its list must be shorter than 64 KiB */

static bool
ours(struct str name)
{
	return str_eq(name, (struct str){TABLE, sizeof(TABLE)});
}

/* --- elements --- */

struct element {
	struct ip ip;
	bool end;
	int64_t timeout_s, left_s;
};

static int64_t
seconds(struct str be64)
{
	uint64_t ms = 0;

	for (size_t i = 0; i < be64.n && i < 8; i++)
		ms = ms << 8 | (uint8_t)be64.p[i];
	return (int64_t)(ms / 1000);
}

static bool
read_element(struct str item, struct element *e)
{
	struct str key = netlink_find(
	    netlink_find(item, NFTA_SET_ELEM_KEY), NFTA_DATA_VALUE);
	struct str flags = netlink_find(item, NFTA_SET_ELEM_FLAGS);

	if (key.n != 4 && key.n != 16)
		return false;
	*e = (struct element){.ip.v = key.n == 4 ? 4 : 6};
	memcpy(e->ip.b, key.p, key.n);
	e->end = flags.n == 4 && (flags.p[3] & NFT_SET_ELEM_INTERVAL_END);
	e->timeout_s = seconds(netlink_find(item, NFTA_SET_ELEM_TIMEOUT));
	e->left_s = seconds(netlink_find(item, NFTA_SET_ELEM_EXPIRATION));
	return true;
}

/* A list being read: ends of intervals come before or after their starts. */
struct listing {
	struct nft *nft;
	bool nets;
	struct element *starts, *ends;
	size_t n, cap, m, ends_cap;
};

static bool
list_answer(void *ctx, uint16_t type, struct str body)
{
	struct listing *l = ctx;
	struct str list = netlink_find(body, NFTA_SET_ELEM_LIST_ELEMENTS), item;
	struct element e;
	uint16_t kind;

	(void)type;
	while (list.p && netlink_next(&list, &kind, &item)) {
		if (!read_element(item, &e))
			continue;
		if (e.end) {
			l->ends = mem_grow(
			    l->ends, &l->ends_cap, l->m + 1, sizeof(*l->ends));
			l->ends[l->m++] = e;
		} else {
			l->starts = mem_grow(
			    l->starts, &l->cap, l->n + 1, sizeof(*l->starts));
			l->starts[l->n++] = e;
		}
	}
	return true;
}

/* The address behind the network; false: there is none. */
static bool
behind(const struct net *n, struct ip *ip)
{
	int i = n->bits;

	*ip = n->ip;
	while (i > 0) {
		uint8_t bit = (uint8_t)(0x80 >> ((i - 1) % 8));

		ip->b[(i - 1) / 8] ^= bit;
		if (ip->b[(i - 1) / 8] & bit)
			return true;
		i--;
	}
	return false;
}

static bool
has_end(const struct listing *l, const struct ip *ip)
{
	for (size_t i = 0; i < l->m; i++)
		if (ip_eq(&l->ends[i].ip, ip))
			return true;
	return false;
}

/* The width of the network that begins there: the one whose end is in the list. */
static bool
width(const struct listing *l, struct net *net)
{
	struct ip last;

	for (net->bits = net->ip.v == 4 ? 32 : 128; net->bits > 0; net->bits--)
		if (!behind(net, &last) || has_end(l, &last))
			return true;
	return false;
}

static void
take_list(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct element *e = &l->starts[i];
		struct net net = net_of(&e->ip);

		if (l->nets && !width(l, &net)) {
			l->nft->whole = false;
			continue;
		}
		nft_append(l->nft, &(struct nft_elem){net, e->timeout_s, e->left_s});
	}
	nft_sort(l->nft);
}

/* Returns what netlink_hear() does. */
static int
list(struct netlink *k, const char *table, const char *set, netlink_each *each, void *ctx,
    struct err *e)
{
	size_t at = netlink_message(k, NFT_MSG_GETSETELEM, NLM_F_DUMP);

	netlink_text(k, NFTA_SET_ELEM_LIST_TABLE, table);
	netlink_text(k, NFTA_SET_ELEM_LIST_SET, set);
	netlink_close_message(k, at);
	return netlink_say(k, e) ? netlink_hear(k, 0, each, ctx) : 1;
}

static bool
list_set(struct netlink *k, struct nft *n, const char *table, const char *set, bool nets,
    struct err *e)
{
	struct listing l = {.nft = n, .nets = nets};
	int got = list(k, table, set, list_answer, &l, e);

	if (got == 0)
		take_list(&l);
	else if (got < 0)
		n->whole = false;
	mem_free(l.starts);
	mem_free(l.ends);
	return got <= 0;
}

bool
kernel_list(
    struct netlink *k, const char *table, const char *set, struct nft *n, struct err *e)
{
	nft_free(n);
	n->whole = true;
	if (!list_set(k, n, table, set, true, e))
		return false;
	n->readable = n->present = n->whole;
	return true;
}

static bool
count_answer(void *ctx, uint16_t type, struct str body)
{
	struct str list_ = netlink_find(body, NFTA_SET_ELEM_LIST_ELEMENTS), item;
	uint16_t kind;

	(void)type;
	while (list_.p && netlink_next(&list_, &kind, &item))
		++*(int *)ctx;
	return true;
}

int
kernel_count(struct netlink *k, const char *table, const char *set)
{
	struct err e = {0};
	int n = 0, got = list(k, table, set, count_answer, &n, &e);

	if (got == -ENOENT)
		return 0;
	return got == 0 ? n : -1;
}

/* --- the table --- */

struct parts {
	size_t rules, hooks, sets;
	bool table;
};

static bool
part_answer(void *ctx, uint16_t type, struct str body)
{
	struct parts *p = ctx;

	if (type == NFT_MSG_NEWTABLE)
		p->table |= ours(netlink_find(body, NFTA_TABLE_NAME));
	else if (type == NFT_MSG_NEWRULE)
		p->rules += ours(netlink_find(body, NFTA_RULE_TABLE));
	else if (type == NFT_MSG_NEWSET)
		p->sets += ours(netlink_find(body, NFTA_SET_TABLE));
	else if (type == NFT_MSG_NEWCHAIN)
		p->hooks += ours(netlink_find(body, NFTA_CHAIN_TABLE)) &&
			    netlink_find(body, NFTA_CHAIN_HOOK).p;
	return true;
}

static int
count(struct netlink *k, uint16_t what, struct parts *p, struct err *e)
{
	netlink_close_message(k, netlink_message(k, what, NLM_F_DUMP));
	return netlink_say(k, e) ? netlink_hear(k, 0, part_answer, p) : 1;
}

bool
kernel_look(struct netlink *k, struct nft *n, struct err *e)
{
	static const uint16_t kinds[] = {
	    NFT_MSG_GETTABLE, NFT_MSG_GETCHAIN, NFT_MSG_GETSET, NFT_MSG_GETRULE};
	struct parts p = {0};
	int got = 0;

	nft_free(n);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && got == 0; i++)
		got = count(k, kinds[i], &p, e);
	if (got == -EPERM)
		return true;
	if (got != 0) {
		if (e->kind == ERR_NONE)
			err_set(e, ERR_SYS, "the packet filter does not answer: %s",
			    strerror(got < 0 ? -got : errno));
		return false;
	}
	n->readable = true;
	n->present = p.table;
	n->whole = p.hooks == HOOKS && p.sets == SETS && p.rules == RULES;
	if (!n->present)
		return true;
	return list_set(k, n, TABLE, "net4", true, e) &&
	       list_set(k, n, TABLE, "net6", true, e);
}

bool
kernel_look_all(struct netlink *k, struct nft *n, struct err *e)
{
	return !n->present || (list_set(k, n, TABLE, "block4", false, e) &&
				  list_set(k, n, TABLE, "block6", false, e));
}

static bool
table_answer(void *ctx, uint16_t type, struct str body)
{
	(void)body;
	*(bool *)ctx |= type == NFT_MSG_NEWTABLE;
	return true;
}

int
kernel_there(struct netlink *k, const char *table)
{
	size_t at = netlink_message(k, NFT_MSG_GETTABLE, 0);
	bool found = false;
	struct err e = {0};
	int got;

	netlink_text(k, NFTA_TABLE_NAME, table);
	netlink_close_message(k, at);
	got = netlink_say(k, &e) ? netlink_hear(k, 0, table_answer, &found) : 1;
	if (got == -ENOENT)
		return 0;
	return got == 0 ? found : -1;
}

/* --- one element --- */

static void
element(struct netlink *k, const struct ip *ip, bool end, int64_t timeout_s)
{
	size_t item = netlink_open_attr(k, NLA_F_NESTED | NFTA_LIST_ELEM), key;
	uint32_t flags = htonl(NFT_SET_ELEM_INTERVAL_END);
	uint8_t ms[8];

	key = netlink_open_attr(k, NLA_F_NESTED | NFTA_SET_ELEM_KEY);
	netlink_attr(k, NFTA_DATA_VALUE, ip->b, ip->v == 4 ? 4 : 16);
	netlink_close_attr(k, key);
	if (end)
		netlink_attr(k, NFTA_SET_ELEM_FLAGS, &flags, sizeof(flags));
	if (timeout_s) {
		for (int i = 0; i < 8; i++)
			ms[i] = (uint8_t)((uint64_t)timeout_s * 1000 >> (56 - 8 * i));
		netlink_attr(k, NFTA_SET_ELEM_TIMEOUT, ms, sizeof(ms));
	}
	netlink_close_attr(k, item);
}

static bool
got_it(void *ctx, uint16_t type, struct str body)
{
	(void)body;
	*(bool *)ctx |= type == NFT_MSG_NEWSETELEM;
	return true;
}

int
kernel_has(struct netlink *k, const struct net *net)
{
	size_t at = netlink_message(k, NFT_MSG_GETSETELEM, 0), list;
	bool found = false;
	struct err e = {0};
	int got;

	netlink_text(k, NFTA_SET_ELEM_LIST_TABLE, TABLE);
	netlink_text(k, NFTA_SET_ELEM_LIST_SET, nft_set(net));
	list = netlink_open_attr(k, NLA_F_NESTED | NFTA_SET_ELEM_LIST_ELEMENTS);
	element(k, &net->ip, false, 0);
	netlink_close_attr(k, list);
	netlink_close_message(k, at);
	got = netlink_say(k, &e) ? netlink_hear(k, 0, got_it, &found) : 1;
	if (got == -ENOENT)
		return 0;
	return got == 0 ? found : -1;
}

/* --- a transaction --- */

/* Elements of one set, in as many messages as it takes. */
static void
elements(struct netlink *k, uint16_t what, const char *set, const struct nft_elem *e,
    size_t n, uint32_t *last)
{
	size_t i = 0;

	while (i < n) {
		size_t at, list;
		size_t done = 0;

		while (i < n && strcmp(nft_set(&e[i].net), set) != 0)
			i++;
		if (i == n)
			return;
		at = netlink_message(k, what, NLM_F_CREATE | NLM_F_ACK);
		*last = k->seq;
		netlink_text(k, NFTA_SET_ELEM_LIST_TABLE, TABLE);
		netlink_text(k, NFTA_SET_ELEM_LIST_SET, set);
		list = netlink_open_attr(k, NLA_F_NESTED | NFTA_SET_ELEM_LIST_ELEMENTS);
		for (; i < n && done < CHUNK; i++) {
			struct ip end;

			if (strcmp(nft_set(&e[i].net), set) != 0)
				continue;
			element(k, &e[i].net.ip, false, e[i].timeout_s);
			if (set[0] == 'n' && behind(&e[i].net, &end))
				element(k, &end, true, 0);
			done++;
		}
		netlink_close_attr(k, list);
		netlink_close_message(k, at);
	}
}

bool
kernel_drop(struct netlink *k, const char *table, struct err *e)
{
	uint32_t last;
	size_t at;

	netlink_begin(k);
	at = netlink_message(k, NFT_MSG_DELTABLE, NLM_F_ACK);
	last = k->seq;
	netlink_text(k, NFTA_TABLE_NAME, table);
	netlink_close_message(k, at);
	return netlink_finish(k, last, e);
}

bool
kernel_change(struct netlink *k, const struct nft_elem *add, size_t adds,
    const struct net *del, size_t dels, struct err *e)
{
	static const char *const sets[SETS] = {"block4", "net4", "block6", "net6"};
	struct nft_elem *gone = mem_new(dels + 1, sizeof(*gone));
	uint32_t last = 0;

	for (size_t i = 0; i < dels; i++)
		gone[i].net = del[i];
	netlink_begin(k);
	for (size_t i = 0; i < SETS; i++)
		elements(k, NFT_MSG_DELSETELEM, sets[i], gone, dels, &last);
	for (size_t i = 0; i < SETS; i++)
		elements(k, NFT_MSG_NEWSETELEM, sets[i], add, adds, &last);
	mem_free(gone);
	if (last == 0) {
		buf_reset(&k->out);
		return true;
	}
	return netlink_finish(k, last, e);
}
