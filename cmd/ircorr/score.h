/*
 * score - how much an incident deserves attention: 0 to 100, a sum of named points.
 *
 * Points are whole numbers made of what stands in the incident's record, so that
 * anybody can make and add them up again (ircorr(1) says how).
 */
#ifndef SCORE_H
#define SCORE_H

#include "attack.h"
#include "incident.h"

/* What an alert is worth: its ir.score.value, else by its severity. */
unsigned score_of_alert(const struct sighting *);

/* ir.score.value and ir.score.parts, as members of a record that has some already. */
void score_write(const struct incident *, const struct attack *, struct buf *);

#endif
