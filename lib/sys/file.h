/*
 * file - whole files: read with a limit, replace without a moment of absence.
 */
#ifndef FILE_H
#define FILE_H

#include "arena.h"
#include "err.h"
#include "str.h"

/* The bytes of a file of at most `max`, NUL behind them, in the arena; else absent. */
struct str file_read(struct arena *, const char *path, size_t max, struct err *);

/*
 * The same of a file that we wrote ourselves: absent if it is no regular file, is
 * somebody else's or can be written by others, and when it cannot be read.
 */
struct str file_read_own(struct arena *, const char *path, size_t max);

/* Write, fsync, rename, fsync the directory.  Mode 0600 (or what the old file had). */
bool file_replace(const char *path, struct str, struct err *);

/* The second half of that: `tmp`, synced and closed, takes the place of `path`. */
bool file_settle(const char *tmp, const char *path, struct err *);

/*
 * May what it says be obeyed?  Refused (ERR_CONFIG) when running as root and the
 * file, or the directory that holds it, belongs to somebody else or can be
 * written by others.
 */
bool file_trusted(const char *path, struct err *);

/* The same of one file, or one directory, that stat() was asked about. */
struct stat;
bool file_ours(const char *path, const struct stat *, struct err *);

/*
 * Call `each(ctx, path)` for every regular file under `dir`, in byte order of
 * the path; links to directories and hidden names are not followed.  With a
 * `suffix` ("yml") only names that end in it.  Stops when `each` returns false.
 */
bool file_walk(const char *dir, const char *suffix,
    bool (*each)(void *ctx, const char *path), void *ctx, struct err *);

/*
 * Directory of read-only data of the toolkit, such as "formats": $IR_DATA/NAME if
 * that is set, else ../share/ir/NAME or ../../share/NAME beside the program's
 * binary, whichever exists, else the compiled-in DATADIR/NAME.  In the arena.
 */
const char *file_data(struct arena *, const char *name);

/* The directory the running program lies in, in the arena. */
const char *file_programs(struct arena *);

#endif
