/*
 * each - the lines of a trusted file, packed or not.
 */
#ifndef EACH_H
#define EACH_H

#include "err.h"
#include "str.h"

/*
 * Call `take(ctx, line)` for each line; JSON_PAD bytes are readable behind it.  It
 * returns what is wrong with the line, or NULL.  False: ERR_CONFIG, "file:line: …".
 */
bool each_line(const char *path, const char *(*take)(void *ctx, struct str line),
    void *ctx, struct err *);

#endif
