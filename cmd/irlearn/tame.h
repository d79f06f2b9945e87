/*
 * tame - values with what differs from host to host taken out, so that they can be counted.
 *
 *   text   as it is
 *   lower  in lower case
 *   path   lower case, the user's own folder, ids and numbers replaced by a star
 *   name   the last part of a path, lower case
 *   domain the last two labels of a name, lower case
 *   hour   of a time: the hour of the day in UTC
 *   week   of a time: the hour of the week in UTC, 0 to 167
 */
#ifndef TAME_H
#define TAME_H

#include "arena.h"
#include "str.h"

enum tame {
	TAME_TEXT,
	TAME_LOWER,
	TAME_PATH,
	TAME_NAME,
	TAME_DOMAIN,
	TAME_HOUR,
	TAME_WEEK
};

extern const char *const tame_names[];
extern const size_t tame_count;

bool tame_find(struct str name, enum tame *);

/* At most 256 bytes, in the arena; empty when there is nothing to count. */
struct str tame(struct arena *, enum tame, struct str);

#endif
