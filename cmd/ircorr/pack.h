/*
 * pack - numbers and texts as bytes, and back without trusting them.
 *
 * What cannot be read sets `bad` and reads as 0 or empty from then on, so that a
 * reader looks once, at the end.
 */
#ifndef PACK_H
#define PACK_H

#include "buf.h"
#include "str.h"

void pack_u64(struct buf *, uint64_t);
void pack_i64(struct buf *, int64_t);
void pack_str(struct buf *, struct str);

struct unpack {
	struct str rest;
	bool bad;
};

uint64_t unpack_u64(struct unpack *);
int64_t unpack_i64(struct unpack *);

/* A number of at most `max`. */
uint64_t unpack_max(struct unpack *, uint64_t max);

/* Borrowed from the bytes. */
struct str unpack_str(struct unpack *);

/* Into `to` of `size` bytes, a NUL behind it; bad if it does not fit. */
void unpack_into(struct unpack *, char *to, size_t size);

/* Are the next bytes these?  Else bad. */
bool unpack_tag(struct unpack *, const char *tag);

#endif
