/*
 * wire - typed binary messages between the two halves of a program that acts.
 *
 * The half that reads records is locked in; what it hands over is numbers and
 * counted bytes, and the other half believes none of them before it has looked.
 */
#ifndef WIRE_H
#define WIRE_H

#include "buf.h"
#include "str.h"

void wire_put_u8(struct buf *, uint8_t);
void wire_put_i64(struct buf *, int64_t);
void wire_put_str(struct buf *, struct str);

/*
 * Take one off the front of `*in`.  What does not fit (too short, or a text of
 * more than `max` bytes) gives false and takes nothing.  Texts are borrowed.
 */
bool wire_u8(struct str *in, uint8_t *);
bool wire_i64(struct str *in, int64_t *);
bool wire_str(struct str *in, size_t max, struct str *);

#endif
