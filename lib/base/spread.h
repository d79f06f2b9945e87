/*
 * spread - a backslash before each quote and each backslash, many bytes at a time.
 *
 * The fast part of writing JSON strings: a record of JSON that is kept in a string has
 * a quote in every few bytes.
 */
#ifndef SPREAD_H
#define SPREAD_H

#include "str.h"

#define SPREAD_BLOCK 32

/* Has this machine instructions for it?  Without, spread() may not be called. */
bool spread_here(void);

/*
 * Write blocks of `s`, as long as they hold nothing but printable ASCII, to `*to`, where
 * twice their size is free, and move `*to` behind them.  Returns how many bytes of `s`
 * were taken; 0: the first block, or what is less than one, is not for us.
 */
size_t spread(char **to, struct str s);

#endif
