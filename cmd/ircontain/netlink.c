#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mem.h"
#include "netlink.h"

#define ROOM     ((size_t)1 << 28)
#define RECV_MAX ((size_t)256 * 1024)

struct netlink *
netlink_open(struct err *e)
{
	struct sockaddr_nl self = {.nl_family = AF_NETLINK};
	struct netlink *k = mem_new(1, sizeof(*k));

	*k = (struct netlink){.out = buf_make(ROOM), .in = mem_new(RECV_MAX, 1)};
	k->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (k->fd >= 0 && bind(k->fd, (struct sockaddr *)&self, sizeof(self)) == 0)
		return k;
	err_sys(e, ERR_SYS, "cannot talk to the packet filter");
	netlink_close(k);
	return NULL;
}

void
netlink_close(struct netlink *k)
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

/* Returns where the message begins, for netlink_close_message(). */
static size_t
netlink_any(
    struct netlink *k, uint16_t type, uint16_t flags, uint8_t family, uint16_t res)
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

size_t
netlink_message(struct netlink *k, uint16_t what, uint16_t flags)
{
	return netlink_any(
	    k, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | what), flags, NFPROTO_INET, 0);
}

void
netlink_close_message(struct netlink *k, size_t at)
{
	uint32_t n = (uint32_t)(k->out.n - at);

	memcpy(k->out.p + at, &n, sizeof(n));
}

size_t
netlink_open_attr(struct netlink *k, uint16_t type)
{
	size_t at = k->out.n;
	struct nlattr a = {.nla_type = type};

	buf_add(&k->out, (struct str){(const char *)&a, sizeof(a)});
	return at;
}

void
netlink_close_attr(struct netlink *k, size_t at)
{
	uint16_t n = (uint16_t)(k->out.n - at);

	memcpy(k->out.p + at, &n, sizeof(n));
	while (k->out.n % NLA_ALIGNTO)
		buf_ch(&k->out, '\0');
}

void
netlink_attr(struct netlink *k, uint16_t type, const void *p, size_t n)
{
	size_t at = netlink_open_attr(k, type);

	buf_add(&k->out, (struct str){p, n});
	netlink_close_attr(k, at);
}

void
netlink_text(struct netlink *k, uint16_t type, const char *s)
{
	netlink_attr(k, type, s, strlen(s) + 1);
}

/* --- answers --- */

bool
netlink_say(struct netlink *k, struct err *e)
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
int
netlink_hear(struct netlink *k, uint32_t last, netlink_each *each, void *ctx)
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
bool
netlink_next(struct str *body, uint16_t *type, struct str *value)
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

struct str
netlink_find(struct str body, uint16_t want)
{
	struct str value;
	uint16_t type;

	while (netlink_next(&body, &type, &value))
		if (type == want)
			return value;
	return STR_NONE;
}

/* --- a transaction --- */

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
make_room(struct netlink *k)
{
	int n = (int)(k->out.n * 2 + 65536), in = 8 * 1024 * 1024;

	if (setsockopt(k->fd, SOL_SOCKET, SO_SNDBUFFORCE, &n, sizeof(n)) < 0)
		setsockopt(k->fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof(n));
	if (setsockopt(k->fd, SOL_SOCKET, SO_RCVBUFFORCE, &in, sizeof(in)) < 0)
		setsockopt(k->fd, SOL_SOCKET, SO_RCVBUF, &in, sizeof(in));
}

bool
netlink_finish(struct netlink *k, uint32_t last, struct err *e)
{
	int got;

	netlink_close_message(
	    k, netlink_any(k, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
	make_room(k);
	got = netlink_say(k, e) ? netlink_hear(k, last, nothing, NULL) : 1;
	if (got != 0 && e->kind == ERR_NONE)
		err_set(e, ERR_SYS, "the packet filter refused the change: %s",
		    strerror(got < 0 ? -got : errno));
	return got == 0;
}

void
netlink_begin(struct netlink *k)
{
	netlink_close_message(
	    k, netlink_any(k, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
}
