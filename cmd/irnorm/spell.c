#include "spell.h"

#define HOUR 3600

/* What it means most often, where an abbreviation has several meanings. */
static const struct {
	const char *name;
	int seconds;
} zones[] = {{"UTC", 0}, {"GMT", 0}, {"WET", 0}, {"WEST", HOUR}, {"BST", HOUR},
    {"IST", 5 * HOUR + HOUR / 2}, {"CET", HOUR}, {"MET", HOUR}, {"CEST", 2 * HOUR},
    {"MEST", 2 * HOUR}, {"EET", 2 * HOUR}, {"SAST", 2 * HOUR}, {"EEST", 3 * HOUR},
    {"MSK", 3 * HOUR}, {"TRT", 3 * HOUR}, {"EAT", 3 * HOUR}, {"PKT", 5 * HOUR},
    {"WIB", 7 * HOUR}, {"HKT", 8 * HOUR}, {"SGT", 8 * HOUR}, {"AWST", 8 * HOUR},
    {"JST", 9 * HOUR}, {"KST", 9 * HOUR}, {"AEST", 10 * HOUR}, {"AEDT", 11 * HOUR},
    {"NZST", 12 * HOUR}, {"NZDT", 13 * HOUR}, {"BRT", -3 * HOUR}, {"ART", -3 * HOUR},
    {"ADT", -3 * HOUR}, {"AST", -4 * HOUR}, {"EDT", -4 * HOUR}, {"EST", -5 * HOUR},
    {"CDT", -5 * HOUR}, {"CST", -6 * HOUR}, {"MDT", -6 * HOUR}, {"MST", -7 * HOUR},
    {"PDT", -7 * HOUR}, {"PST", -8 * HOUR}, {"AKDT", -8 * HOUR}, {"AKST", -9 * HOUR},
    {"HST", -10 * HOUR}};

/* " CEST" behind a time: two to five capitals, with `known` only a zone's name. */
static void
zone_name(struct str *s, struct when *w, bool known)
{
	struct str name = str_from(*s, 1);
	size_t n = 0;

	while (n < name.n && name.p[n] >= 'A' && name.p[n] <= 'Z')
		n++;
	if (!str_starts(*s, STR(" ")) || n < 2 || n > 5)
		return;
	name = str_sub(name, 0, n);
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones) && !w->has_zone; i++)
		if (str_eq(name, str_of(zones[i].name))) {
			w->has_zone = true;
			w->zone = zones[i].seconds;
		}
	if (w->has_zone || !known)
		*s = str_from(*s, n + 1);
}

bool
spell_zoned(struct str *s, struct when *w)
{
	struct str rest = *s;

	if (!when_scan_iso(&rest, w) && (rest = *s, !when_scan_bsd(&rest, w)))
		return false;
	zone_name(&rest, w, false);
	*s = rest;
	return true;
}

/* A number of `min` to `max` digits. */
static bool
number(struct str *s, size_t min, size_t max, int *v)
{
	size_t n = 0;

	*v = 0;
	for (; n < s->n && n < max && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		*v = *v * 10 + (s->p[n] - '0');
	*s = str_from(*s, n);
	return n >= min;
}

static bool
sign(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

static void
blanks(struct str *s)
{
	while (sign(s, ' '))
		;
}

/* ".250" or ",250", if there is one. */
static void
fraction(struct str *s, struct when *w)
{
	int digits = 0;

	w->ns = 0;
	if (!(sign(s, '.') || sign(s, ',')))
		return;
	for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; *s = str_from(*s, 1))
		if (digits < 9) {
			w->ns = w->ns * 10 + (s->p[0] - '0');
			digits++;
		}
	w->digits = digits;
	for (; digits < 9; digits++)
		w->ns *= 10;
}

static bool
clock_(struct str *s, struct when *w)
{
	return number(s, 1, 2, &w->hour) && sign(s, ':') && number(s, 2, 2, &w->min) &&
	       sign(s, ':') && number(s, 2, 2, &w->sec) && w->hour < 24 && w->min < 60 &&
	       w->sec <= 60;
}

static bool
date(const struct when *w)
{
	return w->mon >= 1 && w->mon <= 12 && w->day >= 1 && w->day <= 31;
}

bool
spell_short(struct str *s, struct when *w)
{
	struct str rest = *s;
	int v;

	*w = (struct when){0};
	if (number(&rest, 8, 8, &v)) {
		w->year = v / 10000;
		w->mon = v / 100 % 100;
		w->day = v % 100;
	} else if (rest = *s, number(&rest, 6, 6, &v)) {
		w->year = 2000 + v / 10000;
		w->mon = v / 100 % 100;
		w->day = v % 100;
	} else {
		char sep;

		rest = *s;
		if (!number(&rest, 4, 4, &w->year))
			return false;
		sep = rest.n && rest.p[0] == '/' ? '/' : '-';
		if (!sign(&rest, sep) || !number(&rest, 2, 2, &w->mon) ||
		    !sign(&rest, sep) || !number(&rest, 2, 2, &w->day))
			return false;
	}
	if (!date(w) || !sign(&rest, ' '))
		return false;
	if (str_starts(rest, STR("- ")))
		rest = str_from(rest, 2);
	blanks(&rest);
	if (!clock_(&rest, w))
		return false;
	fraction(&rest, w);
	*s = rest;
	return true;
}

/* " +0100" behind a time, if it is there. */
static void
offset(struct str *s, struct when *w)
{
	struct str rest = *s;
	bool minus = str_starts(rest, STR(" -"));
	int v;

	if (!minus && !str_starts(rest, STR(" +")))
		return;
	rest = str_from(rest, 2);
	if (!number(&rest, 4, 4, &v) || v > 1400 || v % 100 >= 60)
		return;
	w->has_zone = true;
	w->zone = (v / 100 * 60 + v % 100) * 60 * (minus ? -1 : 1);
	*s = rest;
}

static bool
gap(struct str *s)
{
	return sign(s, '/') || sign(s, ' ') || sign(s, '-');
}

/* "Nov" in any case. */
static bool
month(struct str *s, int *mon)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct str name = str_sub(*s, 0, 3);

	for (int m = 0; m < 12; m++)
		if (str_ieq(name, (struct str){months + 3 * m, 3})) {
			*mon = m + 1;
			*s = str_from(*s, 3);
			return true;
		}
	return false;
}

