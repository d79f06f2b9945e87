/*
 * fold - Unicode simple case folding, so that case does not matter.
 *
 * One character becomes one character, never several, as Sigma's comparison
 * without case wants it.  Bytes that are not UTF-8 stay as they are: what is
 * compared may have been percent-decoded, or hold the marks of a pattern.
 */
#ifndef FOLD_H
#define FOLD_H

#include "arena.h"

/* Borrowed from `s` where nothing changes, else in the arena. */
struct str fold(struct arena *, struct str s);

/* One code point. */
uint32_t fold_char(uint32_t);

#endif
