/*
 * test - T(cond) is the framework.
 *
 * A test program is a list of functions named as facts; run each with FACT().
 * TEST_END prints "ok N" or the failures, and is the exit status.
 */
#ifndef TEST_H
#define TEST_H

#include <stdio.h>

static int test_n, test_bad;
static const char *test_fact = "";

#define T(cond)                                                                        \
	((void)(test_n++,                                                              \
	    (cond) ? 0                                                                 \
		   : (test_bad++, fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, \
				      __LINE__, test_fact, #cond))))

#define FACT(f) (test_fact = #f, f())

#define TEST_END                                                                         \
	(printf("%s %d checks, %d wrong\n", test_bad ? "FAIL" : "ok", test_n, test_bad), \
	    test_bad != 0)

#endif
