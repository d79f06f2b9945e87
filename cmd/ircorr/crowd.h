/*
 * crowd - how many share a thing, so that what many share links little.
 *
 * A thing is an address, an account, a host, a name, a file; those who share it are
 * the people behind the address, the sources of the account, and so on.  They are
 * counted over one to two days of the thing's own time, exactly while they are few
 * and about right when they are many.  Bounded: of the things in one place of the
 * table the one noted longest ago goes.
 */
#ifndef CROWD_H
#define CROWD_H

#include "pack.h"

enum crowd_of {
	CROWD_IP,
	CROWD_USER,
	CROWD_HOST,
	CROWD_PEER,
	CROWD_NAME,
	CROWD_FILE,
	CROWD_ORG
};

struct crowd;

struct crowd *crowd_new(size_t max);
void crowd_free(struct crowd *);

/* `party` shares the thing at that time; either absent: nothing is noted. */
void crowd_note(
    struct crowd *, enum crowd_of, struct str thing, struct str party, int64_t ns);

/* A hash that is the same in every run. */
uint64_t crowd_hash(struct str);

/* How many share it; at least 1. */
unsigned crowd_count(const struct crowd *, enum crowd_of, struct str thing);

/* What a link over a thing of `n` keeps of its strength: 1 for one, 1/2 for two, 1/4 for eight. */
double crowd_weight(unsigned n);

uint64_t crowd_evicted(const struct crowd *);

void crowd_save(const struct crowd *, struct buf *);
void crowd_load(struct crowd *, struct unpack *);

#endif
