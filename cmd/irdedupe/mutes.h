/*
 * mutes - what the owner does not want to hear of, and says so with his name.
 *
 * Silences end, windows come again, verdicts speak of what was judged, and an alert
 * mutes those that only follow from it.  A critical alert is muted by nothing but a
 * silence or window that says `critical: true`.
 */
#ifndef MUTES_H
#define MUTES_H

#include "filter.h"

struct muted {
	const char *by; /* silence, window, verdict, parent; a literal */
	struct str rule, author, reason;
	struct str of; /* of a parent: its id */
	int64_t until; /* INT64_MAX: not said */
};

struct mutes;

/* Either file may be NULL.  NULL returned: `e`. */
struct mutes *mutes_load(struct filter_run *, const char *file, const char *verdicts,
    size_t max_parents, struct err *);
void mutes_free(struct mutes *);

/* Is the alert muted?  Notes it as a parent of others, too; `id` is its own. */
bool mutes_ask(struct mutes *, struct rec *, struct str id, int64_t ns, struct muted *);

/* One line for each rule: what it is, whose, until when, at `now_ns`. */
void mutes_list(const struct mutes *, int64_t now_ns, struct buf *);

/* Parents that were seen, as JSON lines, and back. */
void mutes_save(const struct mutes *, struct buf *);
void mutes_journal(
    struct mutes *, struct buf *); /* those noted since it was called last */
bool mutes_load_one(struct mutes *, struct arena *, struct str line);

#endif
