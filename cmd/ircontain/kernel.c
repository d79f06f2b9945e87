#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel.h"
#include "mem.h"

#define TABLE    "ir"
#define SETS     4
#define HOOKS    2
#define RULES    8
#define CHUNK    1000 /* elements in a message: its list must be shorter than 64 KiB */
#define ROOM     ((size_t)1 << 28)
#define RECV_MAX ((size_t)256 * 1024)

struct kernel {
	int fd;
	uint32_t seq, first; /* of the last message; of the first one that is out */
	struct buf out;
	char *in;
};

struct kernel *
kernel_open(struct err *e)
{
	struct sockaddr_nl self = {.nl_family = AF_NETLINK};
	struct kernel *k = mem_new(1, sizeof(*k));

	*k = (struct kernel){.out = buf_make(ROOM), .in = mem_new(RECV_MAX, 1)};
	k->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (k->fd >= 0 && bind(k->fd, (struct sockaddr *)&self, sizeof(self)) == 0)
		return k;
	err_sys(e, ERR_SYS, "cannot talk to the packet filter");
	kernel_close(k);
	return NULL;
}

void
kernel_close(struct kernel *k)
{
	if (!k)
		return;
	if (k->fd >= 0)
		close(k->fd);
	buf_free(&k->out);
	mem_free(k->in);
	mem_free(k);
}

/* --- messages out --- */

/* Returns where the message begins, for close_message(). */
static size_t
message(struct kernel *k, uint16_t type, uint16_t flags, uint8_t family, uint16_t res)
{
	size_t at = k->out.n;
	struct nlmsghdr h = {.nlmsg_type = type,
	    .nlmsg_flags = NLM_F_REQUEST | flags,
	    .nlmsg_seq = ++k->seq};
	struct nfgenmsg g = {.nfgen_family = family, .res_id = htons(res)};

	if (at == 0)
		k->first = k->seq;
	buf_add(&k->out, (struct str){(const char *)&h, sizeof(h)});
	buf_add(&k->out, (struct str){(const char *)&g, sizeof(g)});
	return at;
}

static size_t
nft_message(struct kernel *k, uint16_t what, uint16_t flags)
{
	return message(
	    k, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | what), flags, NFPROTO_INET, 0);
}

static void
close_message(struct kernel *k, size_t at)
{
	uint32_t n = (uint32_t)(k->out.n - at);

	memcpy(k->out.p + at, &n, sizeof(n));
}

static size_t
open_attr(struct kernel *k, uint16_t type)
{
	size_t at = k->out.n;
	struct nlattr a = {.nla_type = type};

	buf_add(&k->out, (struct str){(const char *)&a, sizeof(a)});
	return at;
}

static void
close_attr(struct kernel *k, size_t at)
{
	uint16_t n = (uint16_t)(k->out.n - at);

	memcpy(k->out.p + at, &n, sizeof(n));
	while (k->out.n % NLA_ALIGNTO)
		buf_ch(&k->out, '\0');
}

static void
attr(struct kernel *k, uint16_t type, const void *p, size_t n)
{
	size_t at = open_attr(k, type);

	buf_add(&k->out, (struct str){p, n});
	close_attr(k, at);
}

static void
text_attr(struct kernel *k, uint16_t type, const char *s)
{
	attr(k, type, s, strlen(s) + 1);
}

/* --- answers --- */

typedef bool each_answer(void *ctx, uint16_t type, struct str body);

static bool
say(struct kernel *k, struct err *e)
{
	struct sockaddr_nl to = {.nl_family = AF_NETLINK};
	ssize_t n;

	if (k->out.full) {
		err_set(e, ERR_SYS, "too many elements for one transaction");
		return false;
	}
	do
		n = sendto(
		    k->fd, k->out.p, k->out.n, 0, (struct sockaddr *)&to, sizeof(to));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		err_sys(e, ERR_SYS, "cannot send to the packet filter");
	buf_reset(&k->out);
	return n >= 0;
}

/*
 * Take answers until one ends the matter: an error, or the end of a list, or (when
 * `last` is not 0) the acknowledgement of that message.  Returns 0 or a negative
 * errno of the kernel; 1: the socket failed.
 */
static int
hear(struct kernel *k, uint32_t last, each_answer *each, void *ctx)
{
	for (;;) {
		ssize_t n = recv(k->fd, k->in, RECV_MAX, 0);
		struct nlmsghdr *h = (struct nlmsghdr *)(void *)k->in;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return 1;
		for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			struct str body = {(char *)NLMSG_DATA(h), NLMSG_PAYLOAD(h, 0)};
			int32_t code = 0;

			if (h->nlmsg_seq < k->first)
				continue; /* left over from a transaction that failed */
			if (h->nlmsg_type == NLMSG_DONE)
				return 0;
			if (h->nlmsg_type == NLMSG_ERROR) {
				if (body.n >= sizeof(code))
					memcpy(&code, body.p, sizeof(code));
				if (code != 0 || h->nlmsg_seq == last)
					return code;
				continue;
			}
			if (body.n < sizeof(struct nfgenmsg))
				return 1;
			each(ctx, h->nlmsg_type & 0xff,
			    str_from(body, sizeof(struct nfgenmsg)));
			if (!last && !(h->nlmsg_flags & NLM_F_MULTI))
				return 0;
		}
	}
}

