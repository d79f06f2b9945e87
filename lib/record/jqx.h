/*
 * jqx - jq expressions over records.
 *
 * A native subset is evaluated on the slices; an expression that only names
 * fixed paths goes to libjq on a projection of those paths; the rest goes to
 * libjq on the whole record, nested.  libjq is loaded only when it is needed.
 * `env`, `$ENV`, `input`, `inputs`, `debug`, `halt`, `halt_error`, `stderr`,
 * `input_filename`, `$__loc__`, `import`, `include`, `now`, `localtime`,
 * `strflocaltime`, `mktime` that depends on TZ and `getpath` to modules are refused.
 */
#ifndef JQX_H
#define JQX_H

#include "rec.h"

enum jqx_way { JQX_NATIVE, JQX_PROJECTED, JQX_WHOLE };

struct jqx;

/*
 * Compile; paths that the expression names are added to `paths`, so do this
 * before the first rec_scan().  NULL: ERR_CONFIG, with the place in the text.
 */
struct jqx *jqx_new(const char *expr, struct paths *paths, struct err *);
void jqx_free(struct jqx *);

enum jqx_way jqx_way(const struct jqx *);

/* Never use a cheaper way than this; for the differential test. */
void jqx_force(struct jqx *, enum jqx_way);

/*
 * Is the first output of the expression true (neither null nor false)?  No
 * output at all is false.  False returned: ERR_DATA, the expression failed on
 * this record.
 */
bool jqx_true(struct jqx *, struct rec *, bool *yes, struct err *);

/*
 * Call `each(ctx, json)` for every output, as compact JSON; an output that is
 * the record itself (`.`, `select(...)`) comes as the record's own bytes.
 */
bool jqx_each(struct jqx *, struct rec *, bool (*each)(void *ctx, struct str json),
    void *ctx, struct err *);

#endif
