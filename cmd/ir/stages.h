/*
 * stages - programs of the toolkit, one piped into the next.
 */
#ifndef STAGES_H
#define STAGES_H

#include "arena.h"
#include "err.h"

#define STAGE_ARGS 16

struct stage {
	const char *argv[STAGE_ARGS]; /* argv[0] is "irnorm"; NULL-terminated */
	const char *const
	    *files; /* more arguments behind them, NULL-terminated, or NULL */
};

/* The path of a program of the toolkit beside the one that runs, or NULL. */
const char *stages_path(struct arena *, const char *prog);

/*
 * Run the stages, the first one reading `in` (-1: nothing), the last one's output
 * going to `out`; they lie beside the running program.  Returns the highest exit status among them; every stage that
 * ends with 2 or more has been reported.  -1: one could not be started.
 */
int stages_run(
    struct arena *, const struct stage *stages, size_t n, int in, int out, struct err *);

#endif