/* The next attribute. */
static bool
next_attr(struct str *body, uint16_t *type, struct str *value)
{
	struct nlattr a;

	if (body->n < sizeof(a))
		return false;
	memcpy(&a, body->p, sizeof(a));
	if (a.nla_len < sizeof(a) || a.nla_len > body->n)
		return false;
	*type = a.nla_type & NLA_TYPE_MASK;
	*value = str_sub(*body, sizeof(a), a.nla_len - sizeof(a));
	*body = str_from(*body, NLA_ALIGN(a.nla_len));
	return true;
}

static struct str
find_attr(struct str body, uint16_t want)
{
	struct str value;
	uint16_t type;

	while (next_attr(&body, &type, &value))
		if (type == want)
			return value;
	return STR_NONE;
}

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
	struct str key = find_attr(find_attr(item, NFTA_SET_ELEM_KEY), NFTA_DATA_VALUE);
	struct str flags = find_attr(item, NFTA_SET_ELEM_FLAGS);

	if (key.n != 4 && key.n != 16)
		return false;
	*e = (struct element){.ip.v = key.n == 4 ? 4 : 6};
	memcpy(e->ip.b, key.p, key.n);
	e->end = flags.n == 4 && (flags.p[3] & NFT_SET_ELEM_INTERVAL_END);
	e->timeout_s = seconds(find_attr(item, NFTA_SET_ELEM_TIMEOUT));
	e->left_s = seconds(find_attr(item, NFTA_SET_ELEM_EXPIRATION));
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
	struct str list = find_attr(body, NFTA_SET_ELEM_LIST_ELEMENTS), item;
	struct element e;
	uint16_t kind;

	(void)type;
	while (list.p && next_attr(&list, &kind, &item)) {
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

	for (net->bits = net->ip.v == 4 ? 31 : 127; net->bits > 0; net->bits--)
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

/* Returns what hear() does. */
static int
list(struct kernel *k, const char *table, const char *set, each_answer *each, void *ctx,
    struct err *e)
{
	size_t at = nft_message(k, NFT_MSG_GETSETELEM, NLM_F_DUMP);

	text_attr(k, NFTA_SET_ELEM_LIST_TABLE, table);
	text_attr(k, NFTA_SET_ELEM_LIST_SET, set);
	close_message(k, at);
	return say(k, e) ? hear(k, 0, each, ctx) : 1;
}

static bool
list_set(struct kernel *k, struct nft *n, const char *table, const char *set, bool nets,
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
    struct kernel *k, const char *table, const char *set, struct nft *n, struct err *e)
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
	struct str list_ = find_attr(body, NFTA_SET_ELEM_LIST_ELEMENTS), item;
	uint16_t kind;

	(void)type;
	while (list_.p && next_attr(&list_, &kind, &item))
		++*(int *)ctx;
	return true;
}

int
kernel_count(struct kernel *k, const char *table, const char *set)
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
		p->table |= ours(find_attr(body, NFTA_TABLE_NAME));
	else if (type == NFT_MSG_NEWRULE)
		p->rules += ours(find_attr(body, NFTA_RULE_TABLE));
	else if (type == NFT_MSG_NEWSET)
		p->sets += ours(find_attr(body, NFTA_SET_TABLE));
	else if (type == NFT_MSG_NEWCHAIN)
		p->hooks += ours(find_attr(body, NFTA_CHAIN_TABLE)) &&
			    find_attr(body, NFTA_CHAIN_HOOK).p;
	return true;
}

static int
count(struct kernel *k, uint16_t what, struct parts *p, struct err *e)
{
	close_message(k, nft_message(k, what, NLM_F_DUMP));
	return say(k, e) ? hear(k, 0, part_answer, p) : 1;
}

bool
kernel_look(struct kernel *k, struct nft *n, struct err *e)
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
kernel_look_all(struct kernel *k, struct nft *n, struct err *e)
{
	return !n->present || (list_set(k, n, TABLE, "block4", false, e) &&
				  list_set(k, n, TABLE, "block6", false, e));
}

/* --- one element --- */

static void
element(struct kernel *k, const struct ip *ip, bool end, int64_t timeout_s)
{
	size_t item = open_attr(k, NLA_F_NESTED | NFTA_LIST_ELEM), key;
	uint32_t flags = htonl(NFT_SET_ELEM_INTERVAL_END);
	uint8_t ms[8];

	key = open_attr(k, NLA_F_NESTED | NFTA_SET_ELEM_KEY);
	attr(k, NFTA_DATA_VALUE, ip->b, ip->v == 4 ? 4 : 16);
	close_attr(k, key);
	if (end)
		attr(k, NFTA_SET_ELEM_FLAGS, &flags, sizeof(flags));
	if (timeout_s) {
		for (int i = 0; i < 8; i++)
			ms[i] = (uint8_t)((uint64_t)timeout_s * 1000 >> (56 - 8 * i));
		attr(k, NFTA_SET_ELEM_TIMEOUT, ms, sizeof(ms));
	}
	close_attr(k, item);
}

