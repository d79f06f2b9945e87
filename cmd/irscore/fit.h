/*
 * fit - from rows to a model, and whether the new one may take the old one's place.
 */
#ifndef FIT_H
#define FIT_H

#include "measure.h"
#include "model.h"
#include "rows.h"

struct fit {
	double cost;  /* inverse of the penalty */
	size_t least; /* rows that a token must stand in */
	struct str note;
};

/*
 * The model of rows [from, to) that have a verdict, as text in `out`.  False: ERR_DATA
 * when the verdicts are not of both kinds.
 */
bool fit_rows(const struct rows *, size_t from, size_t to, const struct fit *,
    struct buf *out, struct err *);

/* How well a model does on rows [from, to) that have a verdict; fills in their p. */
struct fitness fit_measure(
    const struct model *, const struct rows *, size_t from, size_t to);

#endif
