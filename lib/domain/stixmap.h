/*
 * stixmap - where the properties of STIX objects stand in our records.
 *
 * share/stix/objects.yaml lists, for each type of object, the objects that a
 * record may hold (the source, the destination ...) and the fields of each of
 * their properties.  A type that it does not list is one object whose fields
 * are "TYPE.PROPERTY", or "PROPERTY" below one of the `prefixes`.
 */
#ifndef STIXMAP_H
#define STIXMAP_H

#include "node.h"
#include "stix.h"

#define STIXMAP_PLACES 16

struct stixmap {
	const struct node *doc;
};

/* Read share/stix/objects.yaml into the arena. */
bool stixmap_load(struct stixmap *, struct arena *, struct err *);

/* How many objects of that type may a record hold?  At least one. */
size_t stixmap_objects(const struct stixmap *, struct str object);

/* Fields of a property of the i-th object, the first that holds something counts. */
size_t stixmap_places(const struct stixmap *, struct arena *, const struct stix_path *,
    size_t i, struct str out[STIXMAP_PLACES]);

/* Does the table know this type and this property of it? */
bool stixmap_knows(const struct stixmap *, const struct stix_path *);

/* A record, as a source of what the table says is in it. */
struct stixmap_record {
	const struct stixmap *map;
	const struct node *record;
	struct arena *a;
};

struct stix_source stixmap_source(struct stixmap_record *);

#endif
