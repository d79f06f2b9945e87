/*
 * base64 - bytes as text (RFC 4648, with padding).
 */
#ifndef BASE64_H
#define BASE64_H

#include "arena.h"

/* In the arena. */
struct str base64(struct arena *, struct str bytes);

#endif