bool
spell_dmy(struct str *s, struct when *w)
{
	struct str rest = *s;

	*w = (struct when){0};
	if (!number(&rest, 1, 2, &w->day) || !gap(&rest))
		return false;
	if (!month(&rest, &w->mon) || !date(w) || !gap(&rest) ||
	    !number(&rest, 4, 4, &w->year) || !(sign(&rest, ' ') || sign(&rest, ':')) ||
	    !clock_(&rest, w))
		return false;
	fraction(&rest, w);
	offset(&rest, w);
	if (!w->has_zone)
		zone_name(&rest, w, true);
	*s = rest;
	return true;
}

/* "11/24/2026" or "Nov 24, 2026" */
static bool
us_date(struct str *s, struct when *w)
{
	if (month(s, &w->mon))
		return sign(s, ' ') && number(s, 1, 2, &w->day) && sign(s, ',') &&
		       sign(s, ' ') && number(s, 4, 4, &w->year) && date(w);
	return number(s, 1, 2, &w->mon) && sign(s, '/') && number(s, 1, 2, &w->day) &&
	       sign(s, '/') && number(s, 2, 4, &w->year) && date(w);
}

bool
spell_us(struct str *s, struct when *w)
{
	struct str rest = *s;
	bool pm;

	*w = (struct when){0};
	if (!us_date(&rest, w))
		return false;
	if (w->year < 100)
		w->year += 2000;
	sign(&rest, ',');
	if (!sign(&rest, ' ') || !clock_(&rest, w))
		return false;
	fraction(&rest, w);
	pm = str_starts(rest, STR(" PM"));
	if (pm || str_starts(rest, STR(" AM"))) {
		w->hour = w->hour % 12 + (pm ? 12 : 0);
		rest = str_from(rest, 3);
	}
	zone_name(&rest, w, true);
	*s = rest;
	return w->year >= 1970;
}

bool
spell_snort(struct str *s, struct when *w)
{
	struct str rest = *s;

	*w = (struct when){0};
	if (!number(&rest, 2, 2, &w->mon) || !sign(&rest, '/') ||
	    !number(&rest, 2, 2, &w->day) || !date(w))
		return false;
	if (sign(&rest, '/') && !number(&rest, 2, 4, &w->year))
		return false;
	if (w->year > 0 && w->year < 100)
		w->year += 2000;
	if (!sign(&rest, '-') || !clock_(&rest, w))
		return false;
	fraction(&rest, w);
	*s = rest;
	return true;
}

bool
spell_klog(struct str *s, struct when *w)
{
	struct str rest = *s;

	*w = (struct when){0};
	if (!number(&rest, 2, 2, &w->mon) || !number(&rest, 2, 2, &w->day) || !date(w) ||
	    !sign(&rest, ' ') || !clock_(&rest, w))
		return false;
	fraction(&rest, w);
	*s = rest;
	return true;
}
