/*
 * exec - the only place where a program that acts runs another one.
 *
 * By absolute path and argv: no shell, no search, an environment of PATH and
 * LC_ALL alone, no open descriptor but those of its three streams.  What it
 * writes is bounded; when its time is over its whole process group is killed.
 */
#ifndef EXEC_H
#define EXEC_H

#include "arena.h"
#include "err.h"
#include "str.h"

#define EXEC_OUT ((size_t)1 << 20) /* bytes of its output that are kept */

struct exec {
	const char *const *argv; /* argv[0] is the absolute path; NULL behind the last */
	const char *const *env;  /* "NAME=value" on top; NULL: none */
	struct str in;           /* for its standard input */
	int dir;                 /* it starts in this open directory; 0: in "/" */
	int64_t time_ms;         /* most time; 0: a minute */
};

struct exec_end {
	int status;     /* exit status; 128 + signal if one ended it */
	bool late;      /* its time was over */
	bool cut;       /* it wrote more than is kept */
	struct str out; /* what it wrote to standard output; in the arena */
	struct str err; /* the last line of its standard error, for messages */
};

/*
 * Run it to its end.  False (ERR_SYS): it could not be started, is not owned by
 * root or us, or may be written by others.  How it ended is in `end`.
 */
bool exec_run(struct arena *, const struct exec *, struct exec_end *, struct err *);

/* The same, and any end but status 0 is an error, with what it said. */
bool exec_ok(struct arena *, const struct exec *, struct exec_end *, struct err *);

/* Is there a program at that path that may be run? */
bool exec_there(const char *path);

#endif
