/*
 * target - what a step is done to: typed, canonical, one form a kind.
 *
 * A target comes from log text in the end.  Each member is read by the parser
 * of its type and printed back; what has another form is refused, so that no
 * raw string reaches an actuator.  Both halves of a program that acts run the
 * same parsers: the one that acts believes nothing.
 */
#ifndef TARGET_H
#define TARGET_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "node.h"
#include "str.h"
#include "target_type.h"

/*
 * Read it as `form` wants: names with a space between, '|' between those of which
 * one must stand, '?' behind what may miss.  False (ERR_DATA): a member misses,
 * is not the verb's or has not its type's form.  Texts are borrowed or in the arena.
 */
bool target_read(struct arena *, const char *form, const struct node *map,
    struct target *, struct err *);

/* Canonical JSON, in the arena. */
struct str target_json(struct arena *, const struct target *);

/* Over the wire; unpack parses anew and refuses what it would not print that way. */
void target_pack(const struct target *, struct buf *);
bool target_unpack(struct arena *, const char *form, struct str *in, struct target *);

/* One member by itself, for orders by hand: canonical text in the arena, or absent. */
struct str target_member(struct arena *, enum target_member, struct str);

#endif
