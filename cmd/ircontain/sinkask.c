/* A question to a resolver over UDP (RFC 1035): is the domain blocked? */
#include <arpa/inet.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sinks.h"

#define PACKET 512
#define HEADER 12

/* Header and question; returns its length, 0 if the name does not fit. */
static size_t
question(uint8_t p[PACKET], struct str domain)
{
	size_t n = HEADER;

	memset(p, 0, HEADER);
	if (getrandom(p, 2, 0) != 2 || domain.n > 253)
		return 0;
	p[2] = 1; /* recursion desired */
	p[5] = 1; /* one question */
	while (domain.p) {
		struct str label = str_cut(&domain, '.');

		if (label.n == 0 || label.n > 63)
			return 0;
		p[n++] = (uint8_t)label.n;
		memcpy(p + n, label.p, label.n);
		n += label.n;
	}
	p[n++] = 0;
	memcpy(p + n, "\0\1\0\1", 4); /* A, IN */
	return n + 4;
}

/* Behind a name: its labels, or a pointer; 0: it runs out of the packet. */
static size_t
behind_name(const uint8_t *p, size_t n, size_t at)
{
	while (at < n && p[at] != 0 && p[at] < 64)
		at += p[at] + 1U;
	if (at >= n)
		return 0;
	return at + (p[at] == 0 ? 1 : 2);
}

/* Does the first address lead anywhere?  1 it is blocked, 0 not. */
static int
judge(const uint8_t *p, size_t n, size_t at)
{
	unsigned answers = p[6] * 256U + p[7], type, length;

	for (; answers > 0 && at && at < n; answers--) {
		at = behind_name(p, n, at);
		if (!at || at + 10 > n)
			return -1;
		type = p[at] * 256U + p[at + 1];
		length = p[at + 8] * 256U + p[at + 9];
		at += 10;
		if (at + length > n)
			return -1;
		if (type == 1 && length == 4)
			return p[at] == 0 || p[at] == 127;
		at += length;
	}
	return 1; /* no address */
}

static int
answer(const uint8_t *p, size_t n, const uint8_t *asked, size_t question_n)
{
	if (n < question_n || memcmp(p, asked, 2) != 0 || !(p[2] & 0x80) ||
	    memcmp(p + HEADER, asked + HEADER, question_n - HEADER) != 0)
		return -1;
	if ((p[3] & 15) == 3)
		return 1; /* no such name */
	return (p[3] & 15) == 0 ? judge(p, n, question_n) : -1;
}

static int
socket_to(const struct ip *ip, uint16_t port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	const struct sockaddr *to = (const void *)(ip->v == 4 ? (void *)&v4
							      : (void *)&v6);
	int fd = socket(ip->v == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(&v4.sin_addr, ip->b, 4);
	memcpy(&v6.sin6_addr, ip->b, 16);
	if (fd >= 0 && connect(fd, to, ip->v == 4 ? sizeof(v4) : sizeof(v6)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int
sink_ask(const struct sinks *s, struct str domain, int timeout_ms)
{
	uint8_t asked[PACKET], got[PACKET];
	size_t n = question(asked, domain);
	int fd = n && s->probe.v ? socket_to(&s->probe, s->port) : -1, said = -1;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t m;

	if (fd < 0)
		return -1;
	if (send(fd, asked, n, 0) == (ssize_t)n && poll(&p, 1, timeout_ms) == 1 &&
	    (m = recv(fd, got, sizeof(got), 0)) > 0)
		said = answer(got, (size_t)m, asked, n);
	close(fd);
	return said;
}
