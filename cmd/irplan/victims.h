/*
 * victims - accounts that alerts of an incident show as taken over or created.
 */
#ifndef VICTIMS_H
#define VICTIMS_H

#include "str.h"

#define VICTIMS_OF 32 /* accounts of one incident that are remembered */

struct victim {
	struct str user, host, event;
	bool created; /* else taken over */
};

struct victims;

/* Remembers at most `max` incidents; the oldest are forgotten first. */
struct victims *victims_new(size_t max);
void victims_free(struct victims *);

/* All texts are copied; an account that is known already changes nothing. */
void victims_note(struct victims *, struct str incident, const struct victim *);

/* Walk the accounts of an incident; start with at = 0, ends with NULL. */
const struct victim *victims_next(
    const struct victims *, struct str incident, size_t *at);

#endif
