/*
 * habit_inside - what judging and learning share, for habit*.c only.
 */
#ifndef HABIT_INSIDE_H
#define HABIT_INSIDE_H

#include "habit.h"
#include "when.h"

#define HABIT_ACTIVE 30 /* hours of a week: of less nothing can be said */
#define HABIT_HOUR   (3600 * WHEN_S)

/* The keys of a pair: its context and itself, on its host and everywhere. */
struct pair_keys {
	uint64_t of, n, of_all, n_all;
};

struct pair_keys habit_pair_keys(const struct habit *, const struct glimpse *);

/* False: too little is known of the context. */
bool habit_judge_pair(const struct habit *, const struct glimpse *, struct opinion *);

#endif
