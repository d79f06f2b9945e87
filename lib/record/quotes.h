/*
 * quotes - where the strings of a text end, 64 bytes at a time.
 *
 * The first half of the fast scanners: each block of 64 bytes becomes a few bit
 * masks, and from those come the closing quotes, in order, and the verdict
 * whether what stands in strings may stand there (no control bytes, good
 * escapes, UTF-8).  Opening quotes are not listed, since who walks the text
 * comes past each of them; the n-th one belongs to the n-th entry.
 *
 * Outside strings nothing is checked, and after a fault nothing is promised
 * but that `bad` is set or that the walk meets the fault before it matters.
 */
#ifndef QUOTES_H
#define QUOTES_H

#include "str.h"

#define QUOTES_BLOCK  64
#define QUOTES_WINDOW 1536 /* bytes that are looked at in one go */

struct quotes {
	const char *text; /* readable to the end of the block that holds its end */
	uint32_t n, at;   /* its length; how much was looked at */
	uint32_t utf8;    /* characters before this offset are known to be good */
	uint32_t count;   /* of `ends` */
	uint64_t inside;  /* all ones: the next block starts in a string */
	uint64_t escaped; /* 1: the next block starts behind a backslash */
	uint64_t bad;     /* not 0: something in a string may not stand there */
	bool ascii;       /* so far, all of it */
	bool literal;     /* so far no character is spelled \u */
	uint32_t ends[QUOTES_WINDOW / 2 + QUOTES_BLOCK]; /* offsets; room to run over */
};

/* Look at the next window: fills in `ends` anew. */
typedef void quotes_fn(struct quotes *);

struct quotes_variant {
	const char *name;
	quotes_fn *window; /* NULL: none, go byte by byte */
};

/* The variant of that name, or the best one (NULL); NULL if this machine has it not. */
const struct quotes_variant *quotes_variant(const char *name);

#if defined(__x86_64__)
quotes_fn quotes_sse2, quotes_avx2, quotes_avx512;
#endif

#endif
