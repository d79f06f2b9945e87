#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utmpx.h>

#include "arena.h"
#include "file.h"
#include "machine.h"
#include "peers.h"
#include "routes.h"

#define FILE_MAX_ ((size_t)4 * 1024 * 1024)

static void
add(struct guard *g, const struct ip *ip, const char *what, const char *which)
{
	struct net net = net_of(ip);
	char why[128];

	snprintf(why, sizeof(why), "%s %s", what, which);
	guard_add(g, &net, GUARD_MACHINE, why);
}

static bool
from_sockaddr(const struct sockaddr *sa, struct ip *ip)
{
	*ip = (struct ip){0};
	if (sa && sa->sa_family == AF_INET) {
		ip->v = 4;
		memcpy(
		    ip->b, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
	} else if (sa && sa->sa_family == AF_INET6) {
		ip->v = 6;
		memcpy(ip->b, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr,
		    16);
	}
	return ip->v != 0;
}

static bool
own_addresses(struct guard *g, struct err *e)
{
	struct ifaddrs *all, *i;
	struct ip ip;

	if (getifaddrs(&all) < 0) {
		err_sys(e, ERR_SYS, "cannot list own addresses");
		return false;
	}
	for (i = all; i; i = i->ifa_next) {
		if (from_sockaddr(i->ifa_addr, &ip))
			add(g, &ip, "own address on", i->ifa_name);
		if ((i->ifa_flags & IFF_POINTOPOINT) &&
		    from_sockaddr(i->ifa_dstaddr, &ip))
			add(g, &ip, "other end of", i->ifa_name);
		else if ((i->ifa_flags & IFF_BROADCAST) &&
			 from_sockaddr(i->ifa_broadaddr, &ip))
			add(g, &ip, "broadcast address of", i->ifa_name);
	}
	freeifaddrs(all);
	return true;
}

/* "192.0.2.1 40022 198.51.100.2 22": the first is the peer. */
static void
ssh_variable(struct guard *g, const char *name)
{
	struct str v = str_of(getenv(name)), first = v.p ? str_cut(&v, ' ') : STR_NONE;
	struct ip ip;
	size_t zone = first.p ? str_chr(first, '%') : STR_NPOS;

	if (first.p && ip_parse(str_sub(first, 0, zone), &ip))
		add(g, &ip, "peer of this session, from", name);
}

static void
logged_in(struct guard *g)
{
	struct utmpx *u;

	setutxent();
	while ((u = getutxent())) {
		struct ip ip = {.v = 4};

		if (u->ut_type != USER_PROCESS || u->ut_addr_v6[0] == 0)
			continue;
		if (u->ut_addr_v6[1] || u->ut_addr_v6[2] || u->ut_addr_v6[3])
			ip.v = 6;
		memcpy(ip.b, u->ut_addr_v6, ip.v == 4 ? 4 : 16);
		add(g, &ip, "somebody is logged in from there:", "utmp");
	}
	endutxent();
}

/* What is left of ldap://192.0.2.1, [2001:db8::1]:514 and 192.0.2.1:514. */
static struct str
bare(struct str word)
{
	size_t at = str_rchr(word, '/');

	if (at != STR_NPOS && at > 0 && word.p[at - 1] == '/')
		word = str_from(word, at + 1);
	if (word.n && word.p[0] == '[' && (at = str_chr(word, ']')) != STR_NPOS)
		return str_sub(word, 1, at - 1);
	at = str_chr(word, ':');
	return at != STR_NPOS && at == str_rchr(word, ':') ? str_sub(word, 0, at) : word;
}

/* Single addresses only: a list of networks (allow 10.0.0.0/8) names no server. */
static void
words_of(struct guard *g, struct str line, const char *why)
{
	static const char stops[] = " \t\r,;=\"'()<>{}|@";
	size_t from = 0;
	struct ip ip;

	for (size_t at = 0; at <= line.n; at++) {
		if (at < line.n && !memchr(stops, line.p[at], sizeof(stops) - 1))
			continue;
		if (ip_parse(bare(str_sub(line, from, at - from)), &ip)) {
			struct net net = net_of(&ip);

			guard_add(g, &net, GUARD_MACHINE, why);
		}
		from = at + 1;
	}
}

/* Every word of a file that is an address, whatever stands around it. */
static void
addresses_in(struct guard *g, const char *path)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct str text = file_read(a, path, FILE_MAX_, &e);
	const char *why = arena_fmt(a, "named in %s", path).p;

	while (text.p) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (line.n > 0 && line.p[0] != '#' && line.p[0] != ';')
			words_of(g, line, why);
	}
	arena_free(a);
}

static bool
each_file(void *ctx, const char *path)
{
	addresses_in(ctx, path);
	return true;
}

/* Where resolvers, time, log, directory, login, DHCP and backup servers are named. */
static void
servers(struct guard *g)
{
	static const char *const files[] = {"/etc/resolv.conf",
	    "/run/systemd/resolve/resolv.conf", "/etc/ntp.conf", "/etc/ntpsec/ntp.conf",
	    "/etc/chrony/chrony.conf", "/etc/chrony.conf", "/etc/systemd/timesyncd.conf",
	    "/etc/rsyslog.conf", "/etc/syslog-ng/syslog-ng.conf", "/etc/ldap/ldap.conf",
	    "/etc/nslcd.conf", "/etc/sssd/sssd.conf", "/etc/krb5.conf", "/etc/fstab",
	    "/etc/ansible/hosts", "/etc/puppet/puppet.conf", "/etc/salt/minion"};
	static const char *const dirs[] = {"/etc/rsyslog.d", "/etc/chrony/sources.d",
	    "/etc/systemd/timesyncd.conf.d", "/run/systemd/netif/leases", "/var/lib/dhcp",
	    "/run/systemd/resolve/netif"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (access(files[i], R_OK) == 0)
			addresses_in(g, files[i]);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		struct err e = {0};

		if (access(dirs[i], R_OK | X_OK) == 0)
			file_walk(dirs[i], NULL, each_file, g, &e);
	}
}

bool
machine_guard(struct guard *g, struct err *e)
{
	if (!own_addresses(g, e) || !routes_guard(g, e) || !peers_guard(g, e))
		return false;
	ssh_variable(g, "SSH_CONNECTION");
	ssh_variable(g, "SSH_CLIENT");
	logged_in(g);
	servers(g);
	return true;
}
