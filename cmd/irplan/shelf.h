/*
 * shelf - the playbooks at hand, and which of them fits an incident best.
 */
#ifndef SHELF_H
#define SHELF_H

#include "facts.h"
#include "playbook.h"

struct book {
	struct playbook p;
	struct str name; /* of the short form; else the id */
	int64_t version;
	const struct node *sel; /* `for`, or NULL: never chosen, only called */
};

struct shelf;

struct shelf *shelf_new(void);
void shelf_free(struct shelf *);

/*
 * Load a file, or all in a directory.  One with a fault is reported, counted and left
 * out; one of a name that is there takes its place.  False: it cannot be read at all.
 */
bool shelf_load(struct shelf *, const char *path, struct err *);

/* The toolkit's own and the user's ($XDG_CONFIG_HOME/ir/playbooks). */
bool shelf_load_own(struct shelf *, struct err *);

size_t shelf_count(const struct shelf *);
size_t shelf_faulty(const struct shelf *);
const struct book *shelf_at(const struct shelf *, size_t i);

/* By id or name; NULL: it is not there. */
const struct book *shelf_find(const struct shelf *, struct str id);

/* How well a book fits. */
struct fit {
	const struct book *book;
	int points;     /* 0: it does not */
	struct str why; /* in the arena of the facts */
};

/* All books with a `for`, the best first; returns how many (in the facts' arena). */
size_t shelf_fits(const struct shelf *, struct facts *, struct fit **);

#endif
