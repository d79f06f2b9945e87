/*
 * jqlib - the wall around libjq 1.6.
 *
 * The only file that includes <jq.h>.  The library is loaded when the first
 * program is compiled, so who compiles none does not pay for it.  ~/.jq is not
 * read: the same expression means the same everywhere.
 */
#ifndef JQLIB_H
#define JQLIB_H

#include "arena.h"
#include "err.h"
#include "str.h"

struct jqlib;

/* Compile.  NULL: ERR_CONFIG with libjq's first message, or ERR_SYS without libjq. */
struct jqlib *jqlib_new(const char *program, struct err *);
void jqlib_free(struct jqlib *);

struct jqlib_out {
	bool same; /* it is the input itself */
	bool yes;  /* neither null nor false */
	struct str
	    json; /* only if `text` was asked for and it is not the input; borrowed */
};

/*
 * Run on a checked JSON text, which has no lone surrogates.  Calls `each` for every
 * output until it returns false.  False: ERR_DATA, the program failed.
 */
bool jqlib_run(struct jqlib *, struct str json, bool text,
    bool (*each)(void *ctx, const struct jqlib_out *), void *ctx, struct err *);

#endif
