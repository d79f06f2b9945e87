/*
 * base64 - bytes as text (RFC 4648, with padding).
 */
#ifndef BASE64_H
#define BASE64_H

#include "arena.h"

/* In the arena. */
struct str base64(struct arena *, struct str bytes);

/* Back, strictly: padded, no blanks, no loose bits.  Absent: it is not base64. */
struct str base64_bytes(struct arena *, struct str text);

#endif
