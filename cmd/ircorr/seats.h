/*
 * seats - from where an account on a host is used.
 *
 * What somebody does on a host names no address: the logon that came before does.  A
 * logon is strange if it comes from outside, from where neither the owner says that
 * people work nor the user was before; after a day without harm it is so no longer.
 * Of shells only: mail is read from anywhere.
 */
#ifndef SEATS_H
#define SEATS_H

#include "logons.h"

struct seat {
	struct accepted ok; /* fails: not counted here */
	char src[IP_MAX];
	bool strange;
};

struct seats;

struct seats *seats_new(int64_t window_ns, size_t max);
void seats_free(struct seats *);

/* Note an accepted logon. */
void seats_note(struct seats *, const struct site *, const struct sighting *);

/*
 * The logon with which the user worked on the host at `ns`: the last strange one of the
 * window, else the last one; or NULL.
 */
const struct seat *seats_of(
    const struct seats *, struct str user, struct str host, int64_t ns);

/* Is this logon a strange one?  It was noted before. */
bool seats_strange(const struct seats *, const struct sighting *);

uint64_t seats_evicted(const struct seats *);

void seats_save(const struct seats *, struct buf *);
void seats_load(struct seats *, struct unpack *);

#endif
