#include "arena.h"
#include "file.h"
#include "mem.h"
#include "when.h"
#include "zone.h"

#define ZONE_DIR  "/usr/share/zoneinfo/"
#define ZONE_FILE ((size_t)256 * 1024)
#define HEADER    44
#define DAY       86400
#define FAR       INT64_C(9200000000) /* seconds; the year 2261 */

/* When a rule of the footer changes the clock: "M3.5.0/2", "J60", "59". */
struct change {
	char form; /* 'M', 'J' or '0' */
	int month, week, day;
	int time; /* seconds after midnight */
};

struct zone {
	int64_t *at; /* moments in seconds, rising; offset[i] holds from at[i] on */
	int *offset;
	size_t n;
	int first;  /* before all of them */
	bool rules; /* after the last one, the footer's rules */
	int standard, summer;
	struct change from, to;
	bool has_summer;
};

static int64_t
big_endian(const char *p, size_t n)
{
	uint64_t v = (p[0] & 0x80) ? UINT64_MAX : 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return (int64_t)v;
}

/* --- the footer: a rule in the form of POSIX's TZ --- */

static bool
take_number(struct str *s, int max, int *out)
{
	int v = 0;
	size_t i = 0;

	for (; i < s->n && i < 4 && s->p[i] >= '0' && s->p[i] <= '9'; i++)
		v = v * 10 + (s->p[i] - '0');
	*s = str_from(*s, i);
	*out = v;
	return i > 0 && v <= max;
}

