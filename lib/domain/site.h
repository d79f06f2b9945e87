/*
 * site - what the owner knows and the logs do not say (ir-record(5), "site file").
 *
 * YAML or JSON, given with --site or /etc/ir/site.yaml.  It lowers, explains or
 * redirects; it never hides an alert.
 */
#ifndef SITE_H
#define SITE_H

#include "err.h"
#include "ip.h"
#include "str.h"

#define SITE_DEFAULT "/etc/ir/site.yaml"

/* What an address is to the owner; several may hold. */
enum site_role {
	SITE_HOST = 1 << 0,   /* an address of one of `hosts` */
	SITE_INSIDE = 1 << 1, /* in one of `networks` */
	SITE_MONITORING = 1 << 2,
	SITE_SCANNER = 1 << 3, /* vulnerability_scanner */
	SITE_BACKUP = 1 << 4,
	SITE_PENTEST = 1 << 5,  /* authorised_pentest */
	SITE_PROXY = 1 << 6,    /* cdn_proxies: the peer is not the client */
	SITE_NAT = 1 << 7,      /* office_nat: many people behind one address */
	SITE_ADMIN = 1 << 8,    /* admin_workstations */
	SITE_HOME = 1 << 9,     /* home_addresses */
	SITE_PROTECT = 1 << 10, /* protect: never act on it */
};

/* Roles that explain noise: monitoring, scanner, backup, pentest. */
#define SITE_EXPECTED (SITE_MONITORING | SITE_SCANNER | SITE_BACKUP | SITE_PENTEST)

/* Roles whose addresses a firewall block would hurt: all but pentest, too. */
#define SITE_KEEP                                                                 \
	(SITE_HOST | SITE_INSIDE | SITE_MONITORING | SITE_SCANNER | SITE_BACKUP | \
	    SITE_PROXY | SITE_NAT | SITE_ADMIN | SITE_HOME | SITE_PROTECT |       \
	    SITE_PENTEST)

struct site;

/*
 * `path` NULL: the default file if it is there, else an empty site.  NULL
 * returned: ERR_CONFIG with file, line and column; an unknown key is an error
 * with a suggestion.  Free with site_free().
 */
struct site *site_load(const char *path, struct err *);

/* The same from text; `name` goes before the messages. */
struct site *site_parse(struct str text, const char *name, struct err *);

void site_free(struct site *);

unsigned site_roles(const struct site *, const struct ip *);

/* Has any address one of these roles? */
bool site_any(const struct site *, unsigned roles);

/* "monitoring", "vulnerability_scanner" ... of one role bit. */
const char *site_role_name(enum site_role);

/* The host that owns an address, or absent; is there a host of that name. */
struct str site_host_of(const struct site *, const struct ip *);
bool site_has_host(const struct site *, struct str name);

/* Is this one of the addresses at which the user is at home? */
bool site_home(const struct site *, struct str user, const struct ip *);

/* Zone of a host as seconds east of UTC at `ns` (IANA names and offsets); false: not said. */
bool site_zone(const struct site *, struct str host, int64_t ns, int *seconds);

/* Milliseconds that the clock of a host runs ahead of the true time (clock_skew); 0: not said. */
int64_t site_skew(const struct site *, struct str host);

/* The year of logs that carry none; 0 if not said. */
int site_year(const struct site *);

/* Is the host or user listed under `critical`? */
bool site_critical(const struct site *, struct str name);

/* Hosts and users that serve one purpose (`groups`), so that they are not all touched at once. */
struct site_group;

/* Walk the groups that a host or user is in; start with at = 0.  NULL: no more. */
const struct site_group *site_group_next(
    const struct site *, struct str member, size_t *at);
bool site_group_has(const struct site_group *, struct str member);
struct str site_group_name(const struct site_group *);

/* How many of it may be touched in an hour: as the file says, else a quarter, two at least. */
size_t site_group_most(const struct site_group *);

/*
 * What was planned for that user, source and host at `ns` by one of the
 * `change_windows`, or absent.  A window that does not name one of the three
 * allows any; an absent `who` or `host` and a NULL `from` are no match for a
 * window that names it.
 */
struct str site_change(const struct site *, struct str who, const struct ip *from,
    struct str host, int64_t ns);

/* Walk every network that has one of `roles`: start with at = 0. */
bool site_next(
    const struct site *, unsigned roles, size_t *at, struct net *, unsigned *role);

#endif
