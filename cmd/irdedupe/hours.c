#include "hours.h"
#include "when.h"
#include "zone.h"

#define DAY 86400

struct hours {
	struct zone *zone; /* NULL: UTC */
	bool days[7];      /* from Monday */
	int from, to;      /* seconds of the day */
};

static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static int
day_of(struct str name)
{
	for (int i = 0; i < 7; i++)
		if (str_ieq(str_sub(name, 0, 3), str_of(day_names[i])))
			return i;
	return -1;
}

/* "mon", "Saturday", "mon-fri"; none: every day. */
static bool
read_days(const struct source_file *f, const struct node *node, struct hours *h)
{
	for (int i = 0; i < 7; i++)
		h->days[i] = !node;
	for (size_t i = 0; i < node_count(node); i++) {
		struct str to = node_text(node_at(node, i)), whole = to;
		struct str from = str_cut(&to, '-');
		int a = day_of(from), b = to.p ? day_of(to) : a;

		if (a < 0 || b < 0)
			return source_bad(f, node, "not a day or days:", whole);
		for (h->days[a] = true; a != b; h->days[a] = true)
			a = (a + 1) % 7;
	}
	return true;
}

/* "07:30" as seconds. */
static bool
clock_time(struct str s, int *seconds)
{
	struct str min = str_trim(s), hour = str_cut(&min, ':');
	uint64_t h, m;

	if (!str_u64(hour, &h) || !str_u64(min, &m) || h > 24 || m > 59 || min.n != 2)
		return false;
	*seconds = (int)(h * 3600 + m * 60);
	return *seconds <= DAY;
}

static bool
read_clock(const struct source_file *f, const struct node *node, struct hours *h)
{
	struct str to = node_text(node), from;

	h->to = DAY;
	if (!node)
		return true;
	from = str_cut(&to, '-');
	if (clock_time(from, &h->from) && clock_time(to, &h->to) && h->from != h->to)
		return true;
	return source_bad(f, node, "not hours such as 22:00-04:30:", node_text(node));
}

struct hours *
hours_read(const struct source_file *f, const struct node *rule)
{
	const struct node *zone = node_get(rule, STR("zone"));
	struct hours *h = arena_zero(f->a, sizeof(*h));

	if (!read_days(f, node_get(rule, STR("days")), h) ||
	    !read_clock(f, node_get(rule, STR("hours")), h))
		return NULL;
	if (zone && !(h->zone = zone_load(node_text(zone), f->e))) {
		err_at(f->e, "%s:%d:%d", f->name, zone->line, zone->col);
		return NULL;
	}
	return h;
}

void
hours_free(struct hours *h)
{
	if (h)
		zone_free(h->zone);
}

bool
hours_now(const struct hours *h, int64_t ns)
{
	int64_t s = ns / WHEN_S - (ns % WHEN_S < 0);
	int64_t day;
	int clock, week;

	if (h->zone)
		s += zone_offset(h->zone, ns);
	day = s / DAY - (s % DAY < 0);
	clock = (int)(s - day * DAY);
	week = (int)(((day + 3) % 7 + 7) % 7); /* 1970 began on a Thursday */
	if (h->from < h->to)
		return h->days[week] && clock >= h->from && clock < h->to;
	return (h->days[week] && clock >= h->from) ||
	       (h->days[(week + 6) % 7] && clock < h->to);
}
