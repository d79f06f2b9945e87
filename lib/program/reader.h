/*
 * reader - the half of a program that acts which touches records.
 *
 * A filter instance in a child process without privileges, locked in.  Frames
 * go up a pipe: a byte for the kind, eight for the length, and that many bytes.
 */
#ifndef READER_H
#define READER_H

#include "instance.h"

enum reader_frame {
	FRAME_PASS = 'p', /* a record that goes on */
	FRAME_PLAN = 'a', /* a plan, its number of steps, and these */
	FRAME_YES = 'y',  /* an approval */
	FRAME_STEP = 's', /* a step that stood alone */
	FRAME_ASK = 'q',  /* a command of OpenC2 */
	FRAME_WAIT = 'w', /* no more input at hand */
	FRAME_END = 'e',  /* the exit status that the reading alone deserves */
};

#define READER_MAX ((size_t)64 * 1024 * 1024) /* bytes of a frame */

/*
 * The filter that the child runs; options are the program's own.  Steps that stand
 * alone and are another program's pass; with every() they go up as well.
 */
struct filter reader_filter(void);
struct filter reader_every(void);

/* The same for commands of OpenC2; plans and steps go up one step a frame. */
struct filter reader_commands(void);

/*
 * Fork it over the operands, and before these the approvals of some files (may be
 * NULL), whose other lines are not taken.  Returns the pipe's end to read from; -1: `e`.
 */
int reader_start(struct filter_run *, const struct opt_list *operands,
    const struct opt_list *approvals, struct err *);

/*
 * Take a frame; its bytes are in `b`.  False: the pipe has ended (e->kind is
 * ERR_NONE) or what came is no frame.
 */
bool reader_next(int fd, enum reader_frame *, struct buf *b, struct err *);

#endif
