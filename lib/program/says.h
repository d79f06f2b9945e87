/*
 * says - options that only make a program say something of itself.
 */
#ifndef SAYS_H
#define SAYS_H

#include "instance.h"

/* Usage, one screen, to a descriptor. */
void says_usage(const struct filter_run *, int fd);

/* -h, --help, --version and the like.  The exit status; -1: none of them was given. */
int says_run(struct filter_run *, struct err *);

#endif
