/*
 * parents - alerts that mute those which only follow from them.
 *
 * A rule names the parent, the children, the fields that must hold the same, and how
 * far apart in time they may be.  A field that one of the two lacks is not the same.
 * What matches both ends of a rule is never its child.
 */
#ifndef PARENTS_H
#define PARENTS_H

#include "matcher.h"
#include "mutes.h"

struct parents;

struct parents *parents_new(size_t max);
void parents_free(struct parents *);

/* Rules from the list `inhibit` (NULL: none).  False: `e`. */
bool parents_read(
    struct parents *, const struct source_file *, const struct node *inhibit);

/* Is a parent of this one known? */
bool parents_ask(struct parents *, struct rec *, int64_t ns, struct muted *);

/* It may be a parent itself. */
void parents_note(struct parents *, struct rec *, struct str id, int64_t ns);

void parents_list(const struct parents *, struct buf *);
void parents_save(const struct parents *, struct buf *);
/* Those noted since this was called last (first: since ever), likewise. */
void parents_journal(struct parents *, struct buf *);
bool parents_load_one(struct parents *, struct arena *, struct str line);

#endif
