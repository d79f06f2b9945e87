/*
 * clocks - in which zone the clock of a host runs, and how far off it is.
 *
 * Hosts are names or patterns; a name wins over patterns, of these the first.
 */
#ifndef CLOCKS_H
#define CLOCKS_H

#include "err.h"
#include "str.h"

#define CLOCKS_SKEW_MAX INT64_C(31622400000) /* most skew in ms: 366 days */

struct clocks;

struct clocks *clocks_new(void);
void clocks_free(struct clocks *);

/* A zone as zone_load() knows it.  False (ERR_CONFIG): there is none of that name. */
bool clocks_add_zone(struct clocks *, struct str host, struct str zone, struct err *);

/*
 * "+90s": the clock runs that far ahead of the true time; "-2m": behind.  A
 * span without a sign is ahead.  False (ERR_CONFIG): not a span, or too long.
 */
bool clocks_add_skew(struct clocks *, struct str host, struct str span, struct err *);

/* Seconds east of UTC at `ns`; false: not said. */
bool clocks_zone(const struct clocks *, struct str host, int64_t ns, int *seconds);

/* Milliseconds that the clock of a host runs ahead; 0 if not said. */
int64_t clocks_skew(const struct clocks *, struct str host);

#endif
