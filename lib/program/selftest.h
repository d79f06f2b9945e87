/*
 * selftest - known answers, for --self-test: packagers, `ir doctor`, strange machines.
 */
#ifndef SELFTEST_H
#define SELFTEST_H

#include <stdbool.h>

#include "err.h"

/* All of them, in well under a second.  False: `e` names the one that failed. */
bool selftest_run(struct err *);

#endif
