/*
 * tool - what irnorm does beside filtering: --list, --check, --explain-line.
 */
#ifndef TOOL_H
#define TOOL_H

#include "opt.h"

/* The exit status, or -1 if the command line asks for none of them. */
int tool_main(const struct opt *own, int argc, char **argv);

#endif
