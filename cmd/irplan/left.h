/*
 * left - what an intruder left on a host: files, jobs, keys, processes.
 */
#ifndef LEFT_H
#define LEFT_H

#include "look.h"

/* A file that was written: persistence of some kind, keys, or just a file. */
void left_file(struct look *, struct str path, struct str sha256);

/* What the record says of a file, a command line, a crontab. */
void left_files(struct look *);
void left_commands(struct look *);
void left_crontab(const struct look *);

/* Where the process works. */
void left_cwd(const struct look *);

#endif
