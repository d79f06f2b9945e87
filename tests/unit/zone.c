#include "test.h"
#include "when.h"
#include "zone.h"

static void
knows_the_clock_of_a_place(void)
{
	static const struct {
		const char *zone, *moment;
		int offset;
	} rows[] = {
	    {"UTC", "2026-07-01T00:00:00Z", 0},
	    {"+02:00", "2026-01-01T00:00:00Z", 7200},
	    {"-0330", "2026-01-01T00:00:00Z", -12600},
	    {"+5", "2026-01-01T00:00:00Z", 18000},
	    {"Europe/Berlin", "2026-03-29T00:59:59Z", 3600},
	    {"Europe/Berlin", "2026-03-29T01:00:00Z", 7200},
	    {"Europe/Berlin", "2026-10-25T00:59:59Z", 7200},
	    {"Europe/Berlin", "2026-10-25T01:00:00Z", 3600},
	    {"Europe/Berlin", "1900-06-01T00:00:00Z", 3600},
	    {"Europe/Berlin", "2099-07-01T00:00:00Z", 7200},
	    {"Europe/Berlin", "2099-12-01T00:00:00Z", 3600},
	    {"America/New_York", "2026-11-24T07:38:09Z", -18000},
	    {"America/New_York", "2087-07-01T00:00:00Z", -14400},
	    {"Australia/Sydney", "2080-01-15T00:00:00Z", 39600},
	    {"Australia/Sydney", "2080-07-15T00:00:00Z", 36000},
	    {"Asia/Kolkata", "2050-07-15T00:00:00Z", 19800},
	};
	struct err e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct zone *z = zone_load(str_of(rows[i].zone), &e);
		int64_t ns;

		T(z);
		T(when_parse(str_of(rows[i].moment), &ns));
		if (z && zone_offset(z, ns) != rows[i].offset) {
			fprintf(stderr, "%s at %s: %d\n", rows[i].zone, rows[i].moment,
			    zone_offset(z, ns));
			T(!"the offset");
		}
		zone_free(z);
	}
}

static void
refuses_what_is_no_zone(void)
{
	static const char *const rows[] = {"", "Berlin", "../../../etc/passwd",
	    "/etc/passwd", "Europe", "+25", "+02:99", "+", "Europe/Ber\nlin", "zone.tab"};
	struct err e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		T(!zone_load(str_of(rows[i]), &e));
	T(e.kind == ERR_CONFIG);
	T(!zone_read(STR(""), &e));
	T(!zone_read(STR("TZif2"), &e));
}

static void
survives_the_ends_of_time(void)
{
	struct err e;
	struct zone *z = zone_load(STR("Europe/Berlin"), &e);

	T(z);
	if (z) {
		T(zone_offset(z, INT64_MIN) > 0);
		T(zone_offset(z, INT64_MAX) > 0);
	}
	zone_free(z);
}

int
main(void)
{
	FACT(knows_the_clock_of_a_place);
	FACT(refuses_what_is_no_zone);
	FACT(survives_the_ends_of_time);
	return TEST_END;
}
