/*
 * lineage - which process came of which, and where its file came from.
 *
 * Walks from the process of an alert back to the first one of the attack: through
 * injections, from child to parent, until the parent is the desktop, a shell's login or
 * a service, which start what they are told to.  Bounded; what came first is forgotten.
 */
#ifndef LINEAGE_H
#define LINEAGE_H

#include "filter.h"
#include "pack.h"

#define LINEAGE_PATH 32

struct lineage;

struct lineage *lineage_new(struct filter_run *, size_t max);
void lineage_free(struct lineage *);

/* How many processes and files were forgotten to make room. */
uint64_t lineage_evicted(const struct lineage *);

/* Note what a record says of processes and files. */
void lineage_note(struct lineage *, struct filter_run *, struct rec *, int64_t ns);

void lineage_save(const struct lineage *, struct buf *);
void lineage_load(struct lineage *, struct unpack *);

struct origin {
	struct str event; /* the start of the first process; empty: it was not seen */
	struct str entity, executable, user;
	struct str parent;     /* the program that started it */
	struct str file_event; /* its file was written then; empty: not seen */
	struct str writer;     /* ... by this program */
	int64_t ns;
	struct str path[LINEAGE_PATH]; /* events from the origin to the alert */
	size_t path_n;
	unsigned gaps; /* processes on the way whose start was not seen */
	bool injected; /* the way leads through an injection */
};

/* Where the process of a record comes from.  False: nothing is known of it. */
bool lineage_origin(struct lineage *, struct rec *, struct origin *);

#endif
