/*
 * stamp - from what a line says of its time to a moment.
 *
 * Logs leave out the year and the zone.  The site file knows them; else the
 * year is the last one that does not put the line into the future, and the
 * zone is UTC, and the event says that this was guessed.
 */
#ifndef STAMP_H
#define STAMP_H

#include "site.h"
#include "when.h"

enum stamp_form {
	STAMP_ISO,
	STAMP_BSD,
	STAMP_CLF,
	STAMP_SLASH,
	STAMP_CTIME,
	STAMP_ZONED, /* 2026-11-24 07:37:25.250 CEST, Nov 24 07:37:25.250 CEST */
	STAMP_SHORT, /* 261124  7:37:25, 2026-11-24  7:37:25 */
	STAMP_DMY,   /* 24/Nov/2026 07:37:25 */
	STAMP_US,    /* 11/24/2026, 7:37:25 PM; 11/24/26 19:37:25.250 */
	STAMP_SNORT, /* 11/24/2026-07:37:25.123456 */
	STAMP_KLOG,  /* 1124 07:37:25.123456 */
	STAMP_ANY,   /* whichever fits */
};

/* Read one from the start of `*s` and move behind it. */
bool stamp_scan(int form, struct str *s, struct when *);

/* The whole of `s`, however it is spelled. */
bool stamp_whole(struct str s, struct when *);

/* What was done to a time. */
enum stamp_fixed {
	STAMP_YEAR = 1,    /* the year was filled in */
	STAMP_ZONE = 2,    /* the zone was */
	STAMP_MISSING = 4, /* there was no time at all */
	STAMP_GUESSED = 8, /* and the site file did not say */
	STAMP_SKEW = 16,   /* the clock was off, as the site file says */
};

/* The clock of one input. */
struct stamps {
	int year, mon; /* of the last line that carried no year */
	int64_t last;  /* the last moment */
	bool has_last;
	/* since these were cleared: was what stood there before used, was it replaced? */
	bool used_year, set_year, used_last, set_last;
	int64_t now; /* of which `today` is the date */
	struct when today;
	int day_mon, day,
	    day_year; /* the year of the last date that had none, if all day */
};

/* The moment of a time stamp written by `host`.  False: no such date. */
bool stamp_moment(struct stamps *, const struct site *, const struct when *,
    struct str host, int64_t now, int64_t *ns, unsigned *fixed);

/* A line had this moment. */
void stamp_last(struct stamps *, int64_t ns);

/* The moment of a line without one: that of the line before, else `now`. */
int64_t stamp_missing(struct stamps *, int64_t now, unsigned *fixed);

#endif
