/*
 * zone - how far a place's clock is from UTC.
 *
 * Names as the system's zone files have them ("Europe/Berlin"), or fixed
 * offsets ("UTC", "+02:00").  The files are read once, at load time, and the
 * process's own TZ is never touched.
 */
#ifndef ZONE_H
#define ZONE_H

#include "err.h"
#include "str.h"

struct zone;

/* NULL: ERR_CONFIG, the name is no zone.  Free with zone_free(). */
struct zone *zone_load(struct str name, struct err *);

/* The same from the bytes of a zone file (TZif, RFC 9636). */
struct zone *zone_read(struct str bytes, struct err *);

void zone_free(struct zone *);

/* Seconds east of UTC at a moment given in ns since 1970. */
int zone_offset(const struct zone *, int64_t ns);

#endif
