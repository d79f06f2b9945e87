/*
 * jqx - jq expressions over records.
 *
 * An expression sees the record nested, whatever its spelling, and .source.ip,
 * ."source.ip", .["source.ip"] are one field: jqlex opens dotted keys up, inside
 * lists of objects too.  What jqe knows is evaluated on the slices of the line;
 * an expression that only names fixed paths goes to libjq on a projection of
 * them; the rest goes to libjq on the whole record.  What reaches out of the
 * record (env, input, debug, halt, now ...) is refused; man/ir-expr.7 has it all.
 */
#ifndef JQX_H
#define JQX_H

#include "rec.h"

enum jqx_way { JQX_NATIVE, JQX_PROJECTED, JQX_WHOLE };

#define JQX_OUTPUTS 10000 /* of an expression for one record */

struct jqx;

/*
 * Compile; fields that the expression names are added to `paths`, so do this
 * before the first rec_scan(), and before the sandbox: libjq is loaded here.
 * NULL: ERR_CONFIG, with the column.
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
 * Call `each(ctx, json)` for every output, as compact JSON borrowed until it
 * returns, until it returns false; an output that is the record itself (`.`,
 * `select(...)`) comes as the record's own bytes.  Outputs may come before it
 * fails.
 */
bool jqx_each(struct jqx *, struct rec *, bool (*each)(void *ctx, struct str json),
    void *ctx, struct err *);

#endif
