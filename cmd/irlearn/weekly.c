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
	if (w->learned > hour)
		return false;
	w->learned = hour + 1;
	w->hours[weekly_hour(hour)]++;
	w->n++;
	return true;
}
