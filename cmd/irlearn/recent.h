/*
 * recent - what the newest spans of a key held, so that it can be taken out again.
 *
 * Of sums and of hours that count once nobody can tell what one event did to them.  So
 * the spans of late are kept one by one: as far back as they reach, what turns out to
 * have been an attack is taken out as if it had never been.
 */
#ifndef RECENT_H
#define RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recent_span {
	uint32_t at;     /* spans since 1970 */
	uint32_t n;      /* events */
	uint32_t taught; /* what of it was learned: less if it was too much */
	uint32_t pooled; /* what of it all keys learned together */
};

struct recent {
	struct recent_span *v; /* newest first */
	size_t n, cap;
	bool cut; /* there were more, or they are of several models */
};

void recent_reset(struct recent *);

/* Add to what a span held; with more than `max` of them the oldest goes. */
void recent_add(struct recent *, size_t max, const struct recent_span *);

/* NULL: it is not known (any more). */
struct recent_span *recent_at(const struct recent *, int64_t at);
void recent_drop(struct recent *, struct recent_span *);

#endif
