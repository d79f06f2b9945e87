/*
 * logsource - which events a rule is for, and where its fields are in them.
 *
 * Tables (share/sigma, and the user's) say by what marks an event shows that it
 * belongs to a product, category or service, and in what places of a record a
 * field of Sigma's may stand.  Rules of one logsource are a bucket.
 */
#ifndef LOGSOURCE_H
#define LOGSOURCE_H

#include "atom.h"
#include "cache.h"
#include "node.h"

struct logsource {
	struct str product, category, service; /* each may be absent */
};

/* As a map says it. */
struct logsource logsource_read(const struct node *map);

struct sources;

/* Both are borrowed. */
struct sources *sources_new(struct views *, struct atoms *);
void sources_free(struct sources *);

/* Read one table: documents with `sources` and `fields`. */
bool sources_load(struct sources *, struct cache *, const char *path, struct err *);
bool sources_read(struct sources *, const struct node *doc, struct err *);

/* The number of the field that a rule of this logsource calls `name`. */
int sources_field(struct sources *, const struct logsource *, struct str name);

/* The bucket of a logsource; the same for the same. */
size_t sources_bucket(struct sources *, const struct logsource *);
size_t sources_buckets(const struct sources *);

/* Does a table say how events of this bucket look?  Rules of the others are tried on
 * events that no table knows and that do not name their product, category or service. */
bool sources_known(const struct sources *, size_t bucket);

/*
 * All names that tables know for the fields of this logsource.  True: one of the tables
 * says that there are no others.
 */
bool sources_names(const struct sources *, const struct logsource *,
    void (*each)(void *ctx, struct str name), void *ctx);

/* All that tables tell events by: kind 0 a product, 1 a category, 2 a service. */
void sources_told(const struct sources *, size_t kind,
    void (*each)(void *ctx, struct str value), void *ctx);
const char *sources_kind(size_t kind);

/* "windows/process_creation/-" */
struct str sources_text(struct arena *, const struct logsource *);

/* The buckets whose rules are for the record that `views` has in hand. */
size_t sources_find(struct sources *, const uint32_t **buckets);

#endif
