/*
 * fieldmap - in what places of a record the fields that rules name may stand.
 *
 * Tables say so for the rules of a product, category or service.
 */
#ifndef FIELDMAP_H
#define FIELDMAP_H

#include "arena.h"
#include "err.h"
#include "node.h"

struct fieldmap;
struct logsource;

struct fieldmap *fieldmap_new(void);
void fieldmap_free(struct fieldmap *);

/* A table: `for`, and `places`, `prefixes` or `names`.  The node is borrowed. */
bool fieldmap_add(struct fieldmap *, const struct node *table, struct err *);

/* The places where a field stands in records for rules of this logsource, its own name
 * first, in the arena. */
size_t fieldmap_places(const struct fieldmap *, struct arena *, const struct logsource *,
    struct str name, struct str **places);

/*
 * All names that tables know for the fields of this logsource.  True: one of the tables
 * says that there are no others.
 */
bool fieldmap_names(const struct fieldmap *, const struct logsource *,
    void (*each)(void *ctx, struct str name), void *ctx);

#endif
