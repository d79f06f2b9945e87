/*
 * logons - who got in from where, and how often a source failed.
 *
 * A source's failures are counted within the window; accepted logons are kept,
 * so that one that came before its incident was seen can still be judged.
 */
#ifndef LOGONS_H
#define LOGONS_H

#include "pack.h"
#include "sighting.h"

#define LOGONS_KEPT    8
#define LOGONS_GUESSES 5  /* failures that make what is accepted next suspicious */
#define LOGONS_MANY    10 /* people behind one address: it is shared */
#define LOGONS_TRIED   3  /* accounts that a source failed on: it goes through a list */

struct accepted {
	char event[65], user[65], host[65], dataset[33];
	int64_t ns;
	uint64_t fails; /* of the source, before it */
};

struct source {
	uint64_t fails; /* but for those of a person who got in at last */
	int64_t first_fail, last_fail;
	struct accepted *ok; /* a ring of LOGONS_KEPT, once there was one */
	uint64_t ok_n;
	uint64_t users[LOGONS_MANY]; /* hashes of who got in */
	size_t users_n;
	uint64_t tried[LOGONS_TRIED]; /* hashes of whom it failed as */
	size_t tried_n;
};

struct logons;

struct logons *logons_new(int64_t window_ns, size_t max);
void logons_free(struct logons *);

/* Note a logon that has a source; the same event twice counts once. */
void logons_note(struct logons *, const struct sighting *);

/* What is known of a source, or NULL. */
const struct source *logons_source(const struct logons *, struct str ip);

/* How often the source failed within the window before `ns`. */
uint64_t logons_fails(const struct logons *, struct str ip, int64_t ns);

/* Did the user get in from that address before `ns`, and without guessing? */
bool logons_known(const struct logons *, struct str user, struct str ip, int64_t ns);

/* Have so many people got in from there that it says nothing about one of them? */
bool logons_shared(const struct logons *, struct str ip);

/* Does the source go through many accounts, and hardly ever get in? */
bool logons_sprays(const struct logons *, struct str ip);

uint64_t logons_evicted(const struct logons *);

void logons_save(const struct logons *, struct buf *);
void logons_load(struct logons *, struct unpack *);

#endif
