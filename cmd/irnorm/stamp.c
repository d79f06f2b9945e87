#include "spell.h"
#include "stamp.h"

#define DAY (86400 * WHEN_S)

/* Spellings of STAMP_ANY come first; the others are told by the format. */
static bool (*const scans[])(struct str *, struct when *) = {when_scan_iso, when_scan_bsd,
    when_scan_clf, when_scan_slash, when_scan_ctime, spell_zoned, spell_short, spell_dmy,
    spell_us, spell_snort, spell_klog};
#define ANY 5

bool
stamp_scan(int form, struct str *s, struct when *w)
{
	struct str rest;

	if (form != STAMP_ANY)
		return scans[form](s, w);
	for (size_t i = 0; i < ANY; i++) {
		rest = *s;
		if (scans[i](&rest, w)) {
			*s = rest;
			return true;
		}
	}
	return false;
}

bool
stamp_whole(struct str s, struct when *w)
{
	for (size_t i = 0; i < sizeof(scans) / sizeof(*scans); i++) {
		struct str rest = s;

		if (scans[i](&rest, w) && rest.n == 0)
			return true;
	}
	return false;
}

/* The last year in which this moment is not after `now` (a day of skew allowed). */
static int
latest(struct when today, struct when w, int64_t now)
{
	int64_t ns;

	/* 29 February: eight years back there was one */
	for (int y = today.year + (today.mon == 12 && today.day > 29); y > today.year - 8;
	     y--) {
		w.year = y;
		if (when_ns(&w, &ns) && ns <= now + DAY)
			return y;
	}
	return today.year;
}

/* The same for a file, whose dates repeat. */
static int
last_year(struct stamps *st, const struct when *w, int64_t now)
{
	struct when start = *w, end = *w;
	int year;

	if (st->now != now) {
		when_split(now, &st->today);
		st->now = now;
		st->day = 0;
	}
	if (st->day == w->day && st->day_mon == w->mon && !w->has_zone)
		return st->day_year;
	year = latest(st->today, *w, now);
	start.hour = start.min = start.sec = start.ns = 0;
	end.hour = 23;
	end.min = 59;
	end.sec = 60;
	st->day = 0;
	if (!w->has_zone && latest(st->today, start, now) == year &&
	    latest(st->today, end, now) == year) {
		st->day = w->day;
		st->day_mon = w->mon;
		st->day_year = year;
	}
	return year;
}

/* The months of a file go up; December and then January is a new year. */
static int
year_of(struct stamps *st, const struct site *site, const struct when *w, int64_t now,
    unsigned *fixed)
{
	int known = site ? site_year(site) : 0;

	*fixed |= STAMP_YEAR;
	if (known == 0) {
		*fixed |= STAMP_GUESSED;
		return last_year(st, w, now);
	}
	st->used_year = st->used_year || !st->set_year;
	st->set_year = true;
	if (st->year == 0)
		st->year = known;
	else if (st->mon == 12 && w->mon == 1)
		st->year++;
	else if (st->mon == 1 && w->mon == 12)
		st->year--;
	st->mon = w->mon;
	return st->year;
}

bool
stamp_moment(struct stamps *st, const struct site *site, const struct when *from,
    struct str host, int64_t now, int64_t *ns, unsigned *fixed)
{
	struct when w = *from;
	int seconds;

	if (w.year == 0)
		w.year = year_of(st, site, &w, now, fixed);
	if (!when_ns(&w, ns))
		return false;
	if (!w.has_zone) {
		*fixed |= STAMP_ZONE;
		if (site && site_zone(site, host, *ns, &seconds))
			*ns -= seconds * WHEN_S;
		else
			*fixed |= STAMP_GUESSED;
	}
	return true;
}

void
stamp_last(struct stamps *st, int64_t ns)
{
	st->last = ns;
	st->has_last = st->set_last = true;
}

int64_t
stamp_missing(struct stamps *st, int64_t now, unsigned *fixed)
{
	*fixed |= STAMP_MISSING | STAMP_GUESSED;
	st->used_last = st->used_last || !st->set_last;
	return st->has_last ? st->last : now;
}