static bool
got_it(void *ctx, uint16_t type, struct str body)
{
	(void)body;
	*(bool *)ctx |= type == NFT_MSG_NEWSETELEM;
	return true;
}

int
kernel_has(struct kernel *k, const struct net *net)
{
	size_t at = nft_message(k, NFT_MSG_GETSETELEM, 0), list;
	bool found = false;
	struct err e = {0};
	int got;

	text_attr(k, NFTA_SET_ELEM_LIST_TABLE, TABLE);
	text_attr(k, NFTA_SET_ELEM_LIST_SET, nft_set(net));
	list = open_attr(k, NLA_F_NESTED | NFTA_SET_ELEM_LIST_ELEMENTS);
	element(k, &net->ip, false, 0);
	close_attr(k, list);
	close_message(k, at);
	got = say(k, &e) ? hear(k, 0, got_it, &found) : 1;
	if (got == -ENOENT)
		return 0;
	return got == 0 ? found : -1;
}

/* --- a transaction --- */

/* Elements of one set, in as many messages as it takes. */
static void
elements(struct kernel *k, uint16_t what, const char *set, const struct nft_elem *e,
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
		at = nft_message(k, what, NLM_F_CREATE | NLM_F_ACK);
		*last = k->seq;
		text_attr(k, NFTA_SET_ELEM_LIST_TABLE, TABLE);
		text_attr(k, NFTA_SET_ELEM_LIST_SET, set);
		list = open_attr(k, NLA_F_NESTED | NFTA_SET_ELEM_LIST_ELEMENTS);
		for (; i < n && done < CHUNK; i++) {
			struct ip end;

			if (strcmp(nft_set(&e[i].net), set) != 0)
				continue;
			element(k, &e[i].net.ip, false, e[i].timeout_s);
			if (set[0] == 'n' && behind(&e[i].net, &end))
				element(k, &end, true, 0);
			done++;
		}
		close_attr(k, list);
		close_message(k, at);
	}
}

static bool
nothing(void *ctx, uint16_t type, struct str body)
{
	(void)ctx;
	(void)type;
	(void)body;
	return true;
}

/* A large transaction needs a large buffer; without the privilege the usual one has to do. */
static void
make_room(struct kernel *k)
{
	int n = (int)(k->out.n * 2 + 65536), in = 8 * 1024 * 1024;

	if (setsockopt(k->fd, SOL_SOCKET, SO_SNDBUFFORCE, &n, sizeof(n)) < 0)
		setsockopt(k->fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof(n));
	if (setsockopt(k->fd, SOL_SOCKET, SO_RCVBUFFORCE, &in, sizeof(in)) < 0)
		setsockopt(k->fd, SOL_SOCKET, SO_RCVBUF, &in, sizeof(in));
}

static bool
finish(struct kernel *k, uint32_t last, struct err *e)
{
	int got;

	close_message(
	    k, message(k, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
	make_room(k);
	got = say(k, e) ? hear(k, last, nothing, NULL) : 1;
	if (got != 0 && e->kind == ERR_NONE)
		err_set(e, ERR_SYS, "the packet filter refused the change: %s",
		    strerror(got < 0 ? -got : errno));
	return got == 0;
}

static void
start(struct kernel *k)
{
	close_message(
	    k, message(k, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
}

bool
kernel_drop(struct kernel *k, const char *table, struct err *e)
{
	uint32_t last;
	size_t at;

	start(k);
	at = nft_message(k, NFT_MSG_DELTABLE, NLM_F_ACK);
	last = k->seq;
	text_attr(k, NFTA_TABLE_NAME, table);
	close_message(k, at);
	return finish(k, last, e);
}

bool
kernel_change(struct kernel *k, const struct nft_elem *add, size_t adds,
    const struct net *del, size_t dels, struct err *e)
{
	static const char *const sets[SETS] = {"block4", "net4", "block6", "net6"};
	struct nft_elem *gone = mem_new(dels + 1, sizeof(*gone));
	uint32_t last = 0;

	for (size_t i = 0; i < dels; i++)
		gone[i].net = del[i];
	start(k);
	for (size_t i = 0; i < SETS; i++)
		elements(k, NFT_MSG_DELSETELEM, sets[i], gone, dels, &last);
	for (size_t i = 0; i < SETS; i++)
		elements(k, NFT_MSG_NEWSETELEM, sets[i], add, adds, &last);
	mem_free(gone);
	if (last == 0) {
		buf_reset(&k->out);
		return true;
	}
	return finish(k, last, e);
}
