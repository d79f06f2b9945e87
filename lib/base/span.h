/*
 * span - lengths of time and sizes with their units, as people write them.
 */
#ifndef SPAN_H
#define SPAN_H

#include "str.h"

/* "10m", "1h30m", "500ms", "2d", "1w"; a bare number is seconds.  Milliseconds out. */
bool span_parse(struct str, int64_t *ms);

/* "64MiB", "10k", "1GB", "512"; KiB, MiB, GiB are powers of 1024, kB, MB, GB of 1000. */
bool span_size(struct str, uint64_t *bytes);

#define SPAN_MAX 48

/* "1h30m", as span_parse() reads it; returns `out`. */
const char *span_text(char out[SPAN_MAX], int64_t ms);

#endif
