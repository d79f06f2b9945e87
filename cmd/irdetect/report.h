/*
 * report - what irdetect says of rules without reading events: list, test.
 */
#ifndef REPORT_H
#define REPORT_H

#include "ruleset.h"

/* One JSON line a rule, to standard output. */
void report_list(const struct ruleset *);

/*
 * Cases, one JSON object a line: {"rule":ID,"fires":N,"events":[...]}.  Each is run by
 * a fresh instance of irdetect with the options `argv`; returns the exit status.
 */
int report_test(const char *path, int argc, char **argv);

#endif
