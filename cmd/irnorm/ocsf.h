/*
 * ocsf - events in the Open Cybersecurity Schema Framework.
 *
 * A file says which events are of which class and where their fields go.  An
 * event is of the first class whose conditions it meets and of which it has
 * what the class requires.  What has no place there is kept in `unmapped`.
 */
#ifndef OCSF_H
#define OCSF_H

#include "arena.h"
#include "buf.h"
#include "map.h"
#include "node.h"

enum ocsf_as {
	OCSF_TEXT, /* of a list: its first */
	OCSF_INT,
	OCSF_MS, /* a time, in milliseconds since 1970 */
	OCSF_RAW,
	OCSF_LIST, /* a list of one, if it is none */
};

struct ocsf_target {
	struct str field;
	struct str path;
	enum ocsf_as as;
};

struct ocsf_constant {
	struct str path, raw;
};

struct ocsf_row {
	struct str glob; /* absent: whatever value it has */
	bool absent;     /* it has none */
	struct ocsf_constant *v;
	size_t n;
};

struct ocsf_lookup {
	struct str field;
	struct ocsf_row *v;
	size_t n;
};

/* What holds for events of a class, or (uid 0, the first) for all. */
struct ocsf_class {
	int64_t uid, category;
	struct str name;
	const struct node *when;  /* field to globs */
	const struct node *has;   /* fields */
	const struct node *needs; /* paths, of which blank-separated ones one is enough */
	struct ocsf_constant *set;
	struct ocsf_target *map;
	struct ocsf_lookup *lookups;
	size_t n_set, n_map, n_lookups;
};

struct ocsf {
	struct arena *a, *scratch;
	struct buf made;
	struct ocsf_class *classes;
	size_t n;
	const struct node *observables; /* field to type id and name */
	const struct node *whole;       /* object to members of which it has one */
	struct map *dropped;            /* fields that go nowhere */
};

/* The file that says it.  NULL: `e` says why. */
struct ocsf *ocsf_load(const char *path, struct err *);
void ocsf_free(struct ocsf *);

/* An event, an object of flat names, in OCSF; borrowed until the next one. */
struct str ocsf_event(struct ocsf *, struct str event);

#endif
