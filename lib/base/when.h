/*
 * when - points in time: nanoseconds since 1970 UTC, and how logs spell them.
 */
#ifndef WHEN_H
#define WHEN_H

#include "str.h"

#define WHEN_S  INT64_C(1000000000)
#define WHEN_MS INT64_C(1000000)

/* What a time stamp says, and what it leaves out. */
struct when {
	int year; /* 0: not given */
	int mon, day, hour, min, sec;
	int ns;
	int zone; /* seconds east of UTC, if has_zone */
	bool has_zone;
	int digits; /* of the fraction as written */
};

/* Days from 1970-01-01 in the proleptic Gregorian calendar. */
int64_t when_days(int year, int mon, int day);

/* The moment; a missing year counts as 1970, a missing zone as UTC.  False: no such date. */
bool when_ns(const struct when *, int64_t *ns);

/* The calendar date and clock in UTC of a moment. */
void when_split(int64_t ns, struct when *);

/* RFC 3339 with an offset or Z: "2026-11-24T06:05:01.5Z".  The whole string. */
bool when_parse(struct str, int64_t *ns);

#define WHEN_MAX 32

/*
 * RFC 3339 in UTC with `Z` and 3, 6 or 9 digits of fraction, as few as hold the
 * moment; returns its length.  Years outside 0..9999 are cut to that range.
 */
size_t when_text(char out[WHEN_MAX], int64_t ns);

/* What when_parse() reads, as when_text() writes it: text in `out`, its length in `*n`. */
bool when_respell(struct str, char out[WHEN_MAX], size_t *n);

/*
 * Read a time stamp from the start of `*s` and move behind it.  One function a
 * spelling; none skips blanks first.
 *
 *   iso     2026-11-24T07:37:25.284768+00:00, 2026-11-24 07:37:25,250, ...Z, basic offsets
 *   bsd     Nov 24 07:37:25, Nov  4 07:37:25.123, Nov 24 2026 07:37:25 (no zone)
 *   clf     24/Nov/2026:07:37:30 +0000
 *   slash   2026/11/24 07:38:13
 *   ctime   Tue Nov 24 07:37:30.711327 2026, Tue Nov 24 07:37:32 2026 +0100
 */
bool when_scan_iso(struct str *s, struct when *);
bool when_scan_bsd(struct str *s, struct when *);
bool when_scan_clf(struct str *s, struct when *);
bool when_scan_slash(struct str *s, struct when *);
bool when_scan_ctime(struct str *s, struct when *);

/* Seconds, milli-, micro- or nanoseconds since 1970, told apart by size; or "1606000000.5". */
bool when_epoch(struct str, int64_t *ns);

#endif
