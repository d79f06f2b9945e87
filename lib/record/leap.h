/*
 * leap - what walk does, in the best way that this machine has.
 *
 * Strings are leapt over by the closing quotes that `quotes` found; all bytes
 * outside of them are read one by one.  Whenever something is wrong the scalar
 * walk goes over the text again, and its word counts.
 */
#ifndef LEAP_H
#define LEAP_H

#include "walk.h"

/* As walk_scalar().  JSON_PAD readable bytes must follow the text. */
bool leap(struct walk *);

/*
 * The variant in use: at first the one that IR_SIMD names, else the best one.
 * leap_variant() changes it (NULL: the best); false if this machine has it not.
 */
const char *leap_variant_name(void);
bool leap_variant(const char *name);

#endif
