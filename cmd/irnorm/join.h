/*
 * join - the records of one audit event as one event.
 *
 * The kernel writes a system call in several records of the same serial.  They
 * are held until the last one came (PROCTITLE or EOE), the clock of the log went
 * on by two seconds, or too many others began; records of programs stand alone.
 */
#ifndef JOIN_H
#define JOIN_H

#include "buf.h"
#include "str.h"

struct join;

/* The records of an event, one a line. */
struct joined {
	size_t input; /* whose they are */
	char source[65];
	uint64_t offset; /* of the first one */
	char key[96];
	int64_t sec;
	struct buf text;
};

/* `emit` gets each event that is complete; it is borrowed until it returns. */
struct join *join_new(void (*emit)(void *ctx, const struct joined *), void *ctx);
void join_free(struct join *);

/* Hold a line; false: it is no record of such an event. */
bool join_add(
    struct join *, size_t input, const char *source, uint64_t offset, struct str line);

/* Whatever is held leaves. */
void join_end(struct join *);

#endif
