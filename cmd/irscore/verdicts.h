/*
 * verdicts - what people said of alerts and incidents, by id.
 */
#ifndef VERDICTS_H
#define VERDICTS_H

#include "err.h"
#include "rows.h"

struct verdicts;

/* A file of verdict records; of several for one id the last holds.  NULL: ERR_CONFIG. */
struct verdicts *verdicts_load(const char *path, struct err *);
void verdicts_free(struct verdicts *);

/* Of an alert, or else of the incident it belongs to; both may be absent. */
enum verdict verdicts_of(const struct verdicts *, struct str alert, struct str incident);

#endif
