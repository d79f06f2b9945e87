#include <math.h>

#include "weekly.h"

#define OWN 24 /* hours that count as much as what is known of all */

unsigned
weekly_hour(int64_t hour)
{
	/* 1970 began on a Thursday */
	return hour < 0 ? 0 : (unsigned)((hour + 3 * 24) % WEEKLY_HOURS);
}

/* With its neighbours, each half as much. */
static double
smooth(const struct weekly *w, unsigned hour)
{
	return (w->hours[hour] + 0.5 * w->hours[(hour + 1) % WEEKLY_HOURS] +
		   0.5 * w->hours[(hour + WEEKLY_HOURS - 1) % WEEKLY_HOURS]) /
	       2;
}

double
weekly_score(const struct weekly *w, const struct weekly *all, unsigned hour)
{
	double general = 1.0 / WEEKLY_HOURS, p;

	if (all)
		general = (smooth(all, hour) + 1) / ((double)all->n + WEEKLY_HOURS);
	p = (smooth(w, hour) + OWN * general) / ((double)w->n + OWN);
	/* an hour that all should have is at 6 nats, so that scores stay above 0 */
	return 6 - log(p * WEEKLY_HOURS);
}

bool
weekly_learn(struct weekly *w, int64_t hour)
{
	bool late = w->learned > hour;

	if (hour < 0 || hour >= UINT32_MAX)
		return false;
	if (!late || recent_at(&w->recent, hour))
		recent_add(&w->recent, WEEKLY_HOURS,
		    &(struct recent_span){.at = (uint32_t)hour, .n = 1, .taught = !late});
	if (late)
		return false;
	w->learned = hour + 1;
	w->hours[weekly_hour(hour)]++;
	w->n++;
	return true;
}

int
weekly_unlearn(struct weekly *w, int64_t hour)
{
	struct recent_span *s = recent_at(&w->recent, hour);
	uint32_t *of = &w->hours[weekly_hour(hour)], counted;

	if (!s)
		return -1;
	if (s->n > 1) {
		s->n--;
		return 0;
	}
	counted = s->taught < *of ? s->taught : *of;
	*of -= counted;
	w->n -= counted;
	recent_drop(&w->recent, s);
	if (w->learned == hour + 1)
		w->learned = w->recent.n ? (int64_t)w->recent.v[0].at + 1 : 0;
	return (int)counted;
}
