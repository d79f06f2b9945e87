/*
 * common - the options that every filter has.
 */
#ifndef COMMON_H
#define COMMON_H

#include "opt.h"

struct common {
	bool help, short_help, version, options, self_test, quiet, stats, explain, strict;
	bool unbuffered, line_buffered, offline;
	int verbose;
	const char *completion;
	const char *log_form;
	const char *where;
	const char *reject;
	const char *output;
	const char *metrics;
	const char *state;
	const char *max_errors; /* "N" or "P%" */
	int64_t now;            /* ns; INT64_MIN: the clock */
	int64_t tick_ms;
	int64_t lateness_ms;
	size_t max_line;
};

extern const struct common common_defaults;

/* The table; `records`: with the options that only make sense for records. */
const struct opt *common_options(bool records);

/* "N" or "P%": have there been too many of `bad` among `all`?  False returned: garbage. */
bool common_too_many(const char *limit, uint64_t bad, uint64_t all, bool *yes);

#endif
