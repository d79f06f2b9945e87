/*
 * seen - a record of the stream as moment.h wants it.
 */
#ifndef SEEN_H
#define SEEN_H

#include "filter.h"
#include "moment.h"

struct seen {
	struct moments *moments;
	int rule, host, observer, by, dataset, fold, n, start, end;
};

void seen_start(struct seen *, struct filter_run *, size_t max);
void seen_end(struct seen *);

/* False: the record has no time. */
bool seen_take(struct seen *, struct filter_run *, struct rec *, struct moment *);

#endif
