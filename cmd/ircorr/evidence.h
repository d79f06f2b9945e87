/*
 * evidence - what a sighting says about the incident that it belongs to.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "correlate.h"
#include "lineage.h"

/* A member: its entities, techniques, and what they lead to. */
void evidence_alert(
    struct correlate *, struct incident *, const struct sighting *, struct arena *);

/*
 * An accepted logon: does it show that the attacker got in, or that he came
 * back from another address?  True if it does.
 */
bool evidence_logon(
    struct correlate *, struct incident *, const struct sighting *, struct arena *);

/* Where the process of a member comes from. */
void evidence_origin(struct incident *, const struct origin *, struct arena *);

/* Logons of the source that came before the incident was seen. */
void evidence_earlier(
    struct correlate *, struct incident *, const struct sighting *, struct arena *);

/*
 * A strange logon: this one, or the one with which somebody does what is told.  The
 * account is another's now, and the address his.
 */
void evidence_seat(
    struct correlate *, struct incident *, const struct sighting *, struct arena *);

#endif
