/*
 * ids - the ids of many events, hashed side by side.
 *
 * An event is written with room for its ids, which are filled in once there are
 * enough of them: many texts are hashed in half the time.
 */
#ifndef IDS_H
#define IDS_H

#include "buf.h"
#include "sha256.h"

#define IDS_DIGITS 32

struct ids;

struct ids *ids_new(void);
void ids_free(struct ids *);

/* Where a text of `n` bytes to be hashed is to be put together; kept until they are settled. */
char *ids_room(struct ids *, size_t n);

/* The digits of the text's hash are to stand at offset `at` of the events. */
void ids_add(struct ids *, const struct sha256_text *, size_t at);

/* Is it time to settle? */
bool ids_full(const struct ids *);

/* Fill in all of them. */
void ids_settle(struct ids *, struct buf *events);

#endif
