/*
 * show - what became of a job: a record, or text for people.
 */
#ifndef SHOW_H
#define SHOW_H

#include "batch.h"

/* Write it to the output. */
void show_job(struct batch *, const struct job *);

/* A text as a shell reads it, in quotes. */
void show_quoted(struct buf *, const char *);

#endif
