#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mem.h"
#include "routes.h"

#define ANSWER ((size_t)64 * 1024) /* bytes of one datagram of a dump */

static void
add(struct guard *g, const void *addr, size_t n)
{
	struct net net = {.bits = (uint8_t)(n * 8)};
	struct ip *ip = &net.ip;

	if (n != 4 && n != 16)
		return;
	ip->v = n == 4 ? 4 : 6;
	memcpy(ip->b, addr, n);
	guard_add(g, &net, GUARD_MACHINE, "gateway of this machine");
}

static void attributes(struct guard *, const struct rtattr *, size_t n, bool hops);

/* RTA_MULTIPATH: next hops one after the other, each with attributes of its own. */
static void
next_hops(struct guard *g, const struct rtattr *list)
{
	const char *p = RTA_DATA(list);
	size_t left = RTA_PAYLOAD(list);

	while (left >= sizeof(struct rtnexthop)) {
		const struct rtnexthop *hop = (const void *)p;
		size_t n = RTNH_ALIGN(hop->rtnh_len);

		if (hop->rtnh_len < sizeof(*hop) || hop->rtnh_len > left)
			return;
		attributes(g, (const void *)(p + RTNH_LENGTH(0)),
		    hop->rtnh_len - sizeof(*hop), false);
		p += n;
		left = n < left ? left - n : 0;
	}
}

static void
attributes(struct guard *g, const struct rtattr *a, size_t n, bool hops)
{
	for (; RTA_OK(a, n); a = RTA_NEXT(a, n)) {
		const char *v = RTA_DATA(a);
		size_t len = RTA_PAYLOAD(a);

		if (a->rta_type == RTA_GATEWAY)
			add(g, v, len);
		else if (a->rta_type == RTA_VIA && len > sizeof(struct rtvia))
			add(g, v + sizeof(struct rtvia), len - sizeof(struct rtvia));
		else if (a->rta_type == RTA_MULTIPATH && hops)
			next_hops(g, a);
	}
}

/* 1: more to come; 0: the end; -1: an error. */
static int
datagram(struct guard *g, const struct nlmsghdr *h, size_t n)
{
	for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		const struct rtmsg *route = NLMSG_DATA(h);

		if (h->nlmsg_type == NLMSG_DONE)
			return 0;
		if (h->nlmsg_type == NLMSG_ERROR)
			return -1;
		if (h->nlmsg_type == RTM_NEWROUTE && RTM_PAYLOAD(h) <= n)
			attributes(g, RTM_RTA(route), RTM_PAYLOAD(h), true);
	}
	return 1;
}

static bool
dump(struct guard *g, int fd, unsigned char family)
{
	struct {
		struct nlmsghdr h;
		struct rtmsg r;
	} ask = {{.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
		     .nlmsg_type = RTM_GETROUTE,
		     .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    {.rtm_family = family}};
	struct nlmsghdr *answer;
	ssize_t n;
	int more = 1;

	if (send(fd, &ask, sizeof(ask), 0) < 0)
		return false;
	answer = mem_new(1, ANSWER);
	while (more > 0) {
		n = recv(fd, answer, ANSWER, 0);
		if (n < 0 && errno == EINTR)
			continue;
		more = n <= 0 ? -1 : datagram(g, answer, (size_t)n);
	}
	mem_free(answer);
	return more == 0;
}

bool
routes_guard(struct guard *g, struct err *e)
{
	struct timeval patience = {.tv_sec = 5};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bool ok = fd >= 0;

	if (ok)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	ok = ok && dump(g, fd, AF_INET) && dump(g, fd, AF_INET6);
	if (!ok)
		err_sys(e, ERR_SYS, "cannot read the routing tables");
	if (fd >= 0)
		close(fd);
	return ok;
}
