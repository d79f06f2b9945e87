#include "when.h"

int64_t
when_days(int y, int m, int d)
{
	/* Years from March, so that the leap day is the last one. */
	int64_t yy = (int64_t)y - (m <= 2);
	int64_t era = (yy >= 0 ? yy : yy - 399) / 400;
	int64_t yoe = yy - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

static int
month_days(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return days[m - 1] + (m == 2 && leap);
}

bool
when_ns(const struct when *w, int64_t *ns)
{
	int y = w->year ? w->year : 1972; /* a leap year, so that 29 February is one */
	int64_t s;

	if (w->mon < 1 || w->mon > 12 || w->day < 1 || w->day > month_days(y, w->mon) ||
	    w->hour < 0 || w->hour > 23 || w->min < 0 || w->min > 59 || w->sec < 0 ||
	    w->sec > 60 || w->year < 0 || w->year > 9999)
		return false;
	s = when_days(w->year ? w->year : 1970, w->mon, w->day) * 86400 + w->hour * 3600 +
	    w->min * 60 + w->sec - (w->has_zone ? w->zone : 0);
	if (s > INT64_MAX / WHEN_S - 1 || s < INT64_MIN / WHEN_S + 1)
		return false;
	*ns = s * WHEN_S + w->ns;
	return true;
}

void
when_split(int64_t ns, struct when *w)
{
	int64_t s = ns / WHEN_S, frac = ns % WHEN_S, days, z, era, doe, yoe, doy, mp;

	if (frac < 0) {
		frac += WHEN_S;
		s--;
	}
	days = s / 86400;
	s %= 86400;
	if (s < 0) {
		s += 86400;
		days--;
	}
	z = days + 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*w = (struct when){.day = (int)(doy - (153 * mp + 2) / 5 + 1),
	    .mon = (int)(mp < 10 ? mp + 3 : mp - 9),
	    .hour = (int)(s / 3600),
	    .min = (int)(s / 60 % 60),
	    .sec = (int)(s % 60),
	    .ns = (int)frac,
	    .has_zone = true,
	    .digits = 9};
	w->year = (int)(yoe + era * 400 + (w->mon <= 2));
}

static void
put(char *p, int v, int digits)
{
	while (digits-- > 0) {
		p[digits] = (char)('0' + v % 10);
		v /= 10;
	}
}

static void
put2(char *p, int v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
}

static size_t
write_utc(char out[WHEN_MAX], const struct when *w)
{
	int digits = w->ns % 1000 ? 9 : w->ns % 1000000 ? 6 : 3;
	size_t n = 20;

	memcpy(out, "0000-00-00T00:00:00.000Z", 25);
	put2(out, w->year / 100);
	put2(out + 2, w->year % 100);
	put2(out + 5, w->mon);
	put2(out + 8, w->day);
	put2(out + 11, w->hour);
	put2(out + 14, w->min);
	put2(out + 17, w->sec);
	if (w->ns == 0)
		return 24;
	put(out + n,
	    digits == 9   ? w->ns
	    : digits == 6 ? w->ns / 1000
			  : w->ns / 1000000,
	    digits);
	n += (size_t)digits;
	out[n++] = 'Z';
	out[n] = '\0';
	return n;
}

size_t
when_text(char out[WHEN_MAX], int64_t ns)
{
	struct when w;

	when_split(ns, &w);
	if (w.year < 0)
		w.year = 0;
	return write_utc(out, &w);
}

/* --- reading; `*s` moves only as a part is read --- */

static bool
ch(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

static bool
digits(struct str *s, int n, int *v)
{
	int x = 0;

	if (s->n < (size_t)n)
		return false;
	for (int i = 0; i < n; i++) {
		unsigned d = (unsigned char)s->p[i] - '0';

		if (d > 9)
			return false;
		x = x * 10 + (int)d;
	}
	s->p += n;
	s->n -= (size_t)n;
	*v = x;
	return true;
}

static bool
is_digit(struct str s)
{
	return s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

/* ".250" or ",250" if there is one; more than nine digits are cut. */
static void
fraction(struct str *s, struct when *w)
{
	static const int ns[] = {
	    1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	struct str t = *s;
	size_t n = 0;
	unsigned d;
	int v = 0;

	if ((!ch(&t, '.') && !ch(&t, ',')) || !is_digit(t))
		return;
	for (; n < t.n && (d = (unsigned char)t.p[n] - (unsigned)'0') <= 9; n++)
		if (n < 9)
			v = v * 10 + (int)d;
	w->digits = (int)n;
	w->ns = v * ns[n < 9 ? n : 9];
	*s = str_from(t, n);
}

static bool
clock_(struct str *s, struct when *w)
{
	if (!digits(s, 2, &w->hour) || !ch(s, ':') || !digits(s, 2, &w->min))
		return false;
	if (!ch(s, ':') || !digits(s, 2, &w->sec))
		return false;
	fraction(s, w);
	return true;
}

/* "Z", "+00:00", "+0000", "+00"; none of them is fine too. */
static bool
zone(struct str *s, struct when *w)
{
	struct str t = *s;
	int h, m = 0, sign;

	if (ch(&t, 'Z') || ch(&t, 'z')) {
		w->has_zone = true;
		w->zone = 0;
		*s = t;
		return true;
	}
	if (t.n == 0 || (t.p[0] != '+' && t.p[0] != '-'))
		return false;
	sign = t.p[0] == '-' ? -1 : 1;
	t = str_from(t, 1);
	if (!digits(&t, 2, &h))
		return false;
	ch(&t, ':');
	if (is_digit(t) && !digits(&t, 2, &m))
		return false;
	if (h > 18 || m > 59)
		return false;
	w->has_zone = true;
	w->zone = sign * (h * 3600 + m * 60);
	*s = t;
	return true;
}

#define NAME(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))

static bool
month(struct str *s, int *mon)
{
	/* the sum of the last two letters tells them apart */
#define PLACE(b, c)       (((b) + (c)) & 31)
#define MONTH(a, b, c, n) [PLACE(b, c)] = { NAME(a, b, c), n }
	static const struct {
		uint32_t name;
		int number;
	} months[32] = {MONTH('J', 'a', 'n', 1), MONTH('F', 'e', 'b', 2),
	    MONTH('M', 'a', 'r', 3), MONTH('A', 'p', 'r', 4), MONTH('M', 'a', 'y', 5),
	    MONTH('J', 'u', 'n', 6), MONTH('J', 'u', 'l', 7), MONTH('A', 'u', 'g', 8),
	    MONTH('S', 'e', 'p', 9), MONTH('O', 'c', 't', 10), MONTH('N', 'o', 'v', 11),
	    MONTH('D', 'e', 'c', 12)};
	const unsigned char *p = (const unsigned char *)s->p;
	unsigned at;

	if (s->n < 3)
		return false;
	at = PLACE(p[1], p[2]);
	if (months[at].name != NAME(p[0], p[1], p[2]) || months[at].number == 0)
		return false;
	*mon = months[at].number;
	*s = str_from(*s, 3);
	return true;
}

/*
 * "2026-11-24T07:37:" of the usual spelling, eight bytes at a time: what is left of the
 * digits is what they say, and nothing is left of what stands between them.
 */
static bool
usual(struct str *s, struct when *w)
{
	const uint64_t lows = UINT64_C(0x0606060606060606);
	const uint64_t high = UINT64_C(0xf0f0f0f0f0f0f0f0);
	uint64_t date, time;

	if (s->n < 17 || s->p[16] != ':')
		return false;
	memcpy(&date, s->p, 8);
	memcpy(&time, s->p + 8, 8);
	date = le64toh(date) ^ UINT64_C(0x2d30302d30303030); /* 0000-00- */
	time = le64toh(time) ^ UINT64_C(0x30303a3030543030); /* 00T00:00 */
	if ((date & UINT64_C(0xff0000ff00000000)) |
	    (time & UINT64_C(0x0000ff0000ff0000)) |
	    ((date | time | (date + lows) | (time + lows)) & high))
		return false;
	/* each pair of digits as a number, in the place of its first */
	date = date * 10 + (date >> 8);
	time = time * 10 + (time >> 8);
	w->year = (int)(date & 0xff) * 100 + (int)(date >> 16 & 0xff);
	w->mon = (int)(date >> 40 & 0xff);
	w->day = (int)(time & 0xff);
	w->hour = (int)(time >> 24 & 0xff);
	w->min = (int)(time >> 48 & 0xff);
	*s = str_from(*s, 17);
	return true;
}

static bool
iso_clock(struct str *s, struct when *w)
{
	if (usual(s, w)) {
		if (!digits(s, 2, &w->sec))
			return false;
		fraction(s, w);
		return true;
	}
	if (!digits(s, 4, &w->year) || !ch(s, '-') || !digits(s, 2, &w->mon) ||
	    !ch(s, '-') || !digits(s, 2, &w->day))
		return false;
	return (ch(s, 'T') || ch(s, ' ') || ch(s, 't')) && clock_(s, w);
}

bool
when_scan_iso(struct str *s, struct when *w)
{
	struct str t = *s;

	*w = (struct when){0};
	if (!iso_clock(&t, w))
		return false;
	if (!zone(&t, w)) {
		struct str u = t;

		if (ch(&u, ' ') && u.n && (u.p[0] == '+' || u.p[0] == '-') && zone(&u, w))
			t = u;
	}
	*s = t;
	return true;
}

bool
when_scan_bsd(struct str *s, struct when *w)
{
	struct str t = *s, u;

	*w = (struct when){0};
	if (!month(&t, &w->mon) || !ch(&t, ' '))
		return false;
	if (ch(&t, ' ')) {
		/* a day of two digits behind two blanks is somebody's mistake, and clear */
		if (!digits(&t, t.n > 1 && t.p[1] != ' ' ? 2 : 1, &w->day))
			return false;
	} else if (t.n > 1 && t.p[1] == ' ') {
		if (!digits(&t, 1, &w->day))
			return false;
	} else if (!digits(&t, 2, &w->day)) {
		return false;
	}
	if (!ch(&t, ' '))
		return false;
	u = t;
	if (digits(&u, 4, &w->year) && ch(&u, ' '))
		t = u;
	else
		w->year = 0;
	if (!clock_(&t, w))
		return false;
	*s = t;
	return true;
}

bool
when_scan_clf(struct str *s, struct when *w)
{
	struct str t = *s;

	*w = (struct when){0};
	if (!digits(&t, 2, &w->day) || !ch(&t, '/') || !month(&t, &w->mon) ||
	    !ch(&t, '/') || !digits(&t, 4, &w->year) || !ch(&t, ':') || !clock_(&t, w))
		return false;
	if (ch(&t, ' ') && !zone(&t, w))
		return false;
	*s = t;
	return true;
}

bool
when_scan_slash(struct str *s, struct when *w)
{
	struct str t = *s;

	*w = (struct when){0};
	if (!digits(&t, 4, &w->year) || !ch(&t, '/') || !digits(&t, 2, &w->mon) ||
	    !ch(&t, '/') || !digits(&t, 2, &w->day) || !ch(&t, ' ') || !clock_(&t, w))
		return false;
	*s = t;
	return true;
}

bool
when_scan_ctime(struct str *s, struct when *w)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	struct str t = *s;
	bool ok = false;

	if (t.n < 4)
		return false;
	for (int i = 0; i < 7; i++)
		ok |= memcmp(t.p, days + 3 * i, 3) == 0;
	t = str_from(t, 3);
	if (!ok || !ch(&t, ' ') || !when_scan_bsd(&t, w))
		return false;
	if (w->year == 0 && (!ch(&t, ' ') || !digits(&t, 4, &w->year)))
		return false;
	*s = t;
	if (ch(&t, ' ') && zone(&t, w))
		*s = t;
	return true;
}

bool
when_parse(struct str s, int64_t *ns)
{
	struct when w;

	return when_scan_iso(&s, &w) && s.n == 0 && w.has_zone && when_ns(&w, ns);
}

bool
when_respell(struct str s, char out[WHEN_MAX], size_t *n)
{
	struct when w;
	int64_t ns;

	if (!when_scan_iso(&s, &w) || s.n || !w.has_zone || !when_ns(&w, &ns))
		return false;
	/* what is UTC already is not counted to and fro */
	*n = w.zone == 0 && w.sec < 60 && w.year > 0 ? write_utc(out, &w)
						     : when_text(out, ns);
	return true;
}

bool
when_epoch(struct str s, int64_t *ns)
{
	size_t dot = str_chr(s, '.');
	int64_t v;
	struct when w = {0};

	if (!str_i64(str_sub(s, 0, dot == STR_NPOS ? s.n : dot), &v) || v < 0)
		return false;
	if (dot != STR_NPOS) {
		struct str f = str_from(s, dot);

		fraction(&f, &w);
		if (f.n != 0 || v > INT64_MAX / WHEN_S - 1)
			return false;
		*ns = v * WHEN_S + w.ns;
	} else if (v <= INT64_MAX / WHEN_S) {
		*ns = v * WHEN_S;
	} else if (v <= INT64_MAX / WHEN_MS) {
		*ns = v * WHEN_MS;
	} else if (v <= INT64_MAX / 1000) {
		*ns = v * 1000;
	} else {
		*ns = v;
	}
	return true;
}
