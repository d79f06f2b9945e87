/*
 * weekly - in which of the 168 hours of a week (UTC) there is anything.
 *
 * Hours are counted, not events, so a flood counts once.  What is known of one is mixed
 * with what is known of all by its weight in hours: a week that is known little is like
 * everybody's.
 */
#ifndef WEEKLY_H
#define WEEKLY_H

#include "recent.h"

#define WEEKLY_HOURS 168

struct weekly {
	uint64_t key;
	uint32_t lens, over, context; /* the texts in the vocabulary */
	uint32_t hours[WEEKLY_HOURS], n;
	struct recent recent; /* of the newest hours that count, a week of them at most */
	int64_t learned, judged; /* the last such hour since 1970, plus one; 0: none */
};

/* The hour of the week of an hour since 1970; Monday, 00:00 is 0. */
unsigned weekly_hour(int64_t hour);

/* Nats by which that hour is less usual than if all were the same; `all` may be NULL. */
double weekly_score(const struct weekly *, const struct weekly *all, unsigned hour);

/* One event more in an hour.  False: it knows of that hour. */
bool weekly_learn(struct weekly *, int64_t hour);

/* How often the hour had counted if this was its only event, and counts no more; 0: there
 * are others.  -1: nothing is known of the hour any more. */
int weekly_unlearn(struct weekly *, int64_t hour);

#endif
