/*
 * spool - the records of a finished run: what is shown and what is cited.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdbool.h>

#include "err.h"

/* As text for people: incidents, worst first, then alerts that belong to none; the
 * informational ones among these are only counted, unless `all`. */
bool spool_text(int fd, int out, bool all, struct err *);

/* As records: last version of each incident, plans, and the alerts and events that
 * they cite.  Alerts that no incident took up are there too. */
bool spool_json(int fd, int out, struct err *);

#endif
