/*
 * history - what was typed into a shell, by its history file.
 *
 * bash writes a line "#1700000000" before each command, if it is told to; zsh
 * ": 1700000000:0;command".  A file is one by its name, or by such a first line:
 * never by a later one, which somebody could have written into any log.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "norm.h"

/* False: the input is no history. */
bool norm_history(struct norm *, struct origin *, struct str line);

#endif
