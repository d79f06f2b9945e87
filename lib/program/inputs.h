/*
 * inputs - the files that a program was given, opened before the sandbox closes.
 */
#ifndef INPUTS_H
#define INPUTS_H

#include "instance.h"
#include "lines.h"

struct input {
	const char *name; /* "-": standard input */
	int fd;
	struct lines *lines; /* made when the first line is asked for */
	bool done;

	/* for merging: the records of the line in hand, and its time */
	struct buf held;
	int64_t at;
	char source[65];
};

struct inputs {
	struct input *v;
	size_t n;
	size_t max_line;
	void (*wait)(void *ctx); /* before each read(2) */
	void *ctx;
	bool missing; /* some could not be opened (reported) */
	bool broken;  /* some could not be read to the end (reported) */
};

/* Open operands in order ("-", or none: standard input); what fails is reported. */
void inputs_open(struct inputs *, const struct opt_list *operands);
void inputs_close(struct inputs *);

/* Feed every line of every input to the instance, one input after the other. */
void inputs_run(struct inputs *, struct filter_run *);

/*
 * Feed all inputs at once, in order of the time that step() reports.  Within an
 * input lines keep their order; one without a time has that of the line before.
 */
void inputs_merge(struct inputs *, struct filter_run *);

#endif
