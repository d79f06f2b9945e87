/*
 * privs - what a process gives up before it reads what others wrote.
 */
#ifndef PRIVS_H
#define PRIVS_H

#include <stdbool.h>
#include <sys/types.h>

#include "err.h"

/* Become nobody, where that user exists, without any capability.  False: `e` says why. */
bool privs_drop(struct err *);

/* Die when the parent does.  Must come after a change of user, which clears it. */
bool privs_dies_with(pid_t parent, struct err *);

/* Close all descriptors from 3 on but these two; negative ones are none. */
void privs_close_others(int a, int b);

#endif
