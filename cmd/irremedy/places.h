/*
 * places - where intruders leave what brings them back, by kind.
 *
 * Only files in these places may be taken away as persistence: a plan that names
 * another is wrong or forged.  Kinds are of MITRE ATT&CK, tactic TA0003.
 */
#ifndef PLACES_H
#define PLACES_H

#include "arena.h"
#include "str.h"

struct place_kind {
	const char *name;
	const char *technique;   /* ATT&CK */
	const char *const *of;   /* patterns of paths; '*' is within one part */
	const char *const *user; /* by account: "%" is its name, "~" its home */
	const char *const *unit; /* by unit: "%" is its name */
};

/* NULL: there is no such kind. */
const struct place_kind *place_kind(struct str name);

/* All names, for messages. */
struct str place_kinds(struct arena *);

/* Is it a path of that kind? */
bool place_fits(const struct place_kind *, struct str path);

/*
 * The i-th place of a user's or unit's persistence, in the arena; absent: no
 * more.  `home` is the user's, absent for units.
 */
struct str place_of(const struct place_kind *, struct arena *, size_t i, struct str name,
    struct str home);

#endif
