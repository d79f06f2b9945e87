/*
 * exhibit - what one alert of an incident shows of the attacker's traces.
 */
#ifndef EXHIBIT_H
#define EXHIBIT_H

#include "look.h"

/* Note what an alert shows; one of no incident shows nothing. */
void exhibit_alert(const struct look_slots *, struct rec *, struct finds *);

/* Note what an event shows of a process that an alert of an incident was about. */
void exhibit_event(const struct look_slots *, struct rec *, struct finds *);

#endif