static bool
take(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* "CET" or "<+03>". */
static bool
take_name(struct str *s)
{
	size_t i = 0;

	if (take(s, '<')) {
		i = str_chr(*s, '>');
		if (i == STR_NPOS)
			return false;
		*s = str_from(*s, i + 1);
		return true;
	}
	while (i < s->n && ((s->p[i] | 0x20) >= 'a' && (s->p[i] | 0x20) <= 'z'))
		i++;
	*s = str_from(*s, i);
	return i >= 3;
}

/* "-1:30:00" in seconds. */
static bool
take_clock(struct str *s, int *out)
{
	int sign = take(s, '-') ? -1 : 1, h = 0, m = 0, sec = 0;

	take(s, '+');
	if (!take_number(s, 167, &h))
		return false;
	if (take(s, ':') && !take_number(s, 59, &m))
		return false;
	if (take(s, ':') && !take_number(s, 59, &sec))
		return false;
	*out = sign * (h * 3600 + m * 60 + sec);
	return true;
}

static bool
take_change(struct str *s, struct change *c)
{
	*c = (struct change){.form = '0', .time = 7200};
	if (!take(s, ','))
		return false;
	if (take(s, 'M')) {
		c->form = 'M';
		if (!take_number(s, 12, &c->month) || !take(s, '.') ||
		    !take_number(s, 5, &c->week) || !take(s, '.') ||
		    !take_number(s, 6, &c->day) || c->month < 1 || c->week < 1)
			return false;
	} else {
		if (take(s, 'J'))
			c->form = 'J';
		if (!take_number(s, 365, &c->day) || (c->form == 'J' && c->day < 1))
			return false;
	}
	return !take(s, '/') || take_clock(s, &c->time);
}

static bool
read_footer(struct zone *z, struct str s)
{
	if (!take_name(&s) || !take_clock(&s, &z->standard))
		return false;
	z->standard = -z->standard; /* POSIX counts west */
	z->summer = z->standard + 3600;
	z->rules = true;
	if (s.n == 0)
		return true;
	z->has_summer = true;
	if (!take_name(&s))
		return false;
	if (s.n && s.p[0] != ',') {
		if (!take_clock(&s, &z->summer))
			return false;
		z->summer = -z->summer;
	}
	return take_change(&s, &z->from) && take_change(&s, &z->to) && s.n == 0;
}

/* The second of the year's change, on the clock that is in force before it. */
static int64_t
change_at(const struct change *c, int year)
{
	int64_t first, days;
	bool leap = when_days(year, 12, 31) - when_days(year, 1, 1) == 365;

	if (c->form != 'M') {
		days = c->day - (c->form == 'J' && !(leap && c->day >= 60));
		return (when_days(year, 1, 1) + days) * DAY + c->time;
	}
	first = when_days(year, c->month, 1);
	/* 1970-01-01 was a Thursday */
	days = first + ((c->day - (first + 4) % 7) % 7 + 7) % 7 + (c->week - 1) * 7;
	while (days >= (c->month < 12 ? when_days(year, c->month + 1, 1)
				      : when_days(year + 1, 1, 1)))
		days -= 7;
	return days * DAY + c->time;
}

static int
rules_offset(const struct zone *z, int64_t sec)
{
	struct when w;
	int64_t on, off;

	if (!z->has_summer)
		return z->standard;
	when_split((sec + z->standard) * WHEN_S, &w);
	on = change_at(&z->from, w.year) - z->standard;
	off = change_at(&z->to, w.year) - z->summer;
	if (on < off)
		return sec >= on && sec < off ? z->summer : z->standard;
	return sec >= off && sec < on ? z->standard : z->summer;
}

/* --- the file --- */

struct counts {
	size_t utc, std, leap, times, types, chars;
};

static bool
read_header(struct str s, struct counts *c)
{
	int64_t v[6];

	if (s.n < HEADER || !str_starts(s, STR("TZif")))
		return false;
	for (size_t i = 0; i < 6; i++) {
		v[i] = big_endian(s.p + 20 + 4 * i, 4);
		if (v[i] < 0 || v[i] > 65536)
			return false;
	}
	*c = (struct counts){(size_t)v[0], (size_t)v[1], (size_t)v[2], (size_t)v[3],
	    (size_t)v[4], (size_t)v[5]};
	return c->types > 0;
}

static size_t
body_size(const struct counts *c, size_t width)
{
	return c->times * (width + 1) + c->types * 6 + c->chars + c->leap * (width + 4) +
	       c->std + c->utc;
}

static bool
read_body(struct zone *z, struct str s, const struct counts *c, size_t width)
{
	const char *kinds = s.p + c->times * width, *types = kinds + c->times;

	if (s.n < body_size(c, width))
		return false;
	z->n = c->times;
	z->at = mem_new(z->n + 1, sizeof(*z->at));
	z->offset = mem_new(z->n + 1, sizeof(*z->offset));
	z->first = (int)big_endian(types, 4);
	for (size_t i = 0; i < z->n; i++) {
		size_t kind = (unsigned char)kinds[i];

		if (kind >= c->types)
			return false;
		z->at[i] = big_endian(s.p + i * width, width);
		z->offset[i] = (int)big_endian(types + kind * 6, 4);
		if (i && z->at[i] <= z->at[i - 1])
			return false;
	}
	return true;
}

static bool
read_file(struct zone *z, struct str s)
{
	struct counts c;
	size_t width = 4, end;

	if (!read_header(s, &c))
		return false;
	if (s.p[4] >= '2') {
		/* the old 32-bit part stands first; the good part follows */
		s = str_from(s, HEADER + body_size(&c, 4));
		width = 8;
		if (!read_header(s, &c))
			return false;
	}
	s = str_from(s, HEADER);
	if (!read_body(z, s, &c, width))
		return false;
	s = str_from(s, body_size(&c, width));
	if (width == 4 || s.n < 3)
		return true;
	s = str_from(s, 1);
	end = str_chr(s, '\n');
	return end == STR_NPOS || end == 0 || read_footer(z, str_sub(s, 0, end));
}

struct zone *
zone_read(struct str bytes, struct err *e)
{
	struct zone *z = mem_new(1, sizeof(*z));

	if (!read_file(z, bytes)) {
		zone_free(z);
		err_set(e, ERR_CONFIG, "not a time zone file");
		return NULL;
	}
	return z;
}

/* "UTC", "Z", "+02:00", "-0530", "+2". */
static bool
fixed(struct str s, int *seconds)
{
	int sign, h = 0, m = 0;
	size_t colon;
	uint64_t hh, mm = 0;

	*seconds = 0;
	if (str_ieq(s, STR("utc")) || str_ieq(s, STR("gmt")) || str_ieq(s, STR("z")))
		return true;
	if (s.n < 2 || (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	sign = s.p[0] == '-' ? -1 : 1;
	s = str_from(s, 1);
	colon = str_chr(s, ':');
	if (colon == STR_NPOS && s.n == 4)
		colon = 2;
	if (!str_u64(str_sub(s, 0, colon), &hh) || hh > 15)
		return false;
	if (colon != STR_NPOS) {
		s = str_from(s, colon);
		if (s.n && s.p[0] == ':')
			s = str_from(s, 1);
		if (s.n != 2 || !str_u64(s, &mm) || mm > 59)
			return false;
	}
	h = (int)hh;
	m = (int)mm;
	*seconds = sign * (h * 3600 + m * 60);
	return true;
}

/* Could it be the name of a file below the zone directory, and of nothing else? */
static bool
plain_name(struct str s)
{
	if (s.n == 0 || s.n > 64 || s.p[0] == '/' || str_find(s, STR("..")) != STR_NPOS)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], l = (char)(c | 0x20);

		if (!(l >= 'a' && l <= 'z') && !(c >= '0' && c <= '9') && c != '/' &&
		    c != '_' && c != '-' && c != '+')
			return false;
	}
	return true;
}

struct zone *
zone_load(struct str name, struct err *e)
{
	struct arena *a;
	struct zone *z = NULL;
	struct str bytes;
	int seconds;

	if (fixed(name, &seconds)) {
		z = mem_new(1, sizeof(*z));
		z->first = seconds;
		return z;
	}
	a = arena_new();
	if (plain_name(name)) {
		bytes = file_read(a, CAT(a, STR(ZONE_DIR), name).p, ZONE_FILE, e);
		z = bytes.p ? zone_read(bytes, e) : NULL;
	}
	if (!z)
		err_set(e, ERR_CONFIG,
		    "no time zone '" STR_FMT "': a name below " ZONE_DIR
		    " such as Europe/Berlin, UTC, or an offset such as +02:00",
		    STR_ARG(name));
	arena_free(a);
	return z;
}

void
zone_free(struct zone *z)
{
	if (!z)
		return;
	mem_free(z->at);
	mem_free(z->offset);
	mem_free(z);
}

int
zone_offset(const struct zone *z, int64_t ns)
{
	int64_t sec = ns / WHEN_S - (ns % WHEN_S < 0);
	size_t lo = 0, hi = z->n;

	/* keeps what rules_offset() multiplies inside 64 bits */
	if (sec > FAR || sec < -FAR)
		sec = sec > 0 ? FAR : -FAR;

	if (z->rules && (z->n == 0 || sec >= z->at[z->n - 1]))
		return rules_offset(z, sec);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->at[mid] <= sec)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? z->offset[lo - 1] : z->first;
}
