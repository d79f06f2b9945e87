/*
 * links - which open incidents an entity leads to.
 *
 * Keys are an attacker's address, an account or host that was got into, a host
 * whose web service is under attack, and an account that many sources try.
 * Each key leads to the incident that used it last.  Incidents and keys are
 * bounded; the ones used longest ago go first.
 */
#ifndef LINKS_H
#define LINKS_H

#include "incident.h"
#include "pack.h"

enum link {
	LINK_IP,
	LINK_USER,
	LINK_HOST,
	LINK_WEB,
	LINK_TARGET,
	LINK_ALERT,
	LINK_PROCESS,
	LINK_SESSION,
	LINK_PEER, /* an address that hosts call */
	LINK_NAME, /* a domain */
	LINK_FILE, /* a hash */
	LINK_REPEAT,
	LINK_ORG,
	LINK_ACTOR,   /* an account that did something grave on a host */
	LINK_CAMPAIGN /* a service on which many accounts are tried */
};

struct links;

/* `gone` gets an incident that must make room; it is freed afterwards. */
struct links *links_new(
    size_t keys, size_t incidents, void (*gone)(void *ctx, struct incident *), void *ctx);
void links_free(struct links *);

void links_add(struct links *, struct incident *); /* owned from now on */
struct incident *links_incident(const struct links *, struct str id);

/* Let `value` (of a host, for accounts) lead to the incident. */
void links_set(struct links *, enum link, struct str value, struct str host,
    const struct incident *, int64_t ns);

/* Where it leads, merged ones followed; or NULL. */
struct incident *links_get(
    const struct links *, enum link, struct str value, struct str host);

/* The same, and when it was set last. */
struct incident *links_at(
    const struct links *, enum link, struct str value, struct str host, int64_t *ns);

/* Something joined it: of all incidents it is now the one used last. */
void links_touch(const struct links *, const struct incident *);

/* Walk all incidents, oldest use first: start with NULL. */
struct incident *links_next(const struct links *, const struct incident *);

/* It is over: it goes, without being told to `gone`. */
void links_drop(struct links *, struct incident *);

/* The two were parted by hand and stay apart. */
void links_part(struct links *, const struct incident *, const struct incident *);
bool links_apart(const struct links *, const struct incident *, const struct incident *);

void links_save(const struct links *, struct buf *);
void links_load(struct links *, struct unpack *);

uint64_t links_evicted(const struct links *);

#endif
