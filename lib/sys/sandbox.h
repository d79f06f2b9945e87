/*
 * sandbox - give up, for good, what the rest of the run does not need.
 *
 * seccomp-bpf and Landlock, called when files are open and rules compiled.
 * Fails closed: without seccomp the program must not go on.  IR_SANDBOX=off in
 * the environment skips it, with a line on standard error.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "err.h"
#include "str.h"

struct sandbox {
	const char *state; /* directory that stays writable, or NULL */
	bool threads;      /* may start threads */
	bool rename; /* may rename and unlink: a file made before appears at the end */
};

/* No exec, no socket, no ptrace, no file but below `state`.  False: end with e->kind (3). */
bool sandbox_filter(const struct sandbox *, struct err *);

/* What this kernel offers, for `ir doctor`: */
bool sandbox_has_seccomp(void);
int sandbox_landlock(void); /* its ABI version, 0 if there is none */

#endif
